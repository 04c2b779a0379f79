package dev.graft.infra;

import io.github.cdklabs.cdknag.AwsSolutionsChecks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Aspects;
import software.amazon.awscdk.Environment;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.assertions.Annotations;
import software.amazon.awscdk.assertions.Match;
import software.amazon.awscdk.assertions.Template;

/**
 * A stack that was synthesized here: without a network, without credentials.
 *
 * @param file the template as it is deployed
 */
record Synthesized(Template template, Annotations annotations, Path file) {
  /** The stack of an installation that is like the standard one but for what is changed. */
  static Synthesized of(UnaryOperator<Installation> change) {
    return of(change, null, true);
  }

  /** The same without cdk-nag, which takes half of the time. */
  static Synthesized unchecked(UnaryOperator<Installation> change) {
    return of(change, null, false);
  }

  /** The standard one in a region of some account. */
  static Synthesized in(String region) {
    Environment place = Environment.builder().account("123456789012").region(region).build();
    return of(installation -> installation, StackProps.builder().env(place).build(), true);
  }

  private static Synthesized of(
      UnaryOperator<Installation> change, @Nullable StackProps props, boolean nag) {
    try {
      Path functions = Files.createTempFile("functions", ".zip");
      functions.toFile().deleteOnExit();
      Path viewer = Path.of("edge/function.js");
      Installation installation = change.apply(Installation.standard(functions, viewer));
      App app = new App();
      GraftStack stack = new GraftStack(app, "Graft", props, installation);
      if (nag) {
        Aspects.of(app).add(AwsSolutionsChecks.Builder.create().build());
      }
      Template template = Template.fromStack(stack);
      Path file = Path.of(app.synth().getDirectory()).resolve("Graft.template.json");
      return new Synthesized(template, Annotations.fromStack(stack), file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Fails when cdk-nag found what is not argued for. */
  void requireNoNag() {
    annotations.hasNoError("*", Match.stringLikeRegexp("AwsSolutions-.*"));
  }

  /** The resources of a type, by logical id. */
  Map<String, Map<String, Object>> resources(String type) {
    return template.findResources(type);
  }
}
