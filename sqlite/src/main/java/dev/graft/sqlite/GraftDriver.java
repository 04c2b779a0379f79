package dev.graft.sqlite;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.sqlite.JDBC;

/**
 * The JDBC driver for {@code jdbc:sqlite:file:NAME?vfs=graft}; found as a service, so that the URL
 * alone is enough. The first such URL installs the VFS. All other URLs are left to xerial's driver,
 * which may also open these once the VFS is there.
 */
public final class GraftDriver implements Driver {
  static final String PREFIX = "jdbc:sqlite:";

  static {
    try {
      comeFirst();
    } catch (SQLException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** For the service loader. */
  public GraftDriver() {}

  @Override
  public boolean acceptsURL(String url) {
    int query = url.indexOf('?');
    return url.startsWith(PREFIX + "file:")
        && query >= 0
        && Arrays.asList(url.substring(query + 1).split("&", -1)).contains("vfs=graft");
  }

  @Override
  public @Nullable Connection connect(String url, Properties info) throws SQLException {
    return acceptsURL(url) ? GraftConnection.open(url.trim(), info) : null;
  }

  /**
   * Puts xerial's driver behind this one, whatever the class path's order. It would be asked first
   * otherwise, and then its "no such vfs" would hide why a volume cannot be opened; and once the
   * VFS is there it would open these URLs itself, but its connections lose track of a transaction
   * whose commit failed (see {@link GraftConnection}).
   */
  private static void comeFirst() throws SQLException {
    DriverManager.registerDriver(new GraftDriver());
    List<Driver> xerials =
        DriverManager.drivers().filter(driver -> driver instanceof JDBC).toList();
    for (Driver xerial : xerials) {
      DriverManager.registerDriver(new JDBC());
      DriverManager.deregisterDriver(xerial);
    }
  }

  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
    return new DriverPropertyInfo[0];
  }

  @Override
  public int getMajorVersion() {
    return 0;
  }

  @Override
  public int getMinorVersion() {
    return 1;
  }

  @Override
  public boolean jdbcCompliant() {
    return false;
  }

  @Override
  public Logger getParentLogger() {
    return Logger.getLogger("dev.graft.sqlite");
  }
}
