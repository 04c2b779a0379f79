package dev.graft.cli.demo;

import dev.graft.cli.Failure;
import dev.graft.client.Changes;
import dev.graft.client.Replica;
import dev.graft.client.ReplicaOptions;
import dev.graft.client.count.CountingRemote;
import dev.graft.engine.store.Counts;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.sqlite.GraftDataSource;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Two replicas of one volume sell seats: small commits, learning of them, a seat that both want,
 * and a look at the time before. All of it happens in a table that the demonstration makes in the
 * volume; the file is not touched.
 */
final class TicketSale implements AutoCloseable {
  private static final int SEATS = 64;
  private static final int SOLD_ALONE = 40;
  private static final int WANTED_BY_BOTH = 60;
  private static final int SQLITE_BUSY = 5;

  private final Place place;
  private final VolumeId volume;
  private final Figures figures;
  private final Narrator narrator;
  private final LocalStore store;
  private final CountingRemote secondRemote;
  private final Replica first;
  private final Replica second;
  private final GraftDataSource ann;
  private final GraftDataSource bob;
  private final String table;

  TicketSale(Place place, VolumeId volume, Figures figures, Narrator narrator)
      throws IOException, SQLException {
    this.place = place;
    this.volume = volume;
    this.figures = figures;
    this.narrator = narrator;
    this.store = place.near();
    this.secondRemote = new CountingRemote(store.remote());
    this.first =
        Replica.open(
            ReplicaOptions.inMemory(store.remote(), volume, place.concurrency(), place.ids())
                .on(place.emptyFolder()));
    this.ann = GraftDataSource.over(first);
    this.table = openTheSale();
    this.second =
        Replica.open(
            ReplicaOptions.inMemory(secondRemote, volume, place.concurrency(), place.ids())
                .on(place.emptyFolder()));
    this.bob = GraftDataSource.over(second);
  }

  /** Makes the table of seats under a name that is free. */
  private String openTheSale() throws SQLException {
    try (Connection db = ann.getConnection();
        Statement statement = db.createStatement()) {
      String name = "graft_demo_seats";
      while (isThere(statement, name)) {
        name += "_";
      }
      db.setAutoCommit(false);
      statement.execute("CREATE TABLE " + name + "(seat INTEGER PRIMARY KEY, holder TEXT)");
      for (int seat = 1; seat <= SEATS; seat++) {
        statement.execute("INSERT INTO " + name + "(seat) VALUES(" + seat + ")");
      }
      db.commit();
      return name;
    }
  }

  private static boolean isThere(Statement statement, String name) throws SQLException {
    try (ResultSet row =
        statement.executeQuery("SELECT 1 FROM sqlite_schema WHERE name = '" + name + "'")) {
      return row.next();
    }
  }

  /** The first replica sells seats, one commit each; the second asks what it has missed. */
  void sellAndLearn() throws SQLException, InterruptedException {
    Lsn before = first.status().position().lsn();
    try (Connection db = ann.getConnection();
        Statement statement = db.createStatement()) {
      Counts atStart = store.countsAtRest();
      sell(statement, 1, "ann");
      Counts afterOne = store.countsAtRest();
      for (int seat = 2; seat <= SOLD_ALONE; seat++) {
        sell(statement, seat, "ann");
      }
      Counts afterAll = store.countsAtRest();
      figures.set("commit.objectWrites", afterOne.minus(atStart).puts());
      figures.set("commit.objectReads", afterOne.minus(atStart).reads());
      figures.set("commit.bytesWritten", afterOne.minus(atStart).bytesWritten());
      figures.set("commit.count", (long) SOLD_ALONE);
      figures.set("commit.meanObjectWrites", (double) afterAll.minus(atStart).puts() / SOLD_ALONE);
      figures.set("commit.meanObjectReads", (double) afterAll.minus(atStart).reads() / SOLD_ALONE);
      narrator.say(
          "Ann sells a seat: one UPDATE is one commit is %s of %s and %s.",
          Narrator.count(afterOne.minus(atStart).puts(), "object write"),
          Narrator.bytes(afterOne.minus(atStart).bytesWritten()),
          Narrator.count(afterOne.minus(atStart).reads(), "object read"));
      narrator.say(
          "She sells %d more: %.2f writes and %.2f reads a commit, roll-ups included.",
          SOLD_ALONE - 1,
          (double) afterAll.minus(atStart).puts() / SOLD_ALONE,
          (double) afterAll.minus(atStart).reads() / SOLD_ALONE);
    }
    learn(before);
  }

  private void sell(Statement statement, int seat, String holder) throws SQLException {
    int changed =
        statement.executeUpdate(
            "UPDATE "
                + table
                + " SET holder = '"
                + holder
                + "' WHERE seat = "
                + seat
                + " AND holder IS NULL");
    if (changed != 1) {
      throw Failure.failed("seat " + seat + " was not free");
    }
  }

