package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.s3.fake.FakeS3;
import dev.graft.s3.fake.RequestKind;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command's main job on a bucket. */
@Timeout(120)
class BucketCommandsTest {
  private static final String REMOTE = "s3://shop-bucket/some/where";

  @TempDir Path folder;

  private final FakeAws aws = new FakeAws();
  private final FakeS3 fake = aws.s3();

  @BeforeEach
  void makeBucket() {
    fake.bucket("shop-bucket");
  }

  @AfterEach
  void close() {
    aws.close();
  }

  private Run ok(Path in, String... args) {
    Run run = Run.in(in, args);
    assertThat(run.exitCode()).as("%s: %s", Arrays.toString(args), run.err()).isEqualTo(0);
    return run;
  }

  private void fails(int exitCode, String words, String... args) {
    Run run = Run.in(folder, args);
    assertThat(run.exitCode()).as(run.err()).isEqualTo(exitCode);
    assertThat(run.err()).startsWith("graft: ").hasLineCount(1).contains(words);
  }

  private void makeShop() throws SQLException {
    try (Connection db = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("shop.db"));
        Statement statement = db.createStatement()) {
      statement.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT)");
      statement.execute(
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
              + " INSERT INTO t SELECT i, 'name ' || i FROM n");
    }
  }

  @Test
  void mainJob_onABucket_works() throws IOException, SQLException {
    makeShop();
    Path there = Files.createDirectory(folder.resolve("there"));
    ok(folder, "import", "shop.db", "shop", "--remote", REMOTE);
    String volume = VolumesFile.find(in(folder)).require("shop").volume().toString();
    assertThat(fake.keys("shop-bucket"))
        .isNotEmpty()
        .allMatch(key -> key.startsWith("some/where/volumes/" + volume));

    ok(there, "clone", REMOTE, volume, "shop");
    assertThat(ok(there, "sql", "shop", "SELECT name FROM t WHERE id = 2999").out())
        .contains("name 2999");
    ok(there, "sql", "shop", "UPDATE t SET name = 'new' WHERE id = 1");
    ok(folder, "pull", "shop");
    assertThat(ok(folder, "sql", "shop", "SELECT name FROM t WHERE id = 1").out()).contains("new");
    ok(folder, "export", "shop", "first.db", "--at", "1");
    assertThat(Files.mismatch(folder.resolve("shop.db"), folder.resolve("first.db"))).isEqualTo(-1);
    ok(folder, "fork", "shop", "try");
    ok(folder, "sql", "try", "DELETE FROM t WHERE id > 10");
    ok(folder, "revert", "shop", "1");
    assertThat(ok(folder, "log", "shop").out()).contains("3");
    assertThat(ok(folder, "doctor", "--remote", REMOTE).out()).contains("keeps its promises");
    ok(folder, "doctor", "shop");

    String url = "jdbc:sqlite:file:x?vfs=graft&remote=" + REMOTE + "&volume=" + volume;
    try (Connection db = DriverManager.getConnection(url);
        Statement statement = db.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM t WHERE name LIKE 'name%'")) {
      assertThat(row.getInt(1)).isEqualTo(3000);
    }
  }

  @Test
  void store_isRemoteByAnotherName_behindACommandAndBeforeIt() throws IOException, SQLException {
    makeShop();
    ok(folder, "import", "shop.db", "shop", "--store", REMOTE);
    ok(folder, "--store", REMOTE, "init", "more");
    ok(folder, "--store=" + REMOTE, "import", "shop.db", "again");
    for (String name : new String[] {"shop", "more", "again"}) {
      VolumesFile.Entry entry = VolumesFile.find(in(folder)).require(name);
      assertThat(entry.remote()).isEqualTo(REMOTE);
      assertThat(fake.keys("shop-bucket"))
          .contains("some/where/volumes/" + entry.volume() + "/volume");
    }
    assertThat(ok(folder, "doctor", "--store", REMOTE).out()).contains("keeps its promises");
    assertThat(ok(folder, "--store", REMOTE, "doctor").out()).contains("keeps its promises");
    // The command's own word is the nearer one.
    ok(folder, "--store", "s3://nowhere", "init", "near", "--remote", REMOTE);
    assertThat(ok(folder, "sql", "again", "SELECT count(*) FROM t").out()).contains("3000");
    fails(
        ExitCode.USAGE,
        "'graft sql' takes no --store",
        "--store",
        REMOTE,
        "sql",
        "shop",
        "SELECT 1");
    fails(ExitCode.USAGE, "'graft token' takes no --store", "--store", REMOTE, "token");
  }

  private Surroundings in(Path at) {
    Terminal none = new Terminal(System.out, System.err, false, false, System::nanoTime);
    return new Surroundings(none, at, Map.of(), System.in);
  }

  @Test
  void commandsOnAFolder_loadNothingOfTheSdk() throws Exception {
    ProcessBuilder java =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xlog:class+load:file=" + folder.resolve("classes.log"),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.graft.cli.Main",
            "init",
            "shop");
    java.directory(folder.toFile()).redirectErrorStream(true).redirectOutput(Redirect.DISCARD);
    java.environment().put("GRAFT_HOME", folder.toString());
    assertThat(java.start().waitFor()).isZero();
    assertThat(Files.readString(folder.resolve("classes.log")))
        .contains("dev.graft.cli.FolderRemotes")
        .doesNotContain("software.amazon.awssdk", "dev.graft.s3.");
  }

  @Test
  void init_bucketThatCannotBeUsed_saysWhyAndMakesNothing() {
    fails(ExitCode.NOT_FOUND, "no bucket 'other'", "init", "a", "--remote", "s3://other");
    fails(ExitCode.USAGE, "names no bucket", "init", "a", "--remote", "s3://");
    fails(ExitCode.USAGE, "is no prefix", "init", "a", "--remote", "s3://shop-bucket/A B");

    fake.deny(RequestKind.values());
    fails(ExitCode.UNAVAILABLE, "s3:ListBucket", "init", "a", "--remote", REMOTE);
    fake.deny(RequestKind.PUT);
    fails(ExitCode.UNAVAILABLE, "s3:PutObject", "init", "a", "--remote", REMOTE);
    fake.deny();

    fake.ignoreConditions(true);
    fails(ExitCode.USAGE, "this object store cannot be used", "init", "a", "--remote", REMOTE);
    fake.ignoreConditions(false);

    System.setProperty("aws.secretAccessKey", "wrong");
    fails(ExitCode.UNAVAILABLE, "access key or its secret", "init", "a", "--remote", REMOTE);
    assertThat(folder.resolve("graft.json")).doesNotExist();
    assertThat(fake.keys("shop-bucket")).noneMatch(key -> key.contains("volumes/"));
  }
}
