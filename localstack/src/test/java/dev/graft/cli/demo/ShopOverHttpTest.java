package dev.graft.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.cli.Importer;
import dev.graft.cli.SourceDatabase;
import dev.graft.cli.Terminal;
import dev.graft.client.Replica;
import dev.graft.client.ReplicaOptions;
import dev.graft.client.count.CountingRemote;
import dev.graft.client.count.Counts;
import dev.graft.client.http.HeldTokens;
import dev.graft.client.http.HttpCounts;
import dev.graft.client.http.HttpOptions;
import dev.graft.client.http.HttpRemote;
import dev.graft.client.http.RemoteAddress;
import dev.graft.client.http.UrlTransport;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.store.CountingObjectStore;
import dev.graft.engine.store.FileObjectStore;
import dev.graft.localstack.Stack;
import dev.graft.localstack.StackOptions;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.sqlite.GraftDataSource;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The rows of the design about import, joins and the full scan, from a client through the edge and
 * the functions to the store: of a shop a fortieth as large as the one that they were written for,
 * with their bounds; where a bound is one for each byte, what small tables add is said beside it.
 */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ShopOverHttpTest {
  /** Some 40 MB. */
  private static final double SCALE = 0.18;

  private static final double GIB = 1 << 30;
  private static final double MAX_STORED = 0.38;
  private static final int SEGMENT_BYTES = 16 << 20;
  private static final int TABLES = 7;

  private static final String JOIN =
      "SELECT o.id, c.name, i.quantity, i.price_cents, p.title, g.name FROM orders o"
          + " JOIN customers c ON c.id = o.customer_id JOIN order_items i ON i.order_id = o.id"
          + " JOIN products p ON p.id = i.product_id JOIN categories g ON g.id = p.category_id"
          + " WHERE ";

  @TempDir static Path folder;

  private final ThreadConcurrency concurrency = new ThreadConcurrency(InstantSource.system());
  private final IdSource ids = new RandomIdSource(new SecureRandom());
  private final VolumeId volume = ids.newVolumeId();
  private CountingObjectStore store;
  private Stack stack;
  private Connection plain;
  private long rawBytes;
  private HttpCounts imported;
  private Counts asked;
  private dev.graft.engine.store.Counts written;
  private long invocations;

  @BeforeAll
  void importShop() throws Exception {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    Path file = folder.resolve("shop.db");
    ShopDatabase.make(file, SCALE, new Terminal(nowhere, nowhere, false, false, () -> 0));
    store = new CountingObjectStore(FileObjectStore.open(folder.resolve("store"), concurrency));
    stack = Stack.start(StackOptions.of(store));
    plain = SourceDatabase.connect(file);
    try (SourceDatabase source = SourceDatabase.open(file, folder);
        HttpRemote remote = remote()) {
      rawBytes = source.shape().bytes();
      CountingRemote counted = new CountingRemote(remote);
      counted.createVolume(new CreateVolume(volume, new PageSize(4096)));
      stack.quiesce();
      dev.graft.engine.store.Counts before = store.snapshot();
      long run = stack.invocations();
      HttpCounts sent = remote.counts();
      Importer.bring(counted, volume, concurrency, ids, source, "", (done, total) -> {});
      stack.quiesce();
      imported =
          new HttpCounts(
              remote.counts().attempts() - sent.attempts(),
              remote.counts().repeats() - sent.repeats(),
              remote.counts().bytesOut() - sent.bytesOut(),
              remote.counts().bytesIn() - sent.bytesIn());
      asked = counted.counts();
      written = store.snapshot().minus(before);
      invocations = stack.invocations() - run;
    }
  }

  @AfterAll
  void stop() throws Exception {
    plain.close();
    stack.close();
  }

  private HttpRemote remote() {
    return new HttpRemote(
        RemoteAddress.parse(stack.address().toString(), false),
        new UrlTransport(concurrency),
        new HeldTokens(null),
        concurrency,
        new SecureRandom(),
        HttpOptions.DEFAULT);
  }

  @Test
  void import_isFewRequestsForEachSegment_andItsBytesGoPastTheFunctions() {
    System.out.printf(
        "over HTTP: import of %,d bytes: %d requests of the client, %d runs of functions, store %s,"
            + " %.3f stored%n",
        rawBytes,
        imported.attempts(),
        invocations,
        written,
        written.bytesWritten() / (double) rawBytes);
    long segments = asked.uploads();
    assertThat(segments)
        .isBetween(1L, 1 + written.bytesWritten() / (SEGMENT_BYTES - (256 << 10)) + 1);
    assertThat(written.bytesWritten() / (double) rawBytes).isLessThanOrEqualTo(MAX_STORED);
    assertThat(imported.bytesOut()).isLessThanOrEqualTo((long) (1.01 * written.bytesWritten()));
    // Where may it go, the put, and one commit; the volume's record and head before.
    assertThat(imported.attempts()).isLessThanOrEqualTo(2 * segments + 3);
    assertThat(invocations).isLessThanOrEqualTo(segments + 3);
    assertThat(written.writes()).isLessThanOrEqualTo(segments + 1);
    assertThat(stack.uploadedBytes()).isGreaterThan(written.bytesWritten() * 9 / 10);
  }

  /** What one question costs a replica that has nothing, opening included. */
  private Counts cold(Question question) throws Exception {
    long run = stack.invocations();
    try (HttpRemote remote = remote()) {
      CountingRemote counted = new CountingRemote(remote);
      try (Replica replica =
              Replica.open(ReplicaOptions.inMemory(counted, volume, concurrency, ids));
          GraftDataSource database = GraftDataSource.over(replica);
          Connection connection = database.getConnection()) {
        assertThat(Answer.of(connection, question)).isEqualTo(Answer.of(plain, question));
      }
      Counts counts = counted.counts();
      System.out.printf("over HTTP, cold, %s: %s%n", question.words(), counts);
      assertThat(counts.changes()).isEqualTo(1);
      // The open alone is answered by a function.
      assertThat(stack.invocations() - run).isEqualTo(1);
      return counts;
    }
  }

  private Object one(String sql) throws Exception {
    try (Statement statement = plain.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      assertThat(row.next()).as(sql).isTrue();
      return row.getObject(1);
    }
  }

  private static Question question(String words, String sql, @Nullable Object... arguments) {
    return new Question(sql, List.of(arguments), words);
  }

  @Test
  void join_ofOneOrder_takesElevenRounds() throws Exception {
    Object order =
        one(
            "SELECT o.id FROM orders o WHERE o.id >= (SELECT max(id) / 2 FROM orders)"
                + " AND (SELECT count(*) FROM order_items WHERE order_id = o.id) = 4"
                + " ORDER BY o.id LIMIT 1");
    Question join = question("join of one order", JOIN + "o.id = ?", order);
    assertThat(Answer.of(plain, join).rows()).isEqualTo(4);
    Counts counts = cold(join);
    assertThat(counts.rounds()).isLessThanOrEqualTo(11);
  }

  @Test
  void join_ofOneCustomer_takesThirtyTwoRounds() throws Exception {
    Object email =
        one(
            "SELECT c.email FROM customers c WHERE c.email >= (SELECT email FROM customers"
                + " ORDER BY email LIMIT 1 OFFSET (SELECT count(*) / 2 FROM customers))"
                + " AND (SELECT count(*) FROM orders o JOIN order_items i ON i.order_id = o.id"
                + " WHERE o.customer_id = c.id) = 16 ORDER BY c.email LIMIT 1");
    Question join = question("join of one customer", JOIN + "c.email = ?", email);
    assertThat(Answer.of(plain, join).rows()).isEqualTo(16);
    Counts counts = cold(join);
    assertThat(counts.rounds()).isLessThanOrEqualTo(32);
    assertThat(counts.bytesIn()).isLessThanOrEqualTo(6 << 20);
  }

  /**
   * 64 GETs for a GiB are less than three for so little; what remains is that each table begins
   * with one read of little, before its scan is seen for one, and has an end.
   */
  @Test
  void fullScan_takesWhatItsBytesAndItsTablesBeginningsTake() throws Exception {
    Question scan =
        question(
            "full scan",
            "SELECT (SELECT total(length(email) + length(about)) FROM customers NOT INDEXED),"
                + " (SELECT total(length(street)) FROM addresses NOT INDEXED),"
                + " (SELECT total(length(name)) FROM categories NOT INDEXED),"
                + " (SELECT total(length(description)) FROM products NOT INDEXED),"
                + " (SELECT total(length(note)) FROM orders NOT INDEXED),"
                + " (SELECT total(price_cents) FROM order_items NOT INDEXED),"
                + " (SELECT total(length(body)) FROM reviews NOT INDEXED)");
    dev.graft.engine.store.Counts before = store.snapshot();
    Counts counts = cold(scan);
    dev.graft.engine.store.Counts used = store.snapshot().minus(before);
    System.out.println("over HTTP: the full scan asked the store for " + used);
    double allowed = 64 * rawBytes / GIB + 2 * TABLES;
    assertThat((double) counts.reads()).isLessThanOrEqualTo(allowed);
    assertThat(used.writes() + used.deletes()).isZero();
  }
}