  private void learn(Lsn before) throws InterruptedException {
    Counts atStart = store.countsAtRest();
    dev.graft.client.count.Counts asked = secondRemote.counts();
    Changes changes = second.pull();
    dev.graft.client.count.Counts answered = secondRemote.counts().minus(asked);
    Counts read = store.countsAtRest().minus(atStart);
    figures.set("changes.commits", changes.upto().lsn().value() - before.value());
    figures.set("changes.requests", answered.requests());
    figures.set("changes.bytes", answered.bytesIn());
    figures.set("changes.objectReads", read.reads());
    figures.set("changes.pages", changes.pages().cardinality());
    narrator.say(
        "Bob, %s behind, asks what has changed: %s, %s (%s of the store): %s changed, none fetched"
            + " yet.",
        Narrator.count(changes.upto().lsn().value() - before.value(), "commit"),
        Narrator.count(answered.requests(), "request"),
        Narrator.bytes(answered.bytesIn()),
        Narrator.count(read.reads(), "read"),
        Narrator.count(changes.pages().cardinality(), "page"));
  }

  /** Both sell the same seat. One of them is refused, and nothing of it is written. */
  void collide() throws SQLException {
    boolean refused = false;
    String told = "";
    try (Connection hers = ann.getConnection();
        Connection his = bob.getConnection();
        Statement ofAnn = hers.createStatement();
        Statement ofBob = his.createStatement()) {
      his.setAutoCommit(false);
      sell(ofBob, WANTED_BY_BOTH, "bob");
      sell(ofAnn, WANTED_BY_BOTH, "ann");
      Lsn head = first.status().position().lsn();
      try {
        his.commit();
      } catch (SQLException conflict) {
        refused = (conflict.getErrorCode() & 0xFF) == SQLITE_BUSY;
        told = Failure.reason(conflict);
      }
      his.rollback();
      his.setAutoCommit(true);
      second.pull();
      String holder =
          text(ofBob, "SELECT holder FROM " + table + " WHERE seat = " + WANTED_BY_BOTH);
      boolean unharmed =
          second.status().position().lsn().equals(head)
              && "ann".equals(holder)
              && "0".equals(text(ofBob, "SELECT count(*) FROM " + table + " WHERE holder = 'bob'"));
      figures.set("conflict.refused", refused && unharmed);
      if (!refused || !unharmed) {
        throw Failure.failed("two writers sold one seat: the second was not refused");
      }
      narrator.say("Ann and Bob both sell seat %d; Ann's commit comes first.", WANTED_BY_BOTH);
      narrator.well("Bob's commit is refused with SQLITE_BUSY: %s.", told);
      narrator.say(
          "Nothing of it was written. He pulls, and sees that the seat is %s's; he sells seat %d.",
          holder, WANTED_BY_BOTH + 1);
      sell(ofBob, WANTED_BY_BOTH + 1, "bob");
    }
    first.pull();
  }

  private static String text(Statement statement, String sql) throws SQLException {
    try (ResultSet row = statement.executeQuery(sql)) {
      return String.valueOf(row.getString(1));
    }
  }

  /** Counts the free seats now and at an earlier commit, from a replica that has nothing. */
  void lookBack(Lsn earlier) throws IOException, SQLException {
    String free = "SELECT count(*) FROM " + table + " WHERE holder IS NULL";
    String now;
    try (Connection db = ann.getConnection();
        Statement statement = db.createStatement()) {
      now = text(statement, free);
    }
    long began = System.nanoTime();
    try (ColdReplica cold = ColdReplica.open(place, volume, true);
        Connection db = cold.connect(earlier);
        Statement statement = db.createStatement()) {
      String then = text(statement, free);
      dev.graft.client.count.Counts counts = cold.counts();
      long nanos = System.nanoTime() - began;
      if (!then.equals(Integer.toString(SEATS))) {
        throw Failure.failed(
            "at commit " + earlier + " " + then + " seats were free, not " + SEATS);
      }
      figures.set("timetravel.rounds", counts.rounds());
      figures.set("timetravel.requests", counts.requests());
      figures.set("timetravel.bytes", counts.bytesIn());
      narrator.say("Free seats now, at commit %s: %s.", first.status().position().lsn(), now);
      narrator.well(
          "Free seats at commit %s, asked by a replica with an empty disk: %s; %s, %s, %d ms.",
          earlier,
          then,
          Narrator.count(counts.rounds(), "round"),
          Narrator.bytes(counts.bytesIn()),
          Narrator.millis(nanos));
    }
  }

  /** The commit that opened the sale. */
  Lsn opened() {
    return second.status().position().lsn();
  }

  @Override
  public void close() {
    try (store;
        first;
        second;
        ann;
        bob) {
      // Closed in the opposite order.
    }
  }
}
