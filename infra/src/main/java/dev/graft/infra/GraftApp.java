package dev.graft.infra;

import io.github.cdklabs.cdknag.AwsSolutionsChecks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Aspects;
import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.Environment;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.services.lambda.CfnFunction;
import software.amazon.awscdk.services.lambda.Function;
import software.constructs.IConstruct;

/**
 * The CDK app that {@code cdk.json} names. What one may choose is given as context, for example
 * {@code cdk deploy -c domain=graft.example.com -c certificate=arn:...}; docs/deploy.md has the
 * list.
 */
public final class GraftApp {
  private static final List<String> CHOICES =
      List.of(
          "stack",
          "domain",
          "certificate",
          "retention",
          "encryption",
          "stores",
          "concurrency",
          "alarmMail",
          "cdn",
          "keepData",
          "accessLogs",
          "local",
          "replica");

  private static final int LOCAL_SECONDS = 120;

  private static final Pattern STACK = Pattern.compile("[A-Za-z][A-Za-z0-9-]{0,127}");
  private static final Pattern MAIL = Pattern.compile("[^@\\s]+@[^@\\s]+\\.[^@\\s]+");

  /** CloudFront takes certificates from this region alone. */
  private static final Pattern CERTIFICATE =
      Pattern.compile("arn:aws[a-z-]*:acm:us-east-1:[0-9]{12}:certificate/.+");

  private static final Pattern AGE = Pattern.compile("([0-9]{1,6})([dh])");

  private GraftApp() {}

  /** Synthesizes the stack; the CDK tool says where to. */
  public static void main(String[] arguments) {
    App app = new App();
    try {
      build(app, Path.of(System.getProperty("graft.root", ".")));
    } catch (IllegalArgumentException wrong) {
      System.err.println("graft: " + wrong.getMessage());
      System.exit(1);
      return;
    }
    app.synth();
  }

  /**
   * Makes the stack that the context asks for.
   *
   * @throws IllegalArgumentException when it asks for what cannot be
   */
  static GraftStack build(App app, Path root) {
    GraftStack stack =
        new GraftStack(
            app,
            text(app, "stack")
                .map(name -> matching("stack", STACK, name, "letters, digits and hyphens"))
                .orElse("Graft"),
            StackProps.builder()
                .description("Graft Serverless: a transactional page store")
                .env(
                    Environment.builder()
                        .account(System.getenv("CDK_DEFAULT_ACCOUNT"))
                        .region(System.getenv("CDK_DEFAULT_REGION"))
                        .build())
                .build(),
            installation(app, root));
    text(app, "replica").ifPresent(volume -> addReplica(stack, volume, root));
    if (flag(app, "local", false)) {
      beLocal(stack);
    } else {
      // It takes half of the time, and looks at the same constructs whatever the timeouts.
      Aspects.of(app).add(AwsSolutionsChecks.Builder.create().verbose(true).build());
    }
    return stack;
  }

  /**
   * On a machine of one's own nothing is restored from a snapshot: the first answer of a container
   * takes seconds, and many seconds when the machine is busy. What has longer keeps it.
   */
  private static void beLocal(GraftStack stack) {
    for (IConstruct construct : stack.getNode().findAll()) {
      if (construct instanceof Function function) {
        function.addEnvironment("GRAFT_MAX_MILLIS", Integer.toString(LOCAL_SECONDS * 1_000));
        CfnFunction resource =
            (CfnFunction) Objects.requireNonNull(function.getNode().getDefaultChild());
        Number seconds = Objects.requireNonNull(resource.getTimeout());
        resource.setTimeout(Math.max(LOCAL_SECONDS, seconds.intValue()));
      }
    }
  }

  /** A read replica in the installation's own stack. */
  private static void addReplica(GraftStack stack, String volume, Path root) {
    Path zip = built(root.resolve("replica/target/graft-replica.zip"));
    GraftReadReplica replica =
        new GraftReadReplica(
            stack, "Replica", ReadReplica.of(volume, stack.pages(), stack.log(), zip));
    CfnOutput.Builder.create(stack, "ReplicaUrl")
        .description("answers SQL from volume " + volume)
        .value(replica.url().getUrl())
        .build();
  }

