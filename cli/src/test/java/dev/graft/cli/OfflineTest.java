package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Work on a replica without its store, and the ways back to it. */
class OfflineTest {
  @TempDir Path folder;

  private Path elsewhere;

  @BeforeEach
  void makeTwoReplicas() throws IOException {
    ok("init", "shop");
    ok("sql", "shop", "CREATE TABLE t(id INTEGER PRIMARY KEY, a); CREATE TABLE u(a)");
    ok("sql", "shop", "INSERT INTO t VALUES(1, 'one'); INSERT INTO u VALUES(0)");
    elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    String id =
        ok("status", "shop", "--json")
            .out()
            .replaceAll(".*\"volume\":\"([^\"]+)\".*", "$1")
            .strip();
    Run cloned = Run.in(elsewhere, "clone", "folder:../graft-store", id, "shop");
    assertThat(cloned.exitCode()).as(cloned.err()).isZero();
  }

  private Run ok(String... args) {
    return ok(folder, args);
  }

  private static Run ok(Path where, String... args) {
    Run run = Run.in(where, args);
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    return run;
  }

  private Run fails(int exitCode, String... args) {
    Run run = Run.in(folder, args);
    assertThat(run.exitCode()).as(run.err()).isEqualTo(exitCode);
    assertThat(run.err()).startsWith("graft: ").hasLineCount(1).doesNotContain("\tat ");
    return run;
  }

  private List<String> column(Path where, String query) {
    List<String> lines =
        List.of(ok(where, "sql", "shop", "--format", "csv", query).out().split("\\R"));
    return lines.subList(1, lines.size());
  }

  @Test
  void sqlLocal_withoutTheStore_readsAndCommitsAndIsPushedLater() throws IOException {
    Path store = folder.resolve("graft-store");
    Path away = folder.resolve("away");
    Files.move(store, away);
    Run run = ok("sql", "shop", "--local", "UPDATE t SET a = 'two'; INSERT INTO u VALUES(1)");
    assertThat(run.err()).contains("2 local transactions not in the store: graft push shop");
    assertThat(ok("sql", "shop", "--local", "--format", "csv", "SELECT a FROM t").out())
        .contains("two");
    assertThat(store).doesNotExist();
    fails(ExitCode.NOT_FOUND, "push", "shop");
    assertThat(ok("status", "shop").out()).contains("ahead").contains("2 local transactions");
    Files.createDirectories(folder);
    removeIfThere(store);
    Files.move(away, store);
    assertThat(ok("log", "shop").out().lines().map(line -> line.strip().split(" ")[0]).toList())
        .containsExactly("+2", "+1", "4", "3", "2", "1");
    assertThat(ok("log", "shop", "--json").out()).contains("\"mutation\":\"sqlite\"");
    assertThat(ok("pull", "shop").out())
        .contains("stays at commit 4 with 2 local transactions; the store has nothing newer");
    assertThat(ok("push").out())
        .contains("'shop' is at commit 5: 2 local transactions in 1 commit");
    assertThat(ok("push", "shop").out()).contains("nothing to push");
    ok(elsewhere, "pull", "shop");
    assertThat(column(elsewhere, "SELECT a FROM t")).containsExactly("two");
  }

  private static void removeIfThere(Path store) throws IOException {
    if (Files.exists(store)) {
      try (var files = Files.walk(store)) {
        for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  @Test
  void push_afterAnothers_isAConflictWithItsWaysOut() {
    ok("sql", "shop", "--local", "UPDATE t SET a = 'mine'");
    ok(elsewhere, "sql", "shop", "UPDATE u SET a = 7");
    Run refused = fails(ExitCode.CONFLICT, "push", "shop");
    assertThat(refused.err())
        .contains("1 local transaction of 'shop' stands on commit 4, the store is at 5")
        .contains("nothing is lost: try --policy merge, replay, or fork --as CHILD");
    Run json = Run.in(folder, "push", "shop", "--json");
    assertThat(json.exitCode()).isEqualTo(ExitCode.CONFLICT);
    assertThat(json.out()).contains("\"pending\":1").contains("\"base\":4,\"head\":5");
    assertThat(ok("pull", "shop").out()).contains("the store is at 5: graft push shop --policy");
    assertThat(fails(ExitCode.USAGE, "reset", "shop").err()).contains("would be lost");
    assertThat(ok("reset", "shop", "--discard").out())
        .contains("1 local transaction given up; 'shop' stands at commit 5");
    assertThat(column(folder, "SELECT a FROM t")).containsExactly("one");
  }

  @Test
  void push_withMerge_keepsBoth() {
    ok("sql", "shop", "--local", "UPDATE t SET a = 'mine'");
    ok(elsewhere, "sql", "shop", "UPDATE u SET a = 7");
    assertThat(ok("push", "shop", "--policy", "merge").out()).contains("is at commit 6");
    assertThat(column(folder, "SELECT a FROM t UNION ALL SELECT a FROM u"))
        .containsExactly("mine", "7");
  }

  @Test
  void push_withReplay_runsTheStatementsAgain() {
    ok("sql", "shop", "--local", "INSERT INTO t(a) SELECT 'mine after ' || count(*) FROM t");
    ok(elsewhere, "sql", "shop", "INSERT INTO t(a) VALUES('theirs')");
    fails(ExitCode.CONFLICT, "push", "shop", "--policy", "merge");
    assertThat(ok("push", "shop", "--policy", "replay").out()).contains("is at commit 6");
    assertThat(column(folder, "SELECT id || a FROM t"))
        .containsExactly("1one", "2theirs", "3mine after 2");
  }

  @Test
  void push_withReplayThatFails_namesTheStatement() {
    ok("sql", "shop", "--local", "INSERT INTO t VALUES(2, 'mine')");
    ok(elsewhere, "sql", "shop", "INSERT INTO t VALUES(2, 'theirs')");
    assertThat(fails(ExitCode.CONFLICT, "push", "shop", "--policy", "replay").err())
        .contains("INSERT INTO t VALUES(2, 'mine')")
        .contains("UNIQUE constraint failed: t.id");
    assertThat(column(folder, "SELECT a FROM t WHERE id = 2")).containsExactly("mine");
  }

  @Test
  void push_withFork_namesTheNewVolume() {
    ok("sql", "shop", "--local", "UPDATE t SET a = 'mine'");
    ok(elsewhere, "sql", "shop", "UPDATE t SET a = 'theirs'");
    fails(ExitCode.USAGE, "push", "shop", "--policy", "fork");
    fails(ExitCode.USAGE, "push", "shop", "--policy", "fork", "--as", "shop");
    fails(ExitCode.USAGE, "push", "shop", "--as", "other");
    assertThat(ok("push", "shop", "--policy", "fork", "--as", "mine").out())
        .contains("went to its fork 'mine', vol-");
    assertThat(ok("sql", "mine", "--format", "csv", "SELECT a FROM t").out()).contains("mine");
    assertThat(column(folder, "SELECT a FROM t")).containsExactly("theirs");
  }

  @Test
  void commands_askedWrongly_sayWhatToDo() {
    fails(ExitCode.USAGE, "push", "shop", "--policy", "hope");
    fails(ExitCode.NOT_FOUND, "push", "nobody");
    fails(ExitCode.USAGE, "sql", "shop", "--local", "--at", "1", "SELECT 1");
    ok("init", "second");
    assertThat(fails(ExitCode.USAGE, "push").err()).contains("say which volume: second, shop");
  }
}
