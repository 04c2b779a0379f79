package dev.graft.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.client.Policy;
import dev.graft.client.PushResult;
import dev.graft.client.RemoteUnderTest;
import dev.graft.client.Replica;
import dev.graft.client.ReplicaOptions;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.protocol.remote.LogPage;
import dev.graft.protocol.remote.Remote;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random transactions on several replicas with several warm connections each: commits to the store,
 * refused or merged, local commits, pulls, pushes and rebases by every policy, discards, reverts.
 * Judged by plain SQLite: what the volume holds in the end is what the transactions of its log give
 * when they are executed one after the other; at every step each warm connection sees what a fresh
 * one sees, and no page is damaged.
 */
final class SerialTrialTest {
  private static final int STEPS = 200;
  private static final int REPLICAS = 3;

  private static final Map<String, Integer> ALL = new TreeMap<>();

  /** What happened. */
  private final Map<String, Integer> counts = new HashMap<>();

  private long seed;
  private Random random = new Random(0);
  private RandomSql sql = new RandomSql(random);
  private final Map<String, Label> labels = new HashMap<>();
  private final List<Place> places = new ArrayList<>();

  private record Place(Replica replica, GraftDataSource source, List<Connection> warm) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void randomHistories_equalASerialOrder(long first) throws SQLException {
    seed = 20_261_121 + first;
    random = new Random(seed);
    sql = new RandomSql(random);
    String uri = "memory:serial-" + seed;
    VolumeId volume = MemoryRemotes.IDS.newVolumeId();
    try (Remote remote = new MemoryRemotes().open(uri, Map.of())) {
      remote.createVolume(new CreateVolume(volume, new PageSize(1024)));
      for (int i = 0; i < REPLICAS; i++) {
        places.add(place(remote, volume));
      }
      prepare();
      for (int step = 0; step < RemoteUnderTest.steps(STEPS); step++) {
        step();
        check(whereIs(step));
      }
      settle();
      judge();
      for (Place place : places) {
        for (Connection connection : place.warm) {
          connection.close();
        }
        place.source.close();
        place.replica.close();
      }
    }
    counts.forEach((what, times) -> ALL.merge(what, times, Integer::sum));
  }

  /** A trial in which a thing never happened shows nothing of it. */
  @AfterAll
  static void allOfItHappened() {
    System.out.println("serial trial: " + ALL);
    assertThat(ALL)
        .containsKeys(
            "local",
            "remote",
            "remote, merged",
            "busy",
            "pushed",
            "pushed by Merge over others",
            "pushed by Replay over others",
            "rebased by Merge",
            "rebased by Replay",
            "refused push by Reject",
            "refused push by Merge",
            "discarded some");
  }

