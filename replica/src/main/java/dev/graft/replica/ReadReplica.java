package dev.graft.replica;

import dev.graft.client.Replica;
import dev.graft.client.ReplicaOptions;
import dev.graft.client.count.CountingRemote;
import dev.graft.client.count.Counts;
import dev.graft.concurrency.Concurrency;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.sqlite.GraftDataSource;
import dev.graft.sqlite.Reading;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;

/**
 * A replica in memory that answers SQL. Everything that it holds lies in this process, so that a
 * memory image of it is a replica of its own. Safe for use by many threads.
 */
final class ReadReplica implements AutoCloseable {
  private final ReplicaSettings settings;
  private final Concurrency concurrency;
  private final Stores.Source source;
  private final CountingRemote remote;
  private final Replica replica;
  private final Freshness freshness;
  private final Connections connections;

  /**
   * What SQLite is asked.
   *
   * @param values gives the values of so many parameters, or refuses
   */
  private record Asked(
      String sql,
      IntFunction<List<@Nullable Object>> values,
      Query.Format format,
      OptionalInt limit,
      boolean bigIntegersAsText) {
    static Asked of(Query query, String sql) {
      return new Asked(
          sql,
          taken -> given(taken, query.parameters()),
          query.format(),
          query.limit(),
          query.bigIntegersAsText());
    }

    private static List<@Nullable Object> given(int taken, List<@Nullable Object> parameters) {
      if (taken != parameters.size()) {
        throw new GraftException.Misuse(
            "the statement takes " + taken + " parameters and got " + parameters.size());
      }
      return parameters;
    }
  }

  private ReadReplica(
      ReplicaSettings settings,
      Concurrency concurrency,
      Stores.Source source,
      CountingRemote remote,
      Replica replica,
      Instant askedAt) {
    this.settings = settings;
    this.concurrency = concurrency;
    this.source = source;
    this.remote = remote;
    this.replica = replica;
    this.freshness = new Freshness(replica, concurrency, askedAt);
    this.connections = new Connections(GraftDataSource.over(replica));
  }

  /** Opens the volume: one request. */
  static ReadReplica open(
      ReplicaSettings settings, Concurrency concurrency, RandomGenerator random) {
    Stores.Source source =
        Stores.open(settings.place(), concurrency, random, settings.limits().time());
    CountingRemote remote = new CountingRemote(source.remote());
    Instant askedAt = concurrency.instant();
    ReplicaOptions options =
        ReplicaOptions.inMemory(remote, settings.volume(), concurrency, new RandomIdSource(random))
            .with(ReplicaOptions.Limits.DEFAULT.withCacheBytes(settings.cacheBytes()));
    return new ReadReplica(settings, concurrency, source, remote, Replica.open(options), askedAt);
  }

  /**
   * Answers a question.
   *
   * @param time the most that may pass
   * @throws GraftException when it cannot be answered
   * @throws Refused when SQLite says no, or a limit was met
   */
  Answer answer(Query query, Duration time) {
    String sql = sql(query.text());
    SqlText.requireReading(sql);
    Instant deadline = concurrency.instant().plus(time);
    Counts before = remote.counts();
    boolean reopened = query.past().isEmpty() && freshness.bring(wanted(query), query.atLeast());
    try {
      return query.past().isPresent()
          ? ofThePast(query, Asked.of(query, sql), before, deadline)
          : ofNow(Asked.of(query, sql), before, reopened, deadline);
    } catch (SQLException e) {
      throw Refused.of(e, null);
    } catch (IOException e) {
      throw new IllegalStateException("an answer cannot be written to memory", e);
    }
  }

  private Duration wanted(Query query) {
    return query.freshness().orElse(settings.freshness());
  }

  private String sql(Query.Text text) {
    return switch (text) {
      case Query.Text.Named(String name) -> {
        String sql = settings.statements().get(name);
        if (sql == null) {
          throw new GraftException.NotFound("this replica has no statement '" + name + "'");
        }
        yield sql;
      }
      case Query.Text.Sql(String sql) -> {
        if (!settings.anySql()) {
          throw new GraftException.Unauthorized(
              "this replica answers its own statements only: name one of them as 'statement'");
        }
        yield sql;
      }
    };
  }

  private Answer ofThePast(Query query, Asked asked, Counts before, Instant deadline)
      throws SQLException, IOException {
    Instant askedAt = concurrency.instant();
    try (Connection connection = connections.past(query.past().orElseThrow())) {
      requireAtLeast(query, connection);
      return run(connection, asked, before, false, askedAt, deadline);
    }
  }

