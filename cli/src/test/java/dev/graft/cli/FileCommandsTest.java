package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files in volumes, by the commands. */
class FileCommandsTest {
  @TempDir Path folder;

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

  private byte[] file(String name, int bytes) throws IOException {
    byte[] content = new byte[bytes];
    new Random(name.hashCode()).nextBytes(content);
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
    Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2026-01-02T03:04:05Z")));
    return content;
  }

  @Test
  void putThenGet_givesTheFileBack_withItsTime() throws IOException {
    byte[] content = file("photo.jpg", 100_001);
    assertThat(ok("put", "box", "photo.jpg").out()).contains("put 'photo.jpg', 100,001 bytes");
    assertThat(ok("ls", "box").out())
        .isEqualTo("100,001  2026-01-02T03:04:05Z  photo.jpg" + System.lineSeparator());
    ok("get", "box", "photo.jpg", "back.jpg");
    assertThat(folder.resolve("back.jpg")).hasBinaryContent(content);
    assertThat(Files.getLastModifiedTime(folder.resolve("back.jpg")).toInstant())
        .isEqualTo(Instant.parse("2026-01-02T03:04:05Z"));
    assertThat(ok("log", "box").out()).contains("put photo.jpg");
  }

  @Test
  void putOfAFolder_isOneCommit_andGetBringsItBack() throws IOException {
    byte[] a = file("site/index.html", 3_000);
    byte[] b = file("site/img/logo.png", 20_000);
    ok("put", "box", "site");
    assertThat(ok("status", "box", "--json").out()).contains("\"lsn\":1,");
    assertThat(ok("ls", "box", "site/").out()).contains("site/img/logo.png");
    ok("get", "box", "site", "copy");
    assertThat(folder.resolve("copy/index.html")).hasBinaryContent(a);
    assertThat(folder.resolve("copy/img/logo.png")).hasBinaryContent(b);
    ok("put", "box", "site", "--as", "www/old");
    assertThat(ok("ls", "box", "www").out()).contains("www/old/img/logo.png");
  }

  @Test
  void putAgain_ofTheSame_makesNoCommit_andOfAChange_writesChangedPages() throws IOException {
    byte[] content = file("big", 400_000);
    ok("put", "box", "big");
    assertThat(ok("put", "box", "big").out()).contains("has all of it already, at commit 1");
    content[200_000]++;
    Files.write(folder.resolve("big"), content);
    ok("put", "box", "big");
    assertThat(ok("log", "box", "-n", "1").out()).contains("  2 pages written");
    ok("get", "box", "big", "-", "--at", "1");
    ok("get", "box", "big", "now");
    assertThat(folder.resolve("now")).hasBinaryContent(content);
  }

  @Test
  void standardInputAndOutput_carryFiles() {
    Run put = Run.fed(folder, Map.of(), "some text\n", "put", "box", "-", "--as", "notes/a.txt");
    assertThat(put.exitCode()).as(put.err()).isZero();
    assertThat(ok("get", "box", "notes/a.txt", "-").out()).isEqualTo("some text\n");
    fails(ExitCode.USAGE, "put", "box", "-");
    fails(ExitCode.USAGE, "get", "box", "notes/a.txt", "-", "--json");
    fails(ExitCode.USAGE, "get", "box", "notes", "-");
  }

  @Test
  void rm_takesAway_andThePastStays() throws IOException {
    file("d/a", 10);
    file("d/b", 10);
    ok("put", "box", "d");
    fails(ExitCode.USAGE, "rm", "box", "d");
    fails(ExitCode.NOT_FOUND, "rm", "box", "d/c");
    assertThat(ok("rm", "box", "d/a").out()).contains("took 'd/a' away");
    ok("rm", "box", "-r", "d");
    assertThat(ok("ls", "box").out()).contains("holds no files");
    assertThat(ok("ls", "box", "--at", "1").out()).contains("d/a").contains("d/b");
    ok("get", "box", "d/a", "a", "--at", "1");
  }

  @Test
  void get_ontoWhatIsThere_isRefusedUnlessForced() throws IOException {
    byte[] content = file("f", 5_000);
    ok("put", "box", "f");
    Files.writeString(folder.resolve("f"), "mine");
    assertThat(fails(ExitCode.USAGE, "get", "box", "f").err()).contains("--force");
    assertThat(folder.resolve("f")).hasContent("mine");
    ok("get", "box", "f", "--force");
    assertThat(folder.resolve("f")).hasBinaryContent(content);
    assertThat(fails(ExitCode.NOT_FOUND, "get", "box", "g").err()).contains("graft ls box");
    fails(ExitCode.USAGE, "get", "box", "../f");
  }

  @Test
  void volumesOfDatabases_andOfFiles_areToldApart() throws IOException {
    file("f", 10);
    ok("init", "db");
    ok("sql", "db", "CREATE TABLE t(a)");
    assertThat(fails(ExitCode.USAGE, "put", "db", "f").err())
        .contains("SQLite database, not files");
    fails(ExitCode.USAGE, "ls", "db");
    fails(ExitCode.USAGE, "get", "db", "f");
    fails(ExitCode.USAGE, "rm", "db", "f");
    ok("put", "box", "f");
    assertThat(fails(ExitCode.USAGE, "export", "box", "out.db").err())
        .contains("holds files, not a SQLite database");
    assertThat(fails(ExitCode.USAGE, "sql", "box", "SELECT 1").err()).contains("holds files");
    assertThat(folder.resolve("out.db")).doesNotExist();
  }

  @Test
  void put_ofWhatCannotBe_makesNoVolume() throws IOException {
    fails(ExitCode.NOT_FOUND, "put", "box", "nowhere");
    Files.createDirectory(folder.resolve("empty"));
    fails(ExitCode.USAGE, "put", "box", "empty");
    file("a/x", 1);
    file("b/x", 1);
    fails(ExitCode.USAGE, "put", "box", "a/x", "b/x");
    fails(ExitCode.USAGE, "put", "box", "a", "b", "--as", "c");
    fails(ExitCode.USAGE, "put", "box", "a/x", "--as", "../x");
    fails(ExitCode.NOT_FOUND, "status", "box");
  }

  @Test
  void putAndRm_keptHere_areSeenHereAlone() throws IOException {
    byte[] content = file("f", 10_000);
    file("g", 10);
    ok("put", "box", "g");
    assertThat(ok("put", "box", "f", "--local").out())
        .contains("here alone: a local transaction waits for 'graft push'");
    assertThat(ok("rm", "box", "g", "--local").out()).contains("2 local transactions wait");
    assertThat(ok("ls", "box").out()).contains("  f").doesNotContain("  g");
    ok("get", "box", "f", "copy");
    assertThat(folder.resolve("copy")).hasBinaryContent(content);
    assertThat(ok("ls", "box", "--at", "1").out()).contains("  g").doesNotContain("  f");
    assertThat(ok("put", "box", "f", "--as", "h", "--local", "--json").out())
        .contains("\"local\":true");
  }

  @Test
  void json_tellsFiles() throws IOException {
    file("f", 10);
    assertThat(ok("put", "box", "f", "--json").out()).contains("\"committed\":true");
    assertThat(ok("ls", "box", "--json").out())
        .contains("\"path\":\"f\",\"bytes\":10,\"modified\":\"2026-01-02T03:04:05Z\",\"sha256\":");
    ok("put", "empty", "f");
    ok("rm", "empty", "f");
    assertThat(ok("ls", "empty", "--json").out()).contains("\"files\":[]");
  }
}
