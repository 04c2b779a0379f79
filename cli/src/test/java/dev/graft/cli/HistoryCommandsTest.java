package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands {@code fork}, {@code checkout} and {@code revert}. */
class HistoryCommandsTest {
  @TempDir Path folder;

  @BeforeEach
  void makeVolume() {
    ok("init", "shop");
    sql("shop", "CREATE TABLE t(id INTEGER PRIMARY KEY, a)");
    sql("shop", "INSERT INTO t(a) VALUES('first')");
    sql("shop", "UPDATE t SET a = 'second'");
  }

  private Run ok(String... args) {
    Run run = Run.in(folder, args);
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    return run;
  }

  private Run fails(int exitCode, String... args) {
    Run run = Run.in(folder, args);
    assertThat(run.exitCode()).as(run.err()).isEqualTo(exitCode);
    assertThat(run.err()).startsWith("graft: ").hasLineCount(1).doesNotContain("\tat ");
    return run;
  }

  private String sql(String name, String... more) {
    List<String> args = new ArrayList<>(List.of("sql", name, "--format", "csv"));
    args.addAll(Arrays.asList(more));
    return ok(args.toArray(String[]::new)).out().replace(System.lineSeparator(), " ").strip();
  }

  private String value(String name, String... more) {
    List<String> args = new ArrayList<>(List.of("SELECT a FROM t"));
    args.addAll(Arrays.asList(more));
    return sql(name, args.toArray(String[]::new)).replaceFirst("^a ?", "");
  }

  @Test
  void fork_atTheHeadAndInThePast_areVolumesOfTheirOwn() throws IOException {
    long bytes = storeBytes();
    assertThat(ok("fork", "shop", "mine").out())
        .contains("'mine' is a fork of 'shop' at commit 3: vol-")
        .contains("none of them copied");
    String json = ok("fork", "shop", "old", "--at", "2", "--json").out();
    assertThat(json)
        .contains("\"name\":\"old\"", "\"from\":\"shop\"", "\"fromLsn\":2", "\"lsn\":1", "vol-");
    assertThat(storeBytes() - bytes).as("no pages").isLessThan(8 * 1024);
    assertThat(value("mine")).isEqualTo("second");
    assertThat(value("old")).isEqualTo("first");
    sql("mine", "UPDATE t SET a = 'mine'");
    sql("shop", "UPDATE t SET a = 'shop'");
    assertThat(value("mine")).isEqualTo("mine");
    assertThat(value("shop")).isEqualTo("shop");
    assertThat(value("old")).isEqualTo("first");
    assertThat(ok("log", "old").out()).contains("fork of vol-");
    assertThat(ok("status", "mine").out()).contains("up to date");
  }

