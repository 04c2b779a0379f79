package dev.graft.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;
import software.amazon.awscdk.assertions.Match;
import software.amazon.awscdk.assertions.Template;

final class GraftAppTest {
  private static final String VOLUME = "vol-01hzzzzzzzzzzzzzzzzzzzzzzz";

  @TempDir Path root;

  @BeforeEach
  void build() throws IOException {
    for (String zip :
        new String[] {"functions/target/graft-functions.zip", "replica/target/graft-replica.zip"}) {
      Path file = root.resolve(zip);
      Files.createDirectories(file.getParent());
      Files.writeString(file, zip);
    }
  }

  private GraftStack stack(Map<String, Object> context) {
    return GraftApp.build(new App(AppProps.builder().context(context).build()), root);
  }

  @Test
  void local_leavesOutTheCdnAndIsPatient_andIsTheSameBeside() {
    GraftStack stack = stack(Map.of("local", "true", "replica", VOLUME));
    assertThat(stack.getTerminationProtection()).isFalse();
    Template template = Template.fromStack(stack);
    template.resourceCountIs("AWS::CloudFront::Distribution", 0);
    template.resourceCountIs("AWS::Lambda::Function", 7);
    template.resourceCountIs("AWS::Lambda::Url", 6);
    template.allResourcesProperties(
        "AWS::Lambda::Function",
        Map.of("Runtime", "java25", "SnapStart", Map.of("ApplyOn", "PublishedVersions")));
    template.resourcePropertiesCountIs("AWS::Lambda::Function", Map.of("Timeout", 120), 6);
    template.resourcePropertiesCountIs("AWS::Lambda::Function", Map.of("Timeout", 900), 1);
    template.hasResource("AWS::S3::Bucket", Map.of("DeletionPolicy", "Delete"));
    template.hasOutput("ReplicaUrl", Match.anyValue());
    template.hasResourceProperties(
        "AWS::Lambda::Function",
        Map.of(
            "Environment", Map.of("Variables", Match.objectLike(Map.of("GRAFT_VOLUME", VOLUME)))));
  }

  @Test
  void context_thatAsksForWhatCannotBe_isToldInASentence() throws IOException {
    assertThatThrownBy(() -> stack(Map.of("local", "yes")))
        .hasMessage("local has to be true or false, not yes");
    assertThatThrownBy(() -> stack(Map.of("local", "true", "replica", "shop")))
        .hasMessageContaining("'shop' is no volume");
    assertThatThrownBy(() -> stack(Map.of("alarmMail", "nomail")))
        .hasMessage("alarmMail has to be an address as name@example.com, not nomail");
    assertThatThrownBy(() -> stack(Map.of("stack", "my_stack")))
        .hasMessage("stack has to be letters, digits and hyphens, not my_stack");
    String elsewhere = "arn:aws:acm:eu-west-1:123456789012:certificate/1";
    assertThatThrownBy(() -> stack(Map.of("domain", "db.example.com", "certificate", elsewhere)))
        .hasMessageContaining("has to be the ARN of a certificate in us-east-1");
    assertThatThrownBy(() -> stack(Map.of("certificate", elsewhere.replace("eu-west", "us-east"))))
        .hasMessageContaining("certificate is for a domain");
    assertThatThrownBy(() -> stack(Map.of("encryption", "kms")))
        .hasMessage("encryption has to be one of [sse-s3, sse-kms], not kms");
    String certificate = elsewhere.replace("eu-west", "us-east");
    assertThatThrownBy(() -> stack(Map.of("domain", "bad name!", "certificate", certificate)))
        .hasMessage("domain has to be a name as graft.example.com, not bad name!");
    assertThatThrownBy(() -> stack(Map.of("local", "true", "cdn", "true")))
        .hasMessageContaining("LocalStack, which has no CDN");
    assertThatThrownBy(() -> stack(Map.of("local", "true", "ancestors", VOLUME)))
        .hasMessageStartingWith("ancestors are those of a read replica's volume");
    Files.delete(root.resolve("replica/target/graft-replica.zip"));
    assertThatThrownBy(() -> stack(Map.of("local", "true", "replica", VOLUME)))
        .hasMessageContaining("graft-replica.zip is not there");
  }

