package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.client.http.FacedRemote;
import dev.graft.client.http.HttpFace;
import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.EngineOptions;
import dev.graft.engine.EngineRemote;
import dev.graft.engine.store.MemoryObjectStore;
import dev.graft.http.Route;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command and SQLite with a remote behind real HTTP. */
@Timeout(60)
class HttpCommandsTest {
  @TempDir Path folder;

  private final Concurrency concurrency = new ThreadConcurrency(InstantSource.system());
  private final MemoryObjectStore store = new MemoryObjectStore(concurrency);
  private final EngineRemote engine =
      new EngineRemote(
          store,
          store,
          concurrency,
          new RandomIdSource(new Random(1)),
          new Random(2),
          EngineOptions.DEFAULT);
  private HttpFace face;
  private String remote;

  @BeforeEach
  void start() throws IOException {
    face = new HttpFace(engine, owner -> FacedRemote.object(store, owner));
    remote = face.address().toString();
  }

  @AfterEach
  void stop() {
    face.close();
    engine.close();
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

  private VolumeId volume(Path in, String name) throws IOException {
    return VolumesFile.find(
            new Surroundings(
                new Terminal(System.out, System.err, false, false, System::nanoTime),
                in,
                java.util.Map.of(),
                java.io.InputStream.nullInputStream()))
        .require(name)
        .volume();
  }

  private void makeShop(Path in) throws SQLException {
    try (Connection db = DriverManager.getConnection("jdbc:sqlite:" + in.resolve("shop.db"));
        Statement statement = db.createStatement()) {
      statement.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT)");
      statement.execute(
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)"
              + " INSERT INTO t SELECT i, 'name ' || i FROM n");
    }
  }

  @Test
  void mainJob_overHttp_works() throws IOException, SQLException {
    makeShop(folder);
    Path there = Files.createDirectory(folder.resolve("there"));
    ok(folder, "import", "shop.db", "shop", "--remote", remote);
    String volume = volume(folder, "shop").toString();
    ok(there, "clone", remote, volume, "shop");
    assertThat(ok(there, "sql", "shop", "SELECT name FROM t WHERE id = 29999").out())
        .contains("name 29999");
    ok(there, "sql", "shop", "UPDATE t SET name = 'new' WHERE id = 1");
    ok(folder, "pull", "shop");
    assertThat(ok(folder, "sql", "shop", "SELECT name FROM t WHERE id = 1").out()).contains("new");
    assertThat(ok(folder, "log", "shop").out()).contains("import of shop.db");
    ok(folder, "export", "shop", "first.db", "--at", "1");
    assertThat(Files.mismatch(folder.resolve("shop.db"), folder.resolve("first.db"))).isEqualTo(-1);
    ok(folder, "retain", "shop");
    assertThat(ok(folder, "doctor", "shop").err()).contains("examined where its bucket is");
    assertThat(face.asked).hasAtLeastOneElementOfType(Route.SegmentRange.class);

    String url = "jdbc:sqlite:file:x?vfs=graft&remote=" + remote + "&volume=" + volume;
    try (Connection db = DriverManager.getConnection(url);
        Statement statement = db.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM t")) {
      assertThat(row.getInt(1)).isEqualTo(30_000);
    }
  }

  /** As a token is made, but for the signature. */
  private static String token(String volumes) {
    byte[] claims = ("{\"vol\":" + volumes + "}").getBytes(StandardCharsets.UTF_8);
    return "h." + Base64.getUrlEncoder().withoutPadding().encodeToString(claims) + ".s";
  }

  @Test
  void fork_answerWithAToken_isKeptWhereOnlyItsOwnerCanReadIt() throws IOException, SQLException {
    makeShop(folder);
    ok(folder, "import", "shop.db", "shop", "--remote", remote);
    VolumeId parent = volume(folder, "shop");
    face.childToken = token("\"x\",\"anc\":[[\"" + parent + "\",\"1\"]]");
    ok(folder, "fork", "shop", "try");
    Path saved = folder.resolve(".graft/try/tokens");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(saved)))
        .isEqualTo("rw-------");
    assertThat(Files.readString(saved))
        .isEqualTo(volume(folder, "try") + " " + face.childToken + "\n");
    assertThat(Files.readString(folder.resolve("graft.json"))).doesNotContain(face.childToken);

    face.token = face.childToken;
    ok(folder, "pull", "try");
    assertThat(ok(folder, "sql", "try", "SELECT name FROM t WHERE id = 29999").out())
        .contains("name 29999");
    ok(folder, "sql", "try", "DELETE FROM t WHERE id > 10");
    assertThat(ok(folder, "status", "try").out()).doesNotContain(face.childToken);
    Path bare = Files.createDirectory(folder.resolve("bare"));
    Run refused = Run.in(bare, "clone", remote, volume(folder, "try").toString(), "x");
    assertThat(refused.exitCode()).isEqualTo(ExitCode.UNAVAILABLE);
    assertThat(refused.err()).contains("GRAFT_TOKEN");
  }

  @Test
  void delete_named_isGoneForEverybodyAndItsNameIsFree() throws IOException, SQLException {
    makeShop(folder);
    ok(folder, "import", "shop.db", "shop", "--remote", remote);
    VolumeId volume = volume(folder, "shop");
    ok(folder, "checkout", "shop", "1", "--as", "old");
    ok(folder, "fork", "shop", "try");
    Run asked = Run.fed(folder, java.util.Map.of(), "no\n", "delete", "shop");
    assertThat(asked.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(asked.err()).contains("for everybody", "nothing was deleted");
    ok(folder, "pull", "shop");
    Run done = Run.fed(folder, java.util.Map.of(), "shop\n", "delete", "shop");
    assertThat(done.exitCode()).as(done.err()).isZero();
    assertThat(done.out()).contains("garbage collection", "stays readable", volume.toString());
    fails(ExitCode.NOT_FOUND, "no volume is named 'shop'", "pull", "shop");
    fails(ExitCode.NOT_FOUND, "no volume is named 'old'", "status", "old");
    Run again = Run.in(folder, "clone", remote, volume.toString(), "again");
    assertThat(again.exitCode()).as(again.err()).isEqualTo(ExitCode.NOT_FOUND);
    assertThat(ok(folder, "sql", "try", "SELECT count(*) FROM t").out()).contains("30000");
    ok(folder, "init", "shop", "--remote", remote);
    assertThat(ok(folder, "delete", "shop", "--yes", "--json").out()).contains("\"deleted\":true");
  }

  @Test
  void addresses_thatCannotDo_areToldInOneSentence() {
    String vol = new VolumeId(1, 2).toString();
    fails(2, "user or a secret", "clone", "https://secret@host", vol, "x");
    fails(2, "in the clear", "init", "x", "--remote", "http://example.org");
    fails(2, "has no path", "init", "x", "--remote", "https://example.org/api");
    fails(4, vol, "clone", remote, vol, "x");
    fails(6, "there is no such host", "clone", "https://graft.invalid", vol, "x");
    face.token = "another";
    fails(6, "asks for a token", "init", "x", "--remote", remote);
    fails(6, "SURELY_NOT_SET", "init", "x", "--remote", remote, "--token-env", "SURELY_NOT_SET");
    face.close();
    fails(6, "is the address right", "clone", remote, vol, "x");
    assertThat(folder.resolve("graft.json")).doesNotExist();
  }
}
