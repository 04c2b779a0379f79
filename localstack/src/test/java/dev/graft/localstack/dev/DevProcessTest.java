package dev.graft.localstack.dev;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.s3.HostS3;
import dev.graft.s3.fake.FakeS3;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code graft dev} and the command as processes, with tokens. */
@Timeout(120)
class DevProcessTest {
  private static final Pattern ADDRESS = Pattern.compile("\"address\":\"([^\"]+)\"");

  /** Whoever runs this has credentials perhaps, at some of the places where they are looked for. */
  private static final Map<String, String> NOBODY =
      Map.of(
          "AWS_EC2_METADATA_DISABLED", "true",
          "AWS_CONFIG_FILE", "none",
          "AWS_SHARED_CREDENTIALS_FILE", "none");

  private static final Map<String, String> CREDENTIALS =
      Map.of("AWS_ACCESS_KEY_ID", HostS3.ACCESS_KEY, "AWS_SECRET_ACCESS_KEY", HostS3.SECRET_KEY);

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
    return dev(Map.of(), args);
  }

  private Process dev(Map<String, String> environment, String... args) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(java(Main.class.getName(), args))
            .directory(folder.toFile())
            .redirectError(folder.resolve("dev.err").toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("AWS_"));
    builder.environment().putAll(NOBODY);
    builder.environment().putAll(environment);
    Process process = builder.start();
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
  void dev_onLocalStack_servesAnImportAndSqlToTheCommand()
      throws IOException, InterruptedException, SQLException {
    Assumptions.assumeTrue(HostS3.start().isPresent(), "skipped: LocalStack cannot be had here");
    HostS3 host = HostS3.start().orElseThrow();
    String store = "s3://" + host.newBucket().bucket() + "/dev";
    String[] line = {
      "--port",
      "0",
      "--dir",
      "d",
      "--json",
      "--store",
      store,
      "--s3-endpoint",
      host.endpoint().toString()
    };
    Process dev = dev(CREDENTIALS, line);
    String ready = String.valueOf(line(dev));
    assertThat(ready).contains(store + " at " + host.endpoint());
    String address = address(ready);
    String token = Files.readString(folder.resolve("d/admin-token")).strip();
    makeShop();
    // Above what travels with a request: segments go to the bucket itself, where they are signed
    // for.
    Ended imported = graft(token, "import", "shop.db", "shop", "--remote", address);
    assertThat(imported.exitCode()).as(imported.err()).isZero();
    Ended changed = graft(token, "sql", "shop", "UPDATE t SET b = 'new' WHERE a = 7");
    assertThat(changed.exitCode()).as(changed.err()).isZero();
    assertThat(stop(dev)).isZero();
    assertThat(folder.resolve("d/store")).doesNotExist();

    // It is all in the bucket: another one finds it there.
    Files.move(folder.resolve(".graft"), folder.resolve("away"));
    Process again = dev(CREDENTIALS, line);
    String now = address(line(again));
    String names = Files.readString(folder.resolve("graft.json")).replace(address, now);
    Files.writeString(folder.resolve("graft.json"), names);
    Ended read = graft(token, "sql", "shop", "SELECT count(*), max(b) FROM t WHERE b = 'new'");
    assertThat(read.exitCode()).as(read.err()).isZero();
    assertThat(read.out()).contains("1").contains("new");
    Ended all = graft(token, "sql", "shop", "SELECT sum(length(b)) FROM t");
    assertThat(all.out()).as(all.err()).contains(Long.toString(19_999L * 120 + 3));
    assertThat(stop(again)).isZero();
  }

  private void makeShop() throws SQLException {
    try (Connection db = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("shop.db"));
        Statement statement = db.createStatement()) {
      statement.execute("CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT)");
      statement.execute(
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
              + " INSERT INTO t SELECT i, hex(randomblob(60)) FROM n");
    }
  }

  @Test
  void dev_s3ThatCannotBeUsed_isOneSentence() throws IOException, InterruptedException {
    try (FakeS3 s3 = FakeS3.start()) {
      String[] line = {
        "--port",
        "0",
        "--dir",
        "d",
        "--store",
        "s3://none-here",
        "--s3-endpoint",
        s3.endpoint().toString()
      };
      Map<String, String> known =
          Map.of(
              "AWS_ACCESS_KEY_ID", FakeS3.ACCESS_KEY, "AWS_SECRET_ACCESS_KEY", FakeS3.SECRET_KEY);
      assertRefused(known, 4, "no bucket 'none-here'", line);
      assertRefused(NOBODY, 6, "there are no credentials for AWS; set AWS_ACCESS_KEY_ID", line);
      s3.bucket("none-here");
      assertRefused(CREDENTIALS, 6, "none-here", line);
    }
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
    assertRefused(2, "no port 70000", "deployed", "--port", "70000");
    assertRefused(2, "nothing is deployed by way of", "deployed", "--port", "0", "--dir", "d");
    assertRefused(
        2, "'http://foo' is no store", "--port", "0", "--dir", "o", "--store", "http://foo");
    Files.createDirectories(folder.resolve("taken/admin-token"));
    assertRefused(2, "taken/admin-token is a folder", "--port", "0", "--dir", "taken");
    assertThat(stop(first)).isZero();
  }

  @Test
  void dev_anEndpointOfS3ForAFolder_isRefused() throws IOException, InterruptedException {
    String[] folderAndUrl = {
      "--port", "0", "--dir", "d", "--store", "folder:f", "--s3-endpoint", "http://127.0.0.1:9"
    };
    assertRefused(2, "--s3-endpoint is where a store in S3 is", folderAndUrl);
    assertThat(folder.resolve("f")).doesNotExist();
    assertRefused(
        2,
        "d/store: write --store s3://BUCKET/PREFIX, or leave --s3-endpoint out",
        "--port",
        "0",
        "--dir",
        "d",
        "--s3-endpoint",
        "http://127.0.0.1:9");
  }

  private void assertRefused(int code, String words, String... args)
      throws IOException, InterruptedException {
    assertRefused(CREDENTIALS, code, words, args);
  }

  private void assertRefused(
      Map<String, String> environment, int code, String words, String... args)
      throws IOException, InterruptedException {
    Process refused = dev(environment, args);
    assertThat(refused.waitFor(90, TimeUnit.SECONDS)).isTrue();
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
