package dev.graft.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.store.FileObjectStore;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.remote.RetainRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a read replica answers, and what it refuses. */
class ReadReplicaTest {
  private static final Duration TIME = Duration.ofSeconds(20);
  private static final ThreadConcurrency CONCURRENCY =
      new ThreadConcurrency(InstantSource.system());

  @TempDir private static Path folder;
  private static ShopVolume shop;

  private @Nullable ReadReplica open;

  @BeforeAll
  static void make() throws Exception {
    shop =
        ShopVolume.make(folder, FileObjectStore.open(folder.resolve("store"), CONCURRENCY), 3_000);
  }

  @AfterAll
  static void end() throws SQLException {
    shop.close();
  }

  @AfterEach
  void closeReplica() throws SQLException {
    if (open != null) {
      open.close();
    }
  }

  private ReadReplica replica(String... settings) {
    Map<String, String> environment = new HashMap<>();
    environment.put("GRAFT_ADDRESS", "folder:" + folder.resolve("store"));
    environment.put("GRAFT_VOLUME", shop.volume().toString());
    for (int i = 0; i < settings.length; i += 2) {
      environment.put(settings[i], settings[i + 1]);
    }
    ReadReplica made =
        ReadReplica.open(ReplicaSettings.of(environment), CONCURRENCY, new SecureRandom());
    open = made;
    return made;
  }

  private static Query query(String json) {
    return QueryJson.read(json.getBytes(StandardCharsets.UTF_8));
  }

  private static String ask(ReadReplica replica, String json) {
    return new String(replica.answer(query(json), TIME).body(), StandardCharsets.UTF_8);
  }

  private static Answer asked(ReadReplica replica, String json) {
    return replica.answer(query(json), TIME);
  }

  @Test
  void answer_ofEveryType_isWrittenAsDocumented() {
    ReadReplica replica = replica();
    assertThat(
            ask(
                replica,
                "{\"sql\":\"SELECT 1 AS one, ?1, ?2, ?3 AS b, ?4, 9007199254740993 AS"
                    + " big\",\"parameters\":[null,\"a\\\"b\",{\"base64\":\"AQI=\"},2.5]}"))
        .startsWith("{\"columns\":[{\"name\":\"one\"")
        .contains("\"rows\":[[1,null,\"a\\\"b\",{\"base64\":\"AQI=\"},2.5,9007199254740993]],")
        .contains("\"rowCount\":1,\"truncated\":false,\"lsn\":\"" + shop.head() + "\"");
    assertThat(
            ask(
                replica,
                "{\"sql\":\"SELECT 9007199254740993, 9007199254740992, -1e999\",\"bigIntegers\":"
                    + "\"text\"}"))
        .contains("[[\"9007199254740993\",9007199254740992,\"-Infinity\"]]");
    assertThat(
            ask(
                replica,
                "{\"sql\":\"SELECT 1 AS \\\"a,b\\\", NULL AS n, '' AS e, 'x\\\"y' AS q, x'0102' AS"
                    + " b\",\"format\":\"csv\"}"))
        .isEqualTo("\"a,b\",n,e,q,b\r\n1,,\"\",\"x\"\"y\",AQI=\r\n");
  }

  @Test
  void answer_withoutFreshness_seesEveryCommit() throws SQLException {
    ReadReplica replica = replica();
    String sql = "{\"sql\":\"SELECT state FROM orders WHERE id = 7\"";
    ask(replica, sql + "}");
    shop.run("UPDATE orders SET state = 'seen' WHERE id = 7");
    Answer old = asked(replica, sql + ",\"minFreshness\":3600000}");
    assertThat(old.facts().lsn()).isEqualTo(new Lsn(shop.head().value() - 1));
    assertThat(old.facts().cost().requests()).isZero();
    Answer fresh = asked(replica, sql + "}");
    assertThat(new String(fresh.body(), StandardCharsets.UTF_8)).contains("[[\"seen\"]]");
    assertThat(fresh.facts().lsn()).isEqualTo(shop.head());
    assertThat(fresh.facts().cost().changes()).isEqualTo(1);
    assertThat(fresh.facts().asOf()).isAfter(old.facts().asOf());
  }