  private long storeBytes() throws IOException {
    long bytes = 0;
    String status = ok("status", "shop", "--json").out();
    String remote = status.replaceFirst(".*\"remote\":\"folder:([^\"]+)\".*", "$1").strip();
    Path store = folder.resolve(remote);
    try (Stream<Path> files = Files.walk(store)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(file);
      }
    }
    assertThat(bytes).as("the store at %s", store).isPositive();
    return bytes;
  }

  @Test
  void fork_ofAForkAndOfAView_work() {
    ok("fork", "shop", "one", "--at", "2");
    ok("fork", "one", "two");
    assertThat(value("two")).isEqualTo("first");
    ok("checkout", "shop", "2");
    ok("fork", "shop-2", "three");
    assertThat(value("three")).isEqualTo("first");
    sql("three", "UPDATE t SET a = 'third'");
    assertThat(value("three")).isEqualTo("third");
  }

  @Test
  void fork_wrongly_isOneSentence() {
    assertThat(fails(ExitCode.USAGE, "fork", "shop", "shop").err()).contains("already");
    assertThat(fails(ExitCode.USAGE, "fork", "shop", "a/b").err()).contains("is no name");
    assertThat(fails(ExitCode.USAGE, "fork", "shop", "x", "--at", "noon").err()).contains("noon");
    assertThat(fails(ExitCode.NOT_FOUND, "fork", "shop", "x", "--at", "99").err())
        .contains("no commit 99");
    fails(ExitCode.NOT_FOUND, "fork", "nothing", "x");
    assertThat(ok("status").out()).doesNotContain("x  ");
  }

  @Test
  void checkout_ofAPastCommit_isAViewThatStaysAndCannotBeWritten() throws IOException {
    assertThat(ok("checkout", "shop", "2").out()).contains("'shop-2' is commit 2 of 'shop'");
    sql("shop", "UPDATE t SET a = 'third'");
    assertThat(value("shop-2")).isEqualTo("first");
    assertThat(fails(ExitCode.USAGE, "sql", "shop-2", "UPDATE t SET a = 'x'").err())
        .contains("'shop-2' is a read-only view of commit 2")
        .contains("graft fork shop-2");
    for (String[] writing :
        List.of(
            new String[] {"pull", "shop-2"},
            new String[] {"revert", "shop-2", "1"},
            new String[] {"checkout", "shop-2", "1"},
            new String[] {"rm", "shop-2", "file"})) {
      assertThat(fails(ExitCode.USAGE, writing).err()).contains("read-only view");
    }
    assertThat(value("shop")).isEqualTo("third");
    ok("export", "shop-2", "then.db");
    assertThat(Files.size(folder.resolve("then.db"))).isPositive();
    assertThat(fails(ExitCode.USAGE, "sql", "shop-2", "--at", "1", "SELECT 1").err())
        .contains("leave --at away");
    assertThat(ok("status").out()).contains("shop-2  view of commit 2").contains("shop  ");
    assertThat(ok("status", "shop-2", "--json").out()).contains("\"state\":\"view\"");
    assertThat(ok("log", "shop-2").out()).contains("4  ");
  }

  @Test
  void checkout_byTimeAndName_isResolvedOnce() {
    String log = ok("log", "shop", "--json").out();
    String time = log.replaceFirst(".*\"lsn\":2,.*?\"time\":\"([^\"]+)\".*", "$1").strip();
    String json = ok("checkout", "shop", time, "--as", "then", "--json").out();
    assertThat(json).contains("\"name\":\"then\"", "\"time\":\"" + time + "\"", "\"pages\":");
    assertThat(value("then")).isEqualTo(json.contains("\"lsn\":2,") ? "first" : "second");
    ok("checkout", "shop", "1", "--as", "one");
    ok("checkout", "shop", "1", "--as", "one");
    assertThat(fails(ExitCode.USAGE, "checkout", "shop", "2", "--as", "one").err())
        .contains("already");
    fails(ExitCode.NOT_FOUND, "checkout", "shop", "99");
    assertThat(fails(ExitCode.USAGE, "checkout", "shop", "later").err()).contains("later");
  }

  @Test
  void checkout_entryThatIsNoCommit_isToldWithTheFile() throws IOException {
    ok("checkout", "shop", "2");
    Path file = folder.resolve("graft.json");
    Files.writeString(
        file, Files.readString(file).replaceFirst("\"at\"\\s*:\\s*\"2\"", "\"at\": \"soon\""));
    assertThat(fails(ExitCode.USAGE, "sql", "shop-2", "SELECT 1").err()).contains("soon");
  }

  @Test
  void revert_toACommit_isANewCommitWithItsMessage() {
    String out = ok("revert", "shop", "2", "-m", "that was wrong").out();
    assertThat(out).contains("'shop' is at commit 4 what it was at commit 2").contains("changed");
    assertThat(value("shop")).isEqualTo("first");
    assertThat(value("shop", "--at", "3")).isEqualTo("second");
    assertThat(ok("log", "shop").out()).contains("that was wrong");
    String json = ok("revert", "shop", "3", "--json").out();
    assertThat(json).contains("\"lsn\":5", "\"revertedTo\":3", "\"changedPages\":1");
    assertThat(value("shop")).isEqualTo("second");
    assertThat(ok("log", "shop", "-n", "1").out()).contains("revert to 3");
    assertThat(ok("revert", "shop", "5").out()).contains("already");
    assertThat(sql("shop", "PRAGMA integrity_check")).contains("ok");
  }

  @Test
  void revert_onAReplicaThatIsBehind_goesOnTopOfTheNewest() {
    String status = ok("status", "shop", "--json").out();
    String remote = status.replaceFirst(".*\"remote\":\"(folder:[^\"]+)\".*", "$1").strip();
    String volume = status.replaceFirst(".*\"volume\":\"(vol-[^\"]+)\".*", "$1").strip();
    ok("clone", remote, volume, "theirs");
    sql("shop", "UPDATE t SET a = 'third'");
    assertThat(ok("revert", "theirs", "2").out()).contains("at commit 5");
    ok("pull", "shop");
    assertThat(value("shop")).isEqualTo("first");
  }

  @Test
  void revert_wrongly_isOneSentenceAndNothingHappens() {
    assertThat(fails(ExitCode.NOT_FOUND, "revert", "shop", "99").err()).contains("99");
    assertThat(fails(ExitCode.USAGE, "revert", "shop", "yesterday").err()).contains("yesterday");
    fails(ExitCode.NOT_FOUND, "revert", "nothing", "1");
    assertThat(ok("log", "shop", "--json").out()).doesNotContain("\"lsn\":4");
  }

  @Test
  void help_ofEach_saysWhatItDoes() {
    assertThat(ok("fork", "--help").out()).contains("No page is copied").contains("--at");
    assertThat(ok("checkout", "--help").out()).contains("a view").contains("--as");
    assertThat(ok("revert", "--help").out()).contains("nothing is lost").contains("--message");
    assertThatThrownBy(() -> VolumesFile.requireName("-"))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("is no name");
  }
}