  /** What the context says, on top of the defaults. */
  static Installation installation(App app, Path root) {
    Path zip = built(root.resolve("functions/target/graft-functions.zip"));
    Installation standard = Installation.standard(zip, root.resolve("infra/edge/function.js"));
    boolean remote = !flag(app, "local", false);
    Optional<String> certificate =
        text(app, "certificate")
            .map(arn ->
                matching("certificate", CERTIFICATE, arn, "the ARN of a certificate in us-east-1"));
    if (certificate.isPresent() && text(app, "domain").isEmpty()) {
      throw new IllegalArgumentException(
          "certificate is for a domain: name it by -c domain=NAME, or leave the certificate out");
    }
    Optional<Installation.Domain> domain =
        text(app, "domain")
            .map(name ->
                new Installation.Domain(
                    name,
                    certificate.orElseThrow(() ->
                        new IllegalArgumentException(
                            "domain " + name + " needs a certificate: -c certificate=arn:..."))));
    return new Installation(
        domain,
        text(app, "retention").map(GraftApp::retention).orElse(standard.retention()),
        choice(app, "encryption", Installation.Encryption.class, standard.encryption()),
        choice(app, "stores", Installation.Stores.class, standard.stores()),
        text(app, "concurrency").map(count -> number("concurrency", count)),
        text(app, "alarmMail")
            .map(mail -> matching("alarmMail", MAIL, mail, "an address as name@example.com")),
        flag(app, "cdn", remote && standard.cdn()),
        flag(app, "keepData", remote && standard.keepData()),
        flag(app, "accessLogs", standard.accessLogs()),
        standard.functions(),
        standard.edgeFunction());
  }

  private static Path built(Path zip) {
    if (!Files.exists(zip)) {
      throw new IllegalArgumentException(
          zip + " is not there: build it with 'mvn -DskipTests package'");
    }
    return zip;
  }

  private static Optional<String> text(App app, String name) {
    if (!CHOICES.contains(name)) {
      throw new IllegalStateException(name + " is no choice");
    }
    @Nullable Object value = app.getNode().tryGetContext(name);
    return value == null ? Optional.empty() : Optional.of(value.toString());
  }

  private static String matching(String name, Pattern pattern, String text, String wanted) {
    if (!pattern.matcher(text).matches()) {
      throw new IllegalArgumentException(name + " has to be " + wanted + ", not " + text);
    }
    return text;
  }

  private static int number(String name, String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException wrong) {
      throw new IllegalArgumentException(name + " has to be a number, not " + text);
    }
  }

  private static Duration retention(String text) {
    Matcher parts = AGE.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "retention has to be days or hours, for example 7d or 36h, not " + text);
    }
    int count = number("retention", parts.group(1));
    return parts.group(2).equals("d") ? Duration.ofDays(count) : Duration.ofHours(count);
  }

  private static boolean flag(App app, String name, boolean otherwise) {
    return switch (text(app, name).orElse(Boolean.toString(otherwise))) {
      case "true" -> true;
      case "false" -> false;
      case String other ->
          throw new IllegalArgumentException(name + " has to be true or false, not " + other);
    };
  }

  private static <E extends Enum<E>> E choice(App app, String name, Class<E> type, E otherwise) {
    Optional<String> text = text(app, name);
    if (text.isEmpty()) {
      return otherwise;
    }
    String wanted = text.get().toUpperCase(java.util.Locale.ROOT).replace('-', '_');
    List<String> spelled = new ArrayList<>();
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equals(wanted)) {
        return constant;
      }
      spelled.add(constant.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'));
    }
    throw new IllegalArgumentException(
        name + " has to be one of " + spelled + ", not " + text.get());
  }
}
