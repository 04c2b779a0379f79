package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script {@code graft} as a process, in a checkout that holds the scripts alone: nothing here
 * builds the project.
 */
class ScriptTest {
  @TempDir Path checkout;

  @BeforeEach
  void copyScripts() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "there is no bash here");
    Files.createDirectories(checkout.resolve("bin"));
    Files.copy(Path.of("../graft"), checkout.resolve("graft"));
    Files.copy(Path.of("../bin/module.sh"), checkout.resolve("bin/module.sh"));
    Files.createDirectories(checkout.resolve("cli/target"));
    Files.createFile(checkout.resolve("pom.xml"));
    Files.createFile(checkout.resolve("cli/pom.xml"));
  }

  private record Ended(int exitCode, String out, String err) {}

  private Ended graft(Map<String, String> environment) throws IOException, InterruptedException {
    Path out = checkout.resolve("out");
    Path err = checkout.resolve("err");
    ProcessBuilder process =
        new ProcessBuilder("/bin/bash", "graft", "hello", "world")
            .directory(checkout.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    process.environment().putAll(environment);
    int code = process.start().waitFor();
    return new Ended(
        code,
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.resolveSibling(".").normalize());
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** A folder that looks like a JDK 25 whose java prints how it was called. */
  private Path fakeJdk() throws IOException {
    Path jdk = checkout.resolve("jdk");
    write(jdk.resolve("bin/java"), "#!/bin/bash\nprintf '%s\\n' \"$@\"\n");
    write(jdk.resolve("bin/javac"), "#!/bin/bash\n");
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
    return jdk;
  }

  /** A Maven that leaves the jars that a build leaves. */
  private Path fakeMaven(boolean fails) throws IOException {
    Path folder = checkout.resolve("maven");
    write(
        folder.resolve("mvn"),
        "#!/bin/bash\n"
            + "if [ \"$1\" = --version ]; then echo 'Apache Maven 3.9.1'; exit 0; fi\n"
            + (fails ? "echo '[ERROR] it does not compile'; exit 1\n" : "")
            + "mkdir -p cli/target/lib\n"
            + "touch cli/target/lib/a.jar cli/target/graft-cli-0.1.0.jar\n"
            + "echo built >> builds\n");
    return folder;
  }

  @Test
  void graft_inAFreshCheckout_buildsOnceAndHandsArgumentsOn()
      throws IOException, InterruptedException {
    Map<String, String> environment =
        Map.of(
            "JAVA_HOME",
            fakeJdk().toString(),
            "PATH",
            fakeMaven(false) + ":/usr/bin:/bin",
            "GRAFT_JAVA_OPTS",
            "-Xmx77m -Dx=y");
    Ended first = graft(environment);
    assertThat(first.exitCode()).as(first.err()).isZero();
    assertThat(first.err()).hasLineCount(1).contains("building");
    assertThat(first.out().lines())
        .containsSubsequence("-Xmx77m", "-Dx=y", "dev.graft.cli.Main", "hello", "world");
    Ended second = graft(environment);
    assertThat(second.exitCode()).isZero();
    assertThat(second.err()).isEmpty();
    assertThat(checkout.resolve("builds")).hasContent("built");
  }

  @Test
  void graft_whenTheBuildFails_saysSoAndExitsWithOne() throws IOException, InterruptedException {
    Ended ended =
        graft(
            Map.of("JAVA_HOME", fakeJdk().toString(), "PATH", fakeMaven(true) + ":/usr/bin:/bin"));
    assertThat(ended.exitCode()).isEqualTo(1);
    assertThat(ended.err()).contains("it does not compile").contains("build failed");
    assertThat(ended.out()).isEmpty();
  }
}