  private static Place place(Remote remote, VolumeId volume) throws SQLException {
    Replica replica =
        Replica.open(
            ReplicaOptions.inMemory(remote, volume, MemoryRemotes.CONCURRENCY, MemoryRemotes.IDS));
    GraftDataSource source = GraftDataSource.over(replica);
    List<Connection> warm = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      warm.add(source.getConnection());
    }
    return new Place(replica, source, warm);
  }

  private Supplier<String> whereIs(int step) {
    return () -> "seed " + seed + " step " + step;
  }

  private void count(String what) {
    counts.merge(what, 1, Integer::sum);
  }

  private void prepare() throws SQLException {
    Label label = new Label("start");
    labels.put(label.name, label);
    label.statements.add("create table p(x integer primary key, y)");
    label.statements.add("create table q(x integer primary key, y)");
    for (int i = 0; i < 120; i++) {
      String values = "(" + 10 * i + ", '" + "s".repeat(400) + "')";
      label.statements.add("insert into " + (i % 2 == 0 ? "p" : "q") + "(x, y) values" + values);
    }
    try (Statement statement = places.getFirst().warm.getFirst().createStatement()) {
      statement.execute("pragma page_size=1024");
      statement.execute("pragma graft_message='start'");
      statement.execute("begin");
      for (String text : label.statements) {
        statement.execute(text);
      }
      statement.execute("commit");
    }
    for (Place place : places) {
      place.replica.pull();
    }
  }

  private void step() throws SQLException {
    Place place = places.get(random.nextInt(REPLICAS));
    switch (random.nextInt(12)) {
      case 0, 1 -> place.replica.pull();
      case 2, 3, 4, 5 -> push(place);
      case 6 -> {
        if (random.nextInt(6) == 0) {
          count("discarded " + (place.replica.discard() > 0 ? "some" : "none"));
        }
      }
      default -> transaction(place, place.warm.get(random.nextInt(place.warm.size())));
    }
  }

  private void push(Place place) {
    Policy policy =
        switch (random.nextInt(4)) {
          case 0 -> new Policy.Reject();
          case 1 -> new Policy.Replay(new SqliteReplayer());
          default -> new Policy.Merge();
        };
    boolean rebase = random.nextInt(4) == 0;
    String name = policy.getClass().getSimpleName();
    long before = place.replica.status().position().lsn().value();
    try {
      switch (rebase ? place.replica.rebase(policy) : place.replica.push(policy)) {
        case PushResult.Pushed done -> {
          boolean over = done.position().lsn().value() - before > done.commits();
          count(rebase ? "rebased by " + name : "pushed");
          if (!rebase && over) {
            count("pushed by " + name + " over others");
          }
        }
        case PushResult.Conflict conflict -> {
          count("refused push by " + name);
        }
        case PushResult.Nothing nothing -> count("nothing to push");
        case PushResult.Forked forked -> throw new AssertionError("nobody forked");
      }
    } catch (GraftException.Conflict e) {
      count("replay that failed");
    }
  }

  private void transaction(Place place, Connection connection) throws SQLException {
    Label label = new Label("t" + labels.size());
    boolean local = place.replica.status().pending() > 0 || random.nextInt(4) == 0;
    long before = place.replica.status().position().lsn().value();
    boolean done;
    try (Statement statement = connection.createStatement()) {
      statement.execute("pragma graft_commit=" + (local ? "local" : "remote"));
      statement.execute("pragma graft_onconflict=" + (random.nextBoolean() ? "merge" : "reject"));
      statement.execute("pragma graft_message='" + label.name + "'");
      done = execute(label, statement);
    }
    if (done) {
      labels.put(label.name, label);
      long after = place.replica.status().position().lsn().value();
      count(local ? "local" : after > before + 1 ? "remote, merged" : "remote");
    }
  }

  private boolean execute(Label label, Statement statement) throws SQLException {
    try {
      statement.execute("begin");
      int statements = 1 + random.nextInt(2);
      for (int i = 0; i < statements; i++) {
        String text = random.nextInt(12) > 0 ? touch() : sql.next();
        try {
          statement.execute(text);
          label.statements.add(text);
        } catch (SQLException e) {
          if (isBusy(e)) {
            throw e;
          }
        }
      }
      if (random.nextInt(8) == 0) {
        statement.execute("rollback");
        return false;
      }
      statement.execute("commit");
      return true;
    } catch (SQLException e) {
      assertThat(isBusy(e)).as("seed %d: %s", seed, e).isTrue();
      statement.execute("rollback");
      count("busy");
      return false;
    }
  }

  /** Reads a row and writes the one before it: mostly on pages that others leave alone. */
  private String touch() {
    boolean even = random.nextBoolean();
    String table = even ? "p" : "q";
    int x = 10 * (2 * random.nextInt(60) + (even ? 0 : 1));
    return "update "
        + table
        + " set y = substr(coalesce((select max(x) from "
        + table
        + " where x = "
        + (x + 20) % 1200
        + "), '-') || y, 1, length(y)) where x = "
        + x;
  }

  private static boolean isBusy(SQLException e) {
    return (e.getErrorCode() & 0xFF) == 5;
  }

  private void check(Supplier<String> where) throws SQLException {
    Place place = places.get(random.nextInt(REPLICAS));
    List<String> truth;
    try (Connection fresh = place.source.getConnection();
        Statement statement = fresh.createStatement()) {
      assertThat(Sql.rows(statement, "pragma integrity_check")).as(where).containsExactly("ok");
      truth = Sql.digest(statement);
    }
    // Not too often: what a connection has read it keeps in its read set.
    for (Connection warm : place.warm) {
      if (random.nextInt(6) == 0) {
        try (Statement statement = warm.createStatement()) {
          assertThat(Sql.digest(statement)).as(where).isEqualTo(truth);
        }
      }
    }
  }

  /** All that waits goes to the store, or is given up. */
  private void settle() {
    for (Place place : places) {
      if (place.replica.push(new Policy.Merge()) instanceof PushResult.Conflict) {
        try {
          if (place.replica.push(new Policy.Replay(new SqliteReplayer()))
              instanceof PushResult.Conflict) {
            place.replica.discard();
          }
        } catch (GraftException.Conflict e) {
          place.replica.discard();
        }
      }
    }
    for (Place place : places) {
      place.replica.pull();
    }
  }

  private void judge() throws SQLException {
    LogPage log = places.getFirst().replica.log(1000);
    assertThat(log.commits().getLast().position().lsn()).isEqualTo(new Lsn(1));
    try (Connection plain = Sql.open("jdbc:sqlite::memory:");
        Statement truth = plain.createStatement()) {
      for (LogPage.Entry commit : log.commits().reversed()) {
        for (TransactionRecord each : commit.transactions()) {
          Label label = labels.get(each.message());
          if (label == null) {
            throw new AssertionError("seed " + seed + ": nobody committed " + each.message());
          }
          for (String text : label.statements) {
            truth.execute(text);
          }
        }
      }
      for (Place place : places) {
        try (Connection fresh = place.source.getConnection();
            Statement statement = fresh.createStatement()) {
          assertThat(Sql.digest(statement)).as("seed %d", seed).isEqualTo(Sql.digest(truth));
          assertThat(Sql.rows(statement, "pragma integrity_check")).containsExactly("ok");
        }
      }
    }
  }
}
