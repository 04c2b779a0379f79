package dev.graft.sqlite;

import dev.graft.client.CommitOptions;
import dev.graft.client.Policy;
import dev.graft.client.Replica;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Gives JDBC connections to the SQLite database in a volume. Safe for use by many threads; a
 * connection is for one thread at a time.
 *
 * <p>Of several transactions that write through one replica one goes on at a time; the others wait
 * for the busy timeout. A commit that another replica forestalled fails with {@code SQLITE_BUSY}:
 * roll back and do the transaction again, it then sees the other's. A commit that fails with an I/O
 * error may have landed all the same: a pull tells.
 *
 * <p>Use platform threads: a virtual thread is pinned while SQLite waits for a page. A transaction
 * over several attached volumes is one commit for each.
 */
public final class GraftDataSource implements DataSource, AutoCloseable {
  private final String url;
  private final Runnable onClose;
  private volatile int loginTimeoutSeconds;

  private GraftDataSource(String url, Runnable onClose) {
    this.url = url;
    this.onClose = onClose;
  }

  /** Over a replica that the caller opened, and closes after all connections. */
  public static GraftDataSource over(Replica replica) {
    String name = Registry.PROCESS.bring(replica);
    return new GraftDataSource(url(name, Map.of()), () -> Registry.PROCESS.forget(name));
  }

  /**
   * Over a replica that is opened with the first connection, shared by all of the process, and
   * closed with the last one.
   */
  public static GraftDataSource at(VolumeAddress address) {
    Map<String, String> parameters = new LinkedHashMap<>(address.parameters());
    parameters.put("remote", address.remote());
    parameters.put("volume", address.volume().toString());
    address.folder().ifPresent(folder -> parameters.put("dir", folder.toString()));
    return new GraftDataSource(url(address.volume().toString(), parameters), () -> {});
  }

  private static String url(String name, Map<String, String> parameters) {
    StringBuilder url = new StringBuilder(GraftDriver.PREFIX + "file:" + name + "?vfs=graft");
    parameters.forEach(
        (key, value) -> url.append('&').append(key).append('=').append(coded(value)));
    return url.toString();
  }

  private static String coded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** The same with another durability of commits; close only one of the two. */
  public GraftDataSource with(CommitOptions.Durability durability) {
    return new GraftDataSource(
        url + '&' + CommitSettings.COMMIT + '=' + durability.name().toLowerCase(Locale.ROOT),
        onClose);
  }

  /**
   * The same with another policy for commits that others forestalled; close only one of the two.
   *
   * @param policy {@link Policy.Reject} or {@link Policy.Merge}
   */
  public GraftDataSource onConflict(Policy policy) {
    String name =
        switch (policy) {
          case Policy.Reject reject -> "reject";
          case Policy.Merge merge -> "merge";
          case Policy.Replay replay -> throw onlyForPush();
          case Policy.Fork fork -> throw onlyForPush();
        };
    return new GraftDataSource(url + '&' + CommitSettings.ON_CONFLICT + '=' + name, onClose);
  }

  private static GraftException.Misuse onlyForPush() {
    return new GraftException.Misuse(
        "a commit is refused or merged; replay and fork are policies of a push");
  }

  @Override
  public Connection getConnection() throws SQLException {
    return getConnection(new Properties());
  }

  /** As {@link #getConnection()}, with properties of xerial's driver. */
  public Connection getConnection(Properties properties) throws SQLException {
    return GraftConnection.open(url, properties);
  }

  /** A connection that reads the volume as it was after a commit, and cannot write. */
  public Connection getConnection(Lsn at) throws SQLException {
    return GraftConnection.open(url + "&at=" + at, new Properties());
  }

  /** A connection that reads the volume as it was at a time, and cannot write. */
  public Connection getConnection(Instant at) throws SQLException {
    return GraftConnection.open(url + "&at=" + coded(at.toString()), new Properties());
  }

  /** Not supported: a token comes from the environment. */
  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException(
        "a volume knows no user and password: a token comes from the environment (token_env)");
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(PrintWriter out) {}

  @Override
  public void setLoginTimeout(int seconds) {
    loginTimeoutSeconds = seconds;
  }

  @Override
  public int getLoginTimeout() {
    return loginTimeoutSeconds;
  }

  @Override
  public Logger getParentLogger() {
    return Logger.getLogger("dev.graft.sqlite");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    throw new SQLException("this is no " + type.getName());
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this);
  }

  /** Gives no connections any more; open ones go on. */
  @Override
  public void close() {
    onClose.run();
  }
}