  @Test
  void name_thatIsNoChoice_isRefusedWithTheNearest() {
    assertThatThrownBy(() -> stack(Map.of("retension", "30d")))
        .hasMessageStartingWith("nothing is chosen by the name retension: write retention; the")
        .hasMessageEndingWith("replica, ancestors");
    assertThatThrownBy(() -> stack(Map.of("keep-data", "false")))
        .hasMessageContaining("keep-data: write keepData;");
    assertThatThrownBy(() -> stack(Map.of("graft:retension", "7d")))
        .hasMessageContaining("graft:retension: write retention;");
    assertThatThrownBy(() -> stack(Map.of("alarmmail", "a@example.com")))
        .hasMessageContaining("alarmmail: write alarmMail;");
    assertThatThrownBy(() -> stack(Map.of("provisionedConcurrency", "5")))
        .hasMessageStartingWith("nothing is chosen by the name provisionedConcurrency; the names");
  }

  @Test
  void names_ofCdk_areItsOwn() {
    Map<String, Object> context = new TreeMap<>(Map.of("local", true));
    for (String name :
        List.of(
            "@aws-cdk/aws-iam:minimizePolicies",
            "aws:cdk:enable-path-metadata",
            "aws-cdk:enableDiffNoFail",
            "availability-zones:account=123456789012:region=eu-central-1",
            "hosted-zone:account=123456789012:domainName=example.com:region=eu-central-1",
            "acknowledged-issue-numbers",
            "cli-telemetry")) {
      context.put(name, "x");
    }
    assertThat(stack(context).getStackName()).isEqualTo("Graft");
  }

  @Test
  void concurrency_thatTheAccountCannotReserve_isRefused() {
    assertThatThrownBy(() -> stack(Map.of("concurrency", "181")))
        .hasMessage(
            "concurrency is 181 for each of 5 functions, 905 in all: of the 1000 that the account"
                + " may run at once 100 have to stay unreserved, so at most 180; when AWS gives the"
                + " account more, say so by -c accountConcurrency=NUMBER");
    assertThatThrownBy(() -> stack(Map.of("concurrency", "151", "cdn", "false")))
        .hasMessageContaining("for each of 6 functions, 906 in all")
        .hasMessageContaining("at most 150;");
    assertThatThrownBy(() -> stack(Map.of("concurrency", 1, "accountConcurrency", 10)))
        .hasMessageContaining("so leave it out;");
    assertThatThrownBy(() -> stack(Map.of("concurrency", "0")))
        .hasMessage("concurrency is 0: it has to be at least 1");
    assertThatThrownBy(() -> stack(Map.of("accountConcurrency", "3000")))
        .hasMessageContaining("give that, too");
    GraftStack raised =
        stack(Map.of("local", "true", "concurrency", 200, "accountConcurrency", "1300"));
    Template.fromStack(raised)
        .resourcePropertiesCountIs(
            "AWS::Lambda::Function", Map.of("ReservedConcurrentExecutions", 200), 6);
  }

  @Test
  void replica_inTheSameStack_hasItsAlarmsSentWhereTheOthersGo() {
    Template template =
        Template.fromStack(
            stack(Map.of("local", "true", "replica", VOLUME, "alarmMail", "a@example.com")));
    assertThat(template.findResources("AWS::CloudWatch::Alarm"))
        .hasSize(15 + 3)
        .allSatisfy((id, alarm) -> assertThat(alarm.toString()).as(id).contains("AlarmActions="));
  }

  @Test
  void replica_ofAFork_readsItsAncestorsToo() {
    String parent = VOLUME.replace("vol-0", "vol-1");
    String grandparent = VOLUME.replace("vol-0", "vol-2");
    Template template =
        Template.fromStack(
            stack(
                Map.of(
                    "local", "true", "replica", VOLUME, "ancestors", parent + "," + grandparent)));
    String policies = String.valueOf(template.findResources("AWS::IAM::Policy"));
    assertThat(policies)
        .contains("volumes/" + VOLUME + "/*")
        .contains("volumes/" + parent + "/*")
        .contains("volumes/" + grandparent + "/*");
  }

  /** Else an upgrade would take away what one goes back to. */
  @Test
  void versions_areKeptWhenOthersTakeTheirPlace() {
    Template template = Template.fromStack(stack(Map.of("local", "true", "replica", VOLUME)));
    assertThat(template.findResources("AWS::Lambda::Version"))
        .hasSizeGreaterThan(5)
        .allSatisfy(
            (id, version) -> assertThat(version).as(id).containsEntry("DeletionPolicy", "Retain"));
  }
}
