package dev.graft.sim.world;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.Remote;
import dev.graft.sim.Fault;
import dev.graft.sim.FaultHits;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * A client's way out whose clock is off: counts its transactions in the log, each of which says
 * another time than it would with a clock that is right, and its segments that are refused for the
 * time in their ids.
 */
final class WrongTimes {
  private WrongTimes() {}

  static Remote of(Remote remote, FaultHits hits) {
    return (Remote)
        Proxy.newProxyInstance(
            Remote.class.getClassLoader(),
            new Class<?>[] {Remote.class},
            (proxy, method, arguments) -> {
              try {
                Object answer = method.invoke(remote, arguments);
                if (answer instanceof CommitOutcome.Committed
                    && arguments[0] instanceof CommitRequest request) {
                  for (TransactionRecord made : request.transactions()) {
                    hits.addOnce(Fault.CLOCK_SKEW, made.key());
                  }
                }
                return answer;
              } catch (InvocationTargetException e) {
                if (method.getName().equals("upload")
                    && e.getCause() instanceof GraftException.Misuse) {
                  hits.add(Fault.CLOCK_SKEW);
                }
                throw e.getCause() == null ? e : e.getCause();
              }
            });
  }
}