  @Test
  void answer_atLeast_asksOnlyWhenItHasTo() throws SQLException {
    ReadReplica replica = replica();
    String sql = "{\"sql\":\"SELECT total FROM orders WHERE id = 8\",\"minFreshness\":3600000";
    ask(replica, sql + "}");
    shop.run("UPDATE orders SET total = -8 WHERE id = 8");
    Answer answer = asked(replica, sql + ",\"atLeast\":\"" + shop.head() + "\"}");
    assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains("[[-8]]");
    assertThat(answer.facts().cost().changes()).isEqualTo(1);
    Answer again = asked(replica, sql + ",\"atLeast\":\"" + shop.head() + "\"}");
    assertThat(again.facts().cost().changes()).isZero();
    assertThatExceptionOfType(GraftException.NotFound.class)
        .isThrownBy(() -> ask(replica, sql + ",\"atLeast\":\"" + (shop.head().value() + 1) + "\"}"))
        .withMessageContaining("has no commit");
  }

  @Test
  void answer_ofThePast_isWhatStoodThere() throws SQLException {
    ReadReplica replica = replica();
    shop.run("UPDATE orders SET state = 'before' WHERE id = 9");
    Lsn then = shop.head();
    shop.run("UPDATE orders SET state = 'after' WHERE id = 9");
    String sql = "{\"sql\":\"SELECT state FROM orders WHERE id = 9\"";
    assertThat(ask(replica, sql + ",\"at\":\"" + then + "\"}"))
        .contains("[[\"before\"]]")
        .contains("\"lsn\":\"" + then + "\"");
    assertThat(ask(replica, sql + "}")).contains("[[\"after\"]]");
    assertThatExceptionOfType(GraftException.NotFound.class)
        .isThrownBy(() -> ask(replica, sql + ",\"at\":\"99999999\"}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE orders SET total = 0",
        "WITH x AS (SELECT 1) DELETE FROM orders",
        "WITH x AS (SELECT 1) INSERT INTO orders SELECT 1,1,1,1,1 FROM x RETURNING id",
        "CREATE TEMP TABLE t (a)",
        "ATTACH ':memory:' AS other",
        "BEGIN",
        "VACUUM INTO '/tmp/stolen.db'",
        "PRAGMA query_only=0",
        "PRAGMA user_version=4",
        "PRAGMA graft_revert(1)",
        "PRAGMA graft_push",
        "pragma main.journal_mode=off",
        "PRAGMA temp_store_directory='/tmp'",
        "SELECT load_extension('/tmp/evil.so')",
        "/* harmless */ ; PRAGMA graft_fork",
        "EXPLAIN PRAGMA graft_revert(1)",
        "SELECT 1; DROP TABLE orders",
        "SELECT ';'; DROP TABLE orders",
        "ANALYZE",
        "REINDEX",
        ""
      })
  void answer_ofWhatDoesMoreThanRead_isRefused(String sql) {
    ReadReplica replica = replica();
    Lsn before = shop.head();
    assertThatExceptionOfType(RuntimeException.class)
        .isThrownBy(() -> replica.answer(Query.of(sql), TIME))
        .satisfies(e -> assertThat(status(e)).isEqualTo(400));
    assertThat(asked(replica, "{\"sql\":\"SELECT 1\"}").facts().lsn()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT ';' -- ; DROP TABLE orders",
        "SELECT count(*) FROM orders;  ",
        "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n WHERE i<5) SELECT * FROM n",
        "PRAGMA table_info(orders)",
        "PRAGMA user_version",
        "SELECT name FROM pragma_table_info('orders')",
        "EXPLAIN QUERY PLAN SELECT * FROM orders WHERE customer = 1",
        "SELECT lsn FROM graft_status",
        "SELECT value FROM json_each('[1,2]')",
        "VALUES (1), (2)"
      })
  void answer_ofWhatOnlyReads_isGiven(String sql) {
    assertThat(replica().answer(Query.of(sql), TIME).facts().rows()).isPositive();
  }

  private static int status(Throwable e) {
    return switch (e) {
      case Refused refused -> refused.problem().status();
      case GraftException failure -> dev.graft.http.Problem.usualStatus(failure.code());
      default -> 500;
    };
  }

  @Test
  void answer_ofWrongSql_isTheAskersProblem() {
    ReadReplica replica = replica();
    assertThatExceptionOfType(Refused.class)
        .isThrownBy(() -> replica.answer(Query.of("SELECT * FROM nowhere"), TIME))
        .withMessageContaining("no such table: nowhere")
        .satisfies(e -> assertThat(e.problem().status()).isEqualTo(400));
    assertThatExceptionOfType(GraftException.Misuse.class)
        .isThrownBy(() -> ask(replica, "{\"sql\":\"SELECT ?\"}"))
        .withMessageContaining("takes 1 parameters and got 0");
  }

  @Test
  void answer_withoutEnd_isInterrupted() {
    ReadReplica replica = replica("GRAFT_MAX_MILLIS", "300");
    long start = System.nanoTime();
    assertThatExceptionOfType(Refused.class)
        .isThrownBy(() ->
            replica.answer(
                Query.of(
                    "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n) SELECT sum(i)"
                        + " FROM n"),
                Duration.ofMillis(300)))
        .satisfies(e -> assertThat(e.problem().status()).isEqualTo(422))
        .withMessageContaining("300 ms");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(replica.answer(Query.of("SELECT 1"), TIME).facts().rows()).isEqualTo(1);
  }

  @Test
  void answer_withTooLongAValue_isRefused() {
    ReadReplica replica = replica();
    assertThatExceptionOfType(Refused.class)
        .isThrownBy(() -> replica.answer(Query.of("SELECT zeroblob(100000000)"), TIME))
        .satisfies(e -> assertThat(e.problem().status()).isEqualTo(422));
    assertThat(ask(replica, "{\"sql\":\"SELECT 1\"}")).contains("[[1]]");
  }

  @Test
  void answer_thatSortsMoreThanACache_isRight() {
    String sql =
        "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n WHERE i < 200000) SELECT"
            + " printf('%0100d', i) AS t FROM n ORDER BY t DESC LIMIT 1 OFFSET 150000";
    assertThat(ask(replica(), "{\"sql\":\"" + sql + "\"}")).contains("50000\"]]");
  }

  @Test
  void answer_ofManyRows_isCut() {
    ReadReplica replica = replica("GRAFT_MAX_ROWS", "100", "GRAFT_MAX_BYTES", "2000");
    Answer rows = asked(replica, "{\"sql\":\"SELECT id FROM orders ORDER BY id\"}");
    assertThat(rows.facts().rows()).isEqualTo(100);
    assertThat(rows.facts().truncated()).isEqualTo(Facts.Truncated.ROWS);
    Answer limited = asked(replica, "{\"sql\":\"SELECT id FROM orders ORDER BY id\",\"limit\":3}");
    assertThat(new String(limited.body(), StandardCharsets.UTF_8))
        .contains(
            "\"rows\":[[1],[2],[3]],\"rowCount\":3,\"truncated\":true,\"truncatedBy\":\"rows\"");
    Answer exact = asked(replica, "{\"sql\":\"SELECT id FROM orders LIMIT 100\"}");
    assertThat(exact.facts().truncated()).isEqualTo(Facts.Truncated.NO);
    for (String format : new String[] {"json", "csv"}) {
      Answer bytes =
          asked(replica, "{\"sql\":\"SELECT id, note FROM orders\",\"format\":\"" + format + "\"}");
      assertThat(bytes.facts().truncated()).isEqualTo(Facts.Truncated.BYTES);
      assertThat(bytes.facts().rows()).isBetween(5L, 99L);
    }
  }

  @Test
  void answer_ofNamedStatementsOnly_refusesOthers() {
    ReadReplica replica =
        replica("GRAFT_STATEMENTS", "{\"by_id\":\"SELECT id FROM orders WHERE id = ?\"}");
    assertThat(ask(replica, "{\"statement\":\"by_id\",\"parameters\":[5]}")).contains("[[5]]");
    assertThatExceptionOfType(GraftException.Unauthorized.class)
        .isThrownBy(() -> ask(replica, "{\"sql\":\"SELECT 1\"}"));
    assertThatExceptionOfType(GraftException.NotFound.class)
        .isThrownBy(() -> ask(replica, "{\"statement\":\"other\"}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"sql\":1}",
        "{\"sql\":\"SELECT 1\",\"sql\":\"SELECT 2\"}",
        "{\"sql\":\"SELECT 1\",\"statement\":\"a\"}",
        "{\"sql\":\"SELECT 1\"} more",
        "{\"sql\":\"SELECT 1\",\"unknown\":1}",
        "{\"sql\":\"SELECT 1\",\"at\":\"yesterday\"}",
        "{\"sql\":\"SELECT 1\",\"atLeast\":7}",
        "{\"sql\":\"SELECT 1\",\"limit\":-1}",
        "{\"sql\":\"SELECT 1\",\"format\":\"xml\"}",
        "{\"sql\":\"SELECT ?\",\"parameters\":[[1]]}",
        "{\"sql\":\"SELECT ?\",\"parameters\":[{\"base64\":\"!\"}]}",
        "{\"sql\":\"SELECT ?\",\"parameters\":[99999999999999999999]}"
      })
  void question_thatIsNone_isRefused(String json) {
    assertThatExceptionOfType(GraftException.Misuse.class).isThrownBy(() -> query(json));
  }

  @Test
  void answer_belowTheFloor_opensAnewAndSaysSo(@TempDir Path own) throws Exception {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-06-01T12:00:00Z"));
    ThreadConcurrency clocked = new ThreadConcurrency(now::get);
    Path store = own.resolve("store");
    try (ShopVolume old =
        ShopVolume.make(own, FileObjectStore.open(store, clocked), 1_000, clocked)) {
      Map<String, String> environment =
          Map.of("GRAFT_ADDRESS", "folder:" + store, "GRAFT_VOLUME", old.volume().toString());
      try (ReadReplica replica =
          ReadReplica.open(ReplicaSettings.of(environment), clocked, new SecureRandom())) {
        assertThat(asked(replica, "{\"sql\":\"SELECT 1\"}").facts().reopened()).isFalse();
        old.change(100);
        now.updateAndGet(time -> time.plus(Duration.ofDays(8)));
        old.run("UPDATE orders SET state = 'late' WHERE id = 3");
        old.engine()
            .retain(new RetainRequest(old.volume(), new RetainRequest.Change.FloorAt(new Lsn(96))));
        assertThat(old.engine().state(old.volume()).floor()).isEqualTo(new Lsn(96));
        Answer answer = asked(replica, "{\"sql\":\"SELECT state FROM orders WHERE id = 3\"}");
        assertThat(answer.facts().reopened()).isTrue();
        assertThat(new String(answer.body(), StandardCharsets.UTF_8))
            .contains("[[\"late\"]]")
            .contains("\"reopened\":true");
        assertThat(asked(replica, "{\"sql\":\"SELECT 1\"}").facts().reopened()).isFalse();
        assertThatExceptionOfType(GraftException.Gone.class)
            .isThrownBy(() -> ask(replica, "{\"sql\":\"SELECT 1\",\"at\":\"5\"}"));
      }
    }
  }

  @Test
  void image_isLeftAndRestored_withRandomNumbersOfItsOwn() throws Exception {
    int[] seeded = {0};
    ReplicaSettings settings =
        ReplicaSettings.of(
            Map.of(
                "GRAFT_ADDRESS",
                "folder:" + folder.resolve("store"),
                "GRAFT_VOLUME",
                shop.volume().toString()));
    Installation installation =
        new Installation(
            settings,
            CONCURRENCY,
            () -> {
              seeded[0]++;
              return new SecureRandom();
            });
    assertThat(installation.beforeImage(new QueryFace(installation::replica, CONCURRENCY)))
        .isEmpty();
    ReadReplica replica = installation.replica();
    open = replica;
    assertThat(seeded[0]).isEqualTo(1);
    assertThat(replica.isIdle()).isTrue();
    installation.afterImage();
    assertThat(seeded[0]).as("what was seeded before the image is not used after it").isEqualTo(2);
    assertThat(installation.replica()).isSameAs(replica);
    assertThat(ask(replica, "{\"sql\":\"SELECT count(*) FROM customers\"}")).contains("[[300]]");
  }

  @Test
  void random_afterAnImage_beginsAnew() throws SQLException {
    ReadReplica replica = replica();
    String first = ask(replica, "{\"sql\":\"SELECT random()\"}");
    dev.graft.sqlite.Reading.forgetRandomness();
    assertThat(ask(replica, "{\"sql\":\"SELECT random()\"}").split("rowCount", 2)[0])
        .isNotEqualTo(first.split("rowCount", 2)[0]);
  }
}
