package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.s3.fake.RequestKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Backup and restore as docs/operations.md tells it, on buckets and folders. */
@Timeout(120)
class BackupTest {
  private static final String STORE = "s3://shops/some/where";
  private static final String BACKUP = "s3://backup/of-shops";

  @TempDir Path folder;

  private final FakeAws aws = new FakeAws();

  @BeforeEach
  void makeBuckets() {
    List.of("shops", "backup", "pages", "commits").forEach(aws.s3()::bucket);
    // As the bucket policy of an installation has it.
    aws.s3().requireConditionalPuts(true);
  }

  @AfterEach
  void close() {
    aws.close();
  }

  private String ok(String... args) {
    Run run = Run.in(folder, args);
    assertThat(run.exitCode()).as("%s: %s", Arrays.toString(args), run.err()).isZero();
    return run.out();
  }

  private String import300Rows() {
    ok("init", "shop", "--remote", STORE);
    ok("sql", "shop", "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT)");
    ok(
        "sql",
        "shop",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)"
            + " INSERT INTO t SELECT i, 'name ' || i FROM n");
    Matcher volume = Pattern.compile("vol-[0-9a-z]{26}").matcher(ok("status", "shop", "--json"));
    assertThat(volume.find()).isTrue();
    return volume.group();
  }

  private void sameAs(String name, String remote, String volume) throws IOException {
    ok("clone", remote, volume, name);
    ok("export", name, name + ".db");
    ok("export", "shop", "shop.db");
    assertThat(Files.mismatch(folder.resolve("shop.db"), folder.resolve(name + ".db")))
        .isEqualTo(-1);
    Files.delete(folder.resolve("shop.db"));
  }

  @Test
  void bucket_isBackedUpAndRestored_andTheNextBackupTakesWhatIsNew() throws IOException {
    String volume = import300Rows();
    assertThat(ok("copy", STORE, BACKUP)).contains("objects copied").contains("; 0 were there");
    sameAs("first", BACKUP, volume);

    ok("sql", "shop", "UPDATE t SET name = 'new' WHERE id = 7");
    assertThat(ok("copy", STORE, BACKUP, "--json")).startsWith("{\"objects\":1,");
    assertThat(ok("copy", STORE, BACKUP, "--json")).startsWith("{\"objects\":0,\"bytes\":0,");
    sameAs("second", BACKUP, volume);
    assertThat(ok("sql", "second", "SELECT name FROM t WHERE id = 7")).contains("new");
    assertThat(ok("doctor", "--remote", BACKUP)).contains("objects are sound");

    ok("copy", BACKUP, "folder:restored");
    sameAs("third", "folder:restored", volume);
    assertThat(ok("doctor", "--remote", "folder:restored")).contains("objects are sound");
  }

  @Test
  void installationOfTwoBuckets_isRestoredFromOneAndBackedUpToOne() throws IOException {
    String volume = import300Rows();
    ok("copy", STORE, BACKUP);

    ok("copy", BACKUP, "s3://pages", "--to-log", "s3://commits");
    assertThat(aws.s3().keys("commits"))
        .isNotEmpty()
        .allMatch(key -> key.matches(".*/(log|state)/.*"));
    assertThat(aws.s3().keys("pages"))
        .isNotEmpty()
        .noneMatch(key -> key.matches(".*/(log|state)/.*"));
    assertThat(ok("doctor", "--remote", "s3://pages", "--log", "s3://commits"))
        .contains("objects are sound");

    Run halfSeen = Run.in(folder, "doctor", "--remote", "s3://pages");
    assertThat(halfSeen.exitCode()).isEqualTo(ExitCode.CORRUPT);
    assertThat(halfSeen.out()).contains("in a store of their own: name it (--log)");

    ok("copy", "s3://pages", "folder:one", "--from-log", "s3://commits");
    sameAs("one", "folder:one", volume);
    ok("sql", "one", "DELETE FROM t WHERE id > 100");
    assertThat(ok("doctor", "--remote", "folder:one")).contains("objects are sound");
  }

  @Test
  void copy_overAnotherHistory_isRefusedAndWritesNothing() {
    String volume = import300Rows();
    ok("copy", STORE, "folder:other");
    ok("clone", "folder:other", volume, "other");
    ok("sql", "other", "UPDATE t SET name = 'theirs' WHERE id = 1");
    ok("sql", "shop", "UPDATE t SET name = 'ours' WHERE id = 1");
    ok("sql", "shop", "UPDATE t SET name = 'ours' WHERE id = 2");
    Run refused = Run.in(folder, "copy", STORE, "folder:other");
    assertThat(refused.exitCode()).isEqualTo(ExitCode.CONFLICT);
    assertThat(refused.err()).hasLineCount(1).contains("its volume went another way there");
    ok("pull", "other");
    assertThat(ok("sql", "other", "SELECT name FROM t WHERE id < 3"))
        .contains("theirs")
        .contains("name 2");
  }

  @Test
  void copy_thatCannotBeDone_saysWhy() {
    import300Rows();
    fails(ExitCode.NOT_FOUND, "no bucket 'elsewhere'", STORE, "s3://elsewhere");
    fails(ExitCode.NOT_FOUND, "no store in", "folder:nowhere", BACKUP);
    fails(ExitCode.USAGE, "are one store", STORE, STORE);
    fails(ExitCode.USAGE, "cannot be examined", "https://example.com", BACKUP);
    aws.s3().deny(RequestKind.PUT);
    fails(ExitCode.UNAVAILABLE, "s3:PutObject", STORE, BACKUP);
    aws.s3().deny();
    ok("copy", STORE, BACKUP);
  }

  private void fails(int exitCode, String words, String from, String to) {
    Run run = Run.in(folder, "copy", from, to);
    assertThat(run.exitCode()).as(run.err()).isEqualTo(exitCode);
    assertThat(run.err()).startsWith("graft: ").hasLineCount(1).contains(words);
  }
}