  private static void requireAtLeast(Query query, Connection connection) {
    var shown = Reading.shown(connection).position().lsn();
    if (query.atLeast().isPresent() && shown.isBefore(query.atLeast().get())) {
      throw new GraftException.Misuse(
          "the snapshot of the past that was asked for is at "
              + shown
              + ", before commit "
              + query.atLeast().get()
              + ": leave out one of 'at' and 'atLeast'");
    }
  }

  private Answer ofNow(Asked asked, Counts before, boolean reopened, Instant deadline)
      throws SQLException, IOException {
    Instant asOf = freshness.askedAt();
    Connection connection = connections.take();
    boolean sound = false;
    try {
      Answer answer = run(connection, asked, before, reopened, asOf, deadline);
      connection.rollback();
      connections.give(connection);
      sound = true;
      return answer;
    } finally {
      if (!sound) {
        // What a failed query left behind is not worth finding out.
        connection.close();
      }
    }
  }

  private Answer run(
      Connection connection,
      Asked asked,
      Counts before,
      boolean reopened,
      Instant asOf,
      Instant deadline)
      throws SQLException, IOException {
    Duration left = Duration.between(concurrency.instant(), deadline);
    if (!left.isPositive()) {
      throw Refused.late(settings.limits());
    }
    Limits limits = settings.limits();
    RowWriter writer =
        RowWriter.of(asked.format(), limits.answerBytes(), asked.bigIntegersAsText());
    int most = Math.min(limits.rows(), asked.limit().orElse(limits.rows()));
    var database = connection.unwrap(SQLiteConnection.class).getDatabase();
    try (Deadline watch = Deadline.start(database, left)) {
      try (PreparedStatement statement = connection.prepareStatement(asked.sql())) {
        bind(statement, asked.values());
        long rows = 0;
        Facts.Truncated truncated = Facts.Truncated.NO;
        try (ResultSet result = statement.executeQuery()) {
          writer.columns(result);
          while (truncated == Facts.Truncated.NO && result.next()) {
            if (rows == most) {
              truncated = Facts.Truncated.ROWS;
            } else if (writer.row(result)) {
              rows++;
            } else {
              truncated = Facts.Truncated.BYTES;
            }
          }
        }
        Reading.Shown shown = Reading.shown(connection);
        Facts facts =
            new Facts(
                rows,
                truncated,
                shown.position().lsn(),
                shown.time(),
                asOf,
                reopened,
                cost(before));
        return new Answer(writer.contentType(), writer.finish(facts), facts);
      } catch (SQLException e) {
        throw watch.isExpired() ? Refused.late(limits) : Refused.of(e, Reading.failure(connection));
      }
    }
  }

  private static void bind(PreparedStatement statement, IntFunction<List<@Nullable Object>> values)
      throws SQLException {
    int taken = statement.getParameterMetaData().getParameterCount();
    List<@Nullable Object> given = values.apply(taken);
    for (int i = 0; i < taken; i++) {
      statement.setObject(i + 1, given.get(i));
    }
  }

  private Facts.Cost cost(Counts before) {
    Counts counts = remote.counts().minus(before);
    return new Facts.Cost(counts.requests(), counts.changes(), counts.reads(), counts.bytesIn());
  }

  /**
   * Runs a statement of the replica's own with NULL for every parameter, on the current snapshot.
   *
   * @throws Refused when SQLite says no, or a limit was met
   */
  void prime(String sql, Query.Format format) {
    SqlText.requireReading(sql);
    Instant deadline = concurrency.instant().plus(settings.limits().time());
    try {
      ofNow(
          new Asked(
              sql, taken -> Collections.nCopies(taken, null), format, OptionalInt.empty(), false),
          remote.counts(),
          false,
          deadline);
    } catch (SQLException e) {
      throw Refused.of(e, null);
    } catch (IOException e) {
      throw new IllegalStateException("an answer cannot be written to memory", e);
    }
  }

  /** Whether nothing is asked of the store at this moment. */
  boolean isIdle() {
    return source.ways().stream().allMatch(Renewed::isIdle);
  }

  /** The volume's replica, for those who warm it. */
  Replica replica() {
    return replica;
  }

  /** What was asked of the remote so far. */
  Counts counts() {
    return remote.counts();
  }

  /** Gives up all connections to elsewhere; the next use makes new ones. */
  void disconnect() {
    source.ways().forEach(Renewed::disconnect);
  }

  @Override
  public void close() throws SQLException {
    connections.close();
    replica.close();
    remote.close();
    disconnect();
  }
}
