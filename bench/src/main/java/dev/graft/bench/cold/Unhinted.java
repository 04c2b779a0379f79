package dev.graft.bench.cold;

import dev.graft.client.Replica;
import dev.graft.client.Snapshot;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** A replica that takes no hints from those who read it, to measure what hints are worth. */
final class Unhinted {
  private Unhinted() {}

  static Replica replica(Replica target) {
    return wrapped(Replica.class, target);
  }

  private static <T> T wrapped(Class<T> type, T target) {
    Object proxy =
        Proxy.newProxyInstance(
            Unhinted.class.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              if (method.getName().equals("expect")) {
                return null;
              }
              Object answer;
              try {
                answer = method.invoke(target, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
              return answer instanceof Snapshot snapshot
                  ? wrapped(Snapshot.class, snapshot)
                  : answer;
            });
    return type.cast(proxy);
  }
}
