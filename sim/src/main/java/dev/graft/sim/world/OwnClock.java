package dev.graft.sim.world;

import dev.graft.protocol.remote.ChangesOutcome;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.Graft;
import dev.graft.protocol.remote.Remote;
import dev.graft.protocol.remote.UploadReceipt;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * The bug of a client that does not heed the time which answers tell, but goes by its own clock.
 */
final class OwnClock {
  private OwnClock() {}

  static Remote before(Remote remote, InstantSource clock) {
    return (Remote)
        Proxy.newProxyInstance(
            Remote.class.getClassLoader(),
            new Class<?>[] {Remote.class},
            (proxy, method, arguments) -> {
              try {
                return changed(method.invoke(remote, arguments), clock);
              } catch (InvocationTargetException e) {
                throw e.getCause() == null ? e : e.getCause();
              }
            });
  }

  private static @Nullable Object changed(@Nullable Object answer, InstantSource clock) {
    return switch (answer) {
      case ChangesOutcome.Changed(Graft graft) -> new ChangesOutcome.Changed(at(graft, clock));
      case CommitOutcome.Committed(var position, var time, Graft graft) ->
          new CommitOutcome.Committed(position, time, at(graft, clock));
      case CommitOutcome.Conflict(Graft graft) -> new CommitOutcome.Conflict(at(graft, clock));
      case UploadReceipt(var entry, var time) -> new UploadReceipt(entry, clock.instant());
      case null, default -> answer;
    };
  }

  private static Graft at(Graft graft, InstantSource clock) {
    return new Graft(
        graft.volume(),
        graft.pageSize(),
        graft.from(),
        graft.upto(),
        graft.uptoTime(),
        graft.head(),
        graft.root(),
        graft.frames(),
        clock.instant());
  }
}
