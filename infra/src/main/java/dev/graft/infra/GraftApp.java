package dev.graft.infra;

import io.github.cdklabs.cdknag.AwsSolutionsChecks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
  private static final int LOCAL_SECONDS = 120;

  private static final Pattern STACK = Pattern.compile("[A-Za-z][A-Za-z0-9-]{0,127}");
  private static final Pattern MAIL = Pattern.compile("[^@\\s]+@[^@\\s]+\\.[^@\\s]+");

  /** CloudFront takes certificates from this region alone. */
  private static final Pattern CERTIFICATE =
      Pattern.compile("arn:aws[a-z-]*:acm:us-east-1:[0-9]{12}:certificate/.+");

  private static final Pattern DOMAIN =
      Pattern.compile("([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}");

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
    Choices choices = new Choices(app.getNode());
    GraftStack stack =
        new GraftStack(
            app,
            choices.text("stack", STACK, "letters, digits and hyphens").orElse("Graft"),
            StackProps.builder()
                .description("Graft Serverless: a transactional page store")
                .env(
                    Environment.builder()
                        .account(System.getenv("CDK_DEFAULT_ACCOUNT"))
                        .region(System.getenv("CDK_DEFAULT_REGION"))
                        .build())
                .build(),
            installation(choices, root));
    List<String> ancestors =
        choices.text("ancestors").map(names -> List.of(names.split(","))).orElse(List.of());
    Optional<String> replica = choices.text("replica");
    if (replica.isEmpty() && !ancestors.isEmpty()) {
      throw new IllegalArgumentException(
          "ancestors are those of a read replica's volume: name it by -c replica=vol-..., or leave"
              + " them out");
    }
    replica.ifPresent(volume -> addReplica(stack, volume, ancestors, root));
    if (choices.flag("local", false)) {
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
  private static void addReplica(
      GraftStack stack, String volume, List<String> ancestors, Path root) {
    Path zip = built(root.resolve("replica/target/graft-replica.zip"));
    GraftReadReplica replica =
        new GraftReadReplica(
            stack,
            "Replica",
            ReadReplica.of(volume, stack.pages(), stack.log(), zip).withAncestors(ancestors));
    stack.tell(replica.alarms());
    CfnOutput.Builder.create(stack, "ReplicaUrl")
        .description("answers SQL from volume " + volume)
        .value(replica.url().getUrl())
        .build();
  }

  /** What the context says, on top of the defaults. */
  static Installation installation(Choices choices, Path root) {
    Path zip = built(root.resolve("functions/target/graft-functions.zip"));
    Installation standard = Installation.standard(zip, root.resolve("infra/edge/function.js"));
    boolean remote = !choices.flag("local", false);
    Optional<String> certificate =
        choices.text("certificate", CERTIFICATE, "the ARN of a certificate in us-east-1");
    if (certificate.isPresent() && choices.text("domain").isEmpty()) {
      throw new IllegalArgumentException(
          "certificate is for a domain: name it by -c domain=NAME, or leave the certificate out");
    }
    Optional<Installation.Domain> domain =
        choices
            .text("domain", DOMAIN, "a name as graft.example.com")
            .map(name ->
                new Installation.Domain(
                    name,
                    certificate.orElseThrow(() ->
                        new IllegalArgumentException(
                            "domain " + name + " needs a certificate: -c certificate=arn:..."))));
    if (!remote && choices.flag("cdn", false)) {
      throw new IllegalArgumentException(
          "local means LocalStack, which has no CDN: leave out cdn=true, or local=true");
    }
    return new Installation(
        domain,
        choices.text("retention").map(GraftApp::retention).orElse(standard.retention()),
        choices.oneOf("encryption", Installation.Encryption.class, standard.encryption()),
        choices.oneOf("stores", Installation.Stores.class, standard.stores()),
        concurrency(choices),
        choices.text("alarmMail", MAIL, "an address as name@example.com"),
        choices.flag("cdn", remote && standard.cdn()),
        choices.flag("keepData", remote && standard.keepData()),
        choices.flag("accessLogs", standard.accessLogs()),
        standard.functions(),
        standard.edgeFunction());
  }

  private static Optional<Installation.Reserved> concurrency(Choices choices) {
    Optional<Integer> ofAccount = choices.number("accountConcurrency");
    Optional<Integer> each = choices.number("concurrency");
    if (ofAccount.isPresent() && each.isEmpty()) {
      throw new IllegalArgumentException(
          "accountConcurrency says what concurrency may take: give that, too, or leave both out");
    }
    return each.map(count ->
        new Installation.Reserved(count, ofAccount.orElse(Installation.Reserved.OF_AN_ACCOUNT)));
  }

  private static Path built(Path zip) {
    if (!Files.exists(zip)) {
      throw new IllegalArgumentException(
          zip + " is not there: build it with 'mvn -DskipTests package'");
    }
    return zip;
  }

  private static Duration retention(String text) {
    Matcher parts = AGE.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "retention has to be days or hours, for example 7d or 36h, not " + text);
    }
    int count = Choices.number("retention", parts.group(1));
    return parts.group(2).equals("d") ? Duration.ofDays(count) : Duration.ofHours(count);
  }
}
