package dev.graft.replica;

import dev.graft.client.Replica;
import dev.graft.client.Snapshot;
import dev.graft.sqlite.GraftDataSource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/** Which pages of the volume a query reads, with SQLite as cold as it can be. */
final class TouchedPages {
  private TouchedPages() {}

  static Set<Long> of(Replica replica, String sql) throws SQLException {
    Set<Long> pages = new ConcurrentSkipListSet<>();
    try (GraftDataSource source = GraftDataSource.over(watched(replica, pages));
        Connection connection = source.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        rows.getObject(1);
      }
    }
    return pages;
  }

  private static Replica watched(Replica replica, Set<Long> pages) {
    return (Replica)
        Proxy.newProxyInstance(
            TouchedPages.class.getClassLoader(),
            new Class<?>[] {Replica.class},
            (proxy, method, arguments) -> {
              try {
                Object result = method.invoke(replica, arguments);
                return method.getName().equals("snapshot")
                    ? watched((Snapshot) result, pages)
                    : result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static Snapshot watched(Snapshot snapshot, Set<Long> pages) {
    return (Snapshot)
        Proxy.newProxyInstance(
            TouchedPages.class.getClassLoader(),
            new Class<?>[] {Snapshot.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("read")) {
                pages.add((Long) arguments[0]);
              }
              try {
                return method.invoke(snapshot, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
