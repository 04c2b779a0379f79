package dev.graft.localstack.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code graft dev} and the command as processes, with tokens. */
@Timeout(120)
class DevProcessTest {
  private static final Pattern ADDRESS = Pattern.compile("\"address\":\"([^\"]+)\"");

  @TempDir Path folder;
  private final List<Process> started = new ArrayList<>();

  private record Ended(int exitCode, String out, String err) {}

  private static List<String> java(String main, String... args) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                main));
    command.addAll(List.of(args));
    return command;
  }

  private Process dev(String... args) throws IOException {
    Process process =
        new ProcessBuilder(java(Main.class.getName(), args))
            .directory(folder.toFile())
            .redirectError(folder.resolve("dev.err").toFile())
            .start();
    started.add(process);
    return process;
  }

  private static @Nullable String line(Process process) throws IOException {
    return new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
        .readLine();
  }

  private static String address(@Nullable String ready) {
    Matcher found = ADDRESS.matcher(String.valueOf(ready));
    assertThat(found.find()).as("%s", ready).isTrue();
    return found.group(1);
  }

  private Ended graft(String token, String... args) throws IOException, InterruptedException {
    Path out = folder.resolve("cli.out");
    Path err = folder.resolve("cli.err");
    ProcessBuilder process =
        new ProcessBuilder(java("dev.graft.cli.Main", args))
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    process.environment().put("GRAFT_TOKEN", token);
    int code = process.start().waitFor();
    return new Ended(code, Files.readString(out), Files.readString(err));
  }

  @AfterEach
  void end() {
    started.forEach(Process::destroyForcibly);
  }

  private int stop(Process process) throws InterruptedException {
    process.destroy();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  @Test
  void dev_fromNothing_servesTheMainJobToTheCommand_andEndsCleanly()
      throws IOException, InterruptedException {
    Process dev = dev("--port", "0", "--dir", "d", "--json");
    String address = address(line(dev));
    for (String secret : List.of("keys.json", "admin-token")) {
      assertThat(Files.getPosixFilePermissions(folder.resolve("d").resolve(secret)))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }
    String token = Files.readString(folder.resolve("d/admin-token")).strip();
    Ended init = graft(token, "init", "shop", "--remote", address, "--json");
    assertThat(init.exitCode()).as(init.err()).isZero();
    Matcher volume = Pattern.compile("vol-[0-9a-z]{26}").matcher(init.out());
    assertThat(volume.find()).isTrue();
    Ended made = graft(token, "sql", "shop", "CREATE TABLE t(a); INSERT INTO t VALUES (42)");
    assertThat(made.exitCode()).as(made.err()).isZero();
    Ended cloned = graft(token, "clone", address, volume.group(), "copy");
    assertThat(cloned.exitCode()).as(cloned.err()).isZero();
    assertThat(graft(token, "sql", "copy", "SELECT a FROM t").out()).contains("42");
    Ended forged = graft(token + "x", "pull", "shop");
    assertThat(forged.exitCode()).as(forged.err()).isEqualTo(6);
    assertThat(forged.err()).hasLineCount(1).doesNotContain(token);
    assertThat(stop(dev)).isZero();

    Process again = dev("--port", "0", "--dir", "d", "--json");
    assertThat(line(again)).contains("\"ready\":true");
    assertThat(Files.readString(folder.resolve("d/admin-token")).strip()).isEqualTo(token);
    assertThat(stop(again)).isZero();
  }

  @Test
  void dev_whatItCannotDo_isOneSentence() throws IOException, InterruptedException {
    Process first = dev("--port", "0", "--dir", "d");
    assertThat(line(first)).startsWith("ready http://127.0.0.1:");
    assertRefused(6, "in use by another graft dev", "--port", "0", "--dir", "d");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      String port = Integer.toString(taken.getLocalPort());
      assertRefused(6, "port " + port + " is taken", "--port", port, "--dir", "other");
    }
    Files.writeString(folder.resolve("file"), "x");
    assertRefused(2, "is not a folder", "--port", "0", "--dir", "file");
    assertRefused(2, "--nonsense", "--nonsense");
    assertRefused(2, "no port -1", "--port", "-1");
    assertRefused(2, "no port 70000", "--port", "70000");
    assertRefused(
        2, "'http://foo' is no store", "--port", "0", "--dir", "o", "--store", "http://foo");
    Files.createDirectories(folder.resolve("taken/admin-token"));
    assertRefused(2, "taken/admin-token is a folder", "--port", "0", "--dir", "taken");
    assertThat(stop(first)).isZero();
  }

  private void assertRefused(int code, String words, String... args)
      throws IOException, InterruptedException {
    Process refused = dev(args);
    assertThat(refused.waitFor(30, TimeUnit.SECONDS)).isTrue();
    String err = Files.readString(folder.resolve("dev.err"));
    assertThat(refused.exitValue()).as(err).isEqualTo(code);
    assertThat(err).startsWith("graft: ").contains(words).hasLineCount(1);
  }

  @Test
  void dev_afterItsTokenWasRevoked_makesANewOne_andLogsWhatItWasAsked()
      throws IOException, InterruptedException {
    String store = "folder:" + folder.resolve("elsewhere");
    Process dev = dev("--port", "0", "--dir", "d", "--json", "--store", store);
    String ready = String.valueOf(line(dev));
    Path log = folder.resolve("d/requests.log");
    assertThat(ready).contains("\"log\":\"" + log).contains("\"tokenReplaced\":null");
    String token = Files.readString(folder.resolve("d/admin-token")).strip();
    String address = address(ready);
    Ended init = graft(token, "init", "shop", "--remote", address);
    assertThat(init.exitCode()).as(init.err()).isZero();
    Ended revoked = graft(token, "token", "revoke", token, "--remote", address);
    assertThat(revoked.exitCode()).as(revoked.err()).isZero();
    assertThat(stop(dev)).isZero();
    assertThat(folder.resolve("elsewhere/auth/revocations")).isDirectory();
    assertThat(Files.readAllLines(log))
        .anyMatch(line -> line.contains("\"route\":\"create\"") && line.contains("Latency"))
        .allMatch(line -> line.startsWith("{") && !line.contains(token));

    Process again = dev("--port", "0", "--dir", "d", "--json", "--store", store);
    ready = String.valueOf(line(again));
    assertThat(ready).contains("\"tokenReplaced\":\"token tok-").contains("was revoked");
    String other = Files.readString(folder.resolve("d/admin-token")).strip();
    assertThat(other).isNotEqualTo(token);
    Ended second = graft(other, "init", "other", "--remote", address(ready));
    assertThat(second.exitCode()).as(second.err()).isZero();
    assertThat(stop(again)).isZero();
  }

  @Test
  void log_thatIsFull_becomesTheOneBefore() throws IOException {
    Path file = folder.resolve("log");
    try (DevLog log = DevLog.open(file, 10)) {
      List.of("12345678", "abcdefgh", "ABCDEFGH").forEach(log);
    }
    assertThat(file).content().isEqualTo("ABCDEFGH\n");
    assertThat(folder.resolve("log.1")).content().isEqualTo("abcdefgh\n");
  }

  @Test
  void dev_help_saysWhatItTakes() throws IOException, InterruptedException {
    Process help = dev("--help");
    String text = new String(help.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(help.waitFor()).isZero();
    assertThat(text)
        .contains("Usage: graft dev", "--port", "--dir", "--store", "--s3-endpoint", "--no-auth")
        .contains("--keys", "--json");
  }
}
