package dev.graft.sim.world;

import dev.graft.sim.Killed;
import dev.graft.sim.judge.Event;
import dev.graft.sim.judge.View;
import dev.graft.sqlite.GraftDataSource;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;

/**
 * The real SQLite, through the VFS and JDBC, on a session's replica. SQLite waits in the middle of
 * a call as any task does, for each task of a simulation has a platform thread; so one task uses
 * all connections of a client, one statement at a time, and none ever waits for another's lock.
 *
 * <p>When the client's process is killed, SQLite itself lives on, since it is of this process. It
 * only finds that nothing beneath it works any more: every call of the VFS fails. So its
 * connections are thrown away, with all that they had in memory, and others are opened in the next
 * process.
 */
public final class SqlClient implements AutoCloseable {
  private static final int CHANGE_COUNTER_AT = 24;
  private static final int BUSY = 5;
  private static final int MAX_TRIES = 5;
  private static final int MAX_OPENINGS = 100;
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final String TRY = "#";

  /** SQLite waits in real time. */
  private static final Properties IMPATIENT = new Properties();

  static {
    IMPATIENT.setProperty("busy_timeout", "0");
  }

  private final World world;
  private final Session session;
  private final List<Link> links = new ArrayList<>();
  private @Nullable Opened opened;

  /** What a process has of SQLite beside its connections. */
  private record Opened(Client.Life life, WatchedReplica watcher, GraftDataSource source) {}

  SqlClient(World world, Session session) {
    this.world = world;
    this.session = session;
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

  /** A warm connection: one in each process, opened when it is first used there. */
  public static final class Link {
    private final int number;
    private @Nullable Connection connection;

    private Link(int number) {
      this.number = number;
    }
  }

  /** The session, for what is no SQL. */
  public Session session() {
    return session;
  }

  /** Another connection; closed with this object. */
  public Link link() {
    Link link = new Link(links.size());
    links.add(link);
    return link;
  }

  /**
   * A statement of a connection, in the process that lives.
   *
   * @throws SQLException when the world goes on failing the connection
   */
  public Statement statement(Link link) throws SQLException {
    return connection(link).createStatement();
  }

  private Connection connection(Link link) throws SQLException {
    for (int tries = 1; ; tries++) {
      Opened now = opened();
      Connection open = link.connection;
      if (open != null) {
        return open;
      }
      try {
        link.connection = now.source.getConnection(IMPATIENT);
      } catch (SQLException e) {
        if (tries == MAX_OPENINGS) {
          throw e;
        }
        world.sim().note("connects again: " + e.getMessage());
        world.sim().pause(PAUSE);
      }
    }
  }

  /** In the process that lives; what is open in a dead one is thrown away first. */
  private Opened opened() {
    while (true) {
      Opened now = opened;
      if (now != null && now.life == session.life() && !isDead()) {
        return now;
      }
      throwAway();
      session.alive();
      try {
        WatchedReplica.Watched watched = WatchedReplica.of(world, session);
        GraftDataSource source = GraftDataSource.over(watched.replica());
        watched.watcher().watch();
        opened = new Opened(session.life(), watched.watcher(), source);
      } catch (Killed e) {
        world.sim().note("killed while it opens SQLite");
      }
    }
  }

  /** Whether what is open is of a process that was killed. */
  private boolean isDead() {
    Opened now = opened;
    return now != null && now.life.process().isDead();
  }

  private void throwAway() {
    for (Link link : links) {
      Connection connection = link.connection;
      link.connection = null;
      try {
        if (connection != null) {
          connection.close();
        }
      } catch (SQLException e) {
        world.sim().note("thrown away: " + e.getMessage());
      }
    }
    Opened now = opened;
    opened = null;
    if (now != null) {
      now.source.close();
    }
  }

  /**
   * Does work in one transaction, anew as long as others come first.
   *
   * @param work unique
   * @param local whether it stays here
   * @param merges whether what others did is no conflict when it has nothing to do with it
   */
  public Done transact(Link link, String work, boolean local, boolean merges, Body body) {
    for (int tries = 1; tries <= MAX_TRIES; tries++) {
      boolean committing = false;
      try (Statement statement = statement(link)) {
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
        rollBack(link);
        boolean isBusy = (e.getErrorCode() & 0xFF) == BUSY;
        if (!isBusy || isDead()) {
          return committing ? Done.UNKNOWN : Done.NOT;
        }
        if (!committing) {
          session.pull();
        }
      }
    }
    return Done.NOT;
  }

  private void rollBack(Link link) {
    Connection connection = link.connection;
    if (connection == null || isDead()) {
      return;
    }
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
  public void tellShown(Link link) {
    try {
      Connection connection = connection(link);
      WatchedReplica watcher = opened().watcher;
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
                      watcher.process(),
                      watcher.process() + "/" + link.number,
                      session.volume().toString(),
                      number,
                      view));
        }
      }
    } catch (SQLException e) {
      world.sim().note("not shown: " + e.getMessage());
      rollBack(link);
    }
  }

  @Override
  public void close() throws SQLException {
    for (Link link : links) {
      Connection connection = link.connection;
      if (connection != null && !isDead()) {
        close(connection);
        link.connection = null;
      }
    }
    throwAway();
  }

  private void close(Connection connection) throws SQLException {
    try {
      connection.close();
    } catch (SQLException e) {
      if (!isDead()) {
        throw e;
      }
      world.sim().note("killed while it closes: " + e.getMessage());
    }
  }
}
