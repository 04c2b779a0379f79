package dev.graft.sim.world;

import dev.graft.sim.judge.Event;
import dev.graft.sim.judge.View;
import dev.graft.sqlite.GraftDataSource;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.sqlite.SQLiteConnection;

/**
 * The real SQLite, through the VFS and JDBC, on a session's replica. SQLite waits in the middle of
 * a call as any task does, for each task of a simulation has a platform thread; so one task uses
 * all connections of a client, one statement at a time, and none ever waits for another's lock.
 */
public final class SqlClient implements AutoCloseable {
  private static final int CHANGE_COUNTER_AT = 24;
  private static final int BUSY = 5;
  private static final int MAX_TRIES = 5;
  private static final String TRY = "#";

  private final World world;
  private final Session session;
  private final WatchedReplica watcher;
  private final GraftDataSource source;
  private final List<Connection> open = new ArrayList<>();

  SqlClient(World world, Session session) {
    this.world = world;
    this.session = session;
    WatchedReplica.Watched watched = WatchedReplica.of(world, session);
    this.watcher = watched.watcher();
    this.source = GraftDataSource.over(watched.replica());
  }

  /** What a transaction is to do; transactions that are made anew are the same work. */
  static String work(String transaction) {
    int end = transaction.indexOf(TRY);
    return end < 0 ? transaction : transaction.substring(0, end);
  }

  /** What is done in a transaction. */
  public interface Body {
    /** Runs statements; may be called again. */
    void run(Statement statement) throws SQLException;
  }

  /** What became of a transaction. */
  public enum Done {
    /** It is committed. */
    COMMITTED,
    /** Nothing of it is. */
    NOT,
    /** Nobody knows. */
    UNKNOWN
  }

  /** The session, for what is no SQL. */
  public Session session() {
    return session;
  }

  /** Another connection; closed with this object. */
  public Connection connect() throws SQLException {
    for (int tries = 1; ; tries++) {
      try {
        Connection connection = source.getConnection();
        open.add(connection);
        try (Statement statement = connection.createStatement()) {
          statement.execute("pragma busy_timeout=0");
        }
        return connection;
      } catch (SQLException e) {
        if (tries == MAX_TRIES * MAX_TRIES) {
          throw e;
        }
        world.sim().note("connects again: " + e.getMessage());
      }
    }
  }

  /**
   * Does work in one transaction, anew as long as others come first.
   *
   * @param work unique
   * @param local whether it stays here
   * @param merges whether what others did is no conflict when it has nothing to do with it
   */
  public Done transact(
      Connection connection, String work, boolean local, boolean merges, Body body) {
    for (int tries = 1; tries <= MAX_TRIES; tries++) {
      boolean committing = false;
      try (Statement statement = connection.createStatement()) {
        statement.execute("pragma graft_commit=" + (local ? "local" : "remote"));
        statement.execute("pragma graft_onconflict=" + (merges ? "merge" : "reject"));
        statement.execute("pragma graft_message='" + work + TRY + tries + "'");
        statement.execute("begin");
        body.run(statement);
        committing = true;
        statement.execute("commit");
        return Done.COMMITTED;
      } catch (SQLException e) {
        world.sim().note("not committed: " + e.getMessage());
        rollBack(connection);
        boolean isBusy = (e.getErrorCode() & 0xFF) == BUSY;
        if (!isBusy) {
          return committing ? Done.UNKNOWN : Done.NOT;
        }
        if (!committing) {
          session.pull();
        }
      }
    }
    return Done.NOT;
  }

  private void rollBack(Connection connection) {
    try (Statement statement = connection.createStatement()) {
      statement.execute("rollback");
    } catch (SQLException e) {
      // SQLite has done so itself.
      world.sim().note("rolled back before: " + e.getMessage());
    }
  }

  /**
   * Asks for one number.
   *
   * @throws SQLException when the world fails it
   */
  public static long number(Statement statement, String query) throws SQLException {
    try (ResultSet rows = statement.executeQuery(query)) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  /** Writes down which change counter SQLite goes by on a connection; reads all pages. */
  public void tellShown(Connection connection) {
    try (Statement statement = connection.createStatement()) {
      statement.execute("begin");
      number(statement, "select count(*) from sqlite_schema");
      View view = watcher.lastPinned();
      byte[] file = connection.unwrap(SQLiteConnection.class).serialize("main");
      statement.execute("commit");
      if (file.length > CHANGE_COUNTER_AT) {
        long number = ByteBuffer.wrap(file).getInt(CHANGE_COUNTER_AT) & 0xFFFFFFFFL;
        world
            .recorder()
            .add(
                new Event.Shown(
                    world.recorder().now(),
                    session.name(),
                    session.name() + "/" + open.indexOf(connection),
                    session.volume().toString(),
                    number,
                    view));
      }
    } catch (SQLException e) {
      world.sim().note("not shown: " + e.getMessage());
      rollBack(connection);
    }
  }

  @Override
  public void close() throws SQLException {
    for (Connection connection : open) {
      connection.close();
    }
    source.close();
  }
}
