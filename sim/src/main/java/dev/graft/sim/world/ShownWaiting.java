package dev.graft.sim.world;

import dev.graft.sim.judge.Event;
import dev.graft.sim.judge.Event.Durability;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a client's process shows to wait in its folder waits there in the next process too, whether
 * anybody was told that it is safe or not: one may have acted on what was shown. It ends when the
 * client begins anything that brings it away.
 */
final class ShownWaiting {
  /** By client and volume. */
  private final Map<String, Set<String>> shown = new HashMap<>();

  /** Takes note of an event; says what is missing if anything is. */
  Optional<String> saw(Event event) {
    switch (event) {
      case Event.Push push -> ends(push.session(), push.volume());
      case Event.Commit commit -> {
        if (commit.durability() == Durability.REMOTE) {
          ends(commit.client(), commit.volume());
        }
      }
      case Event.Discarded given ->
          shown.values().forEach(names -> names.removeAll(given.transactions()));
      case Event.Standing standing -> {
        return stands(standing);
      }
      default -> {}
    }
    return Optional.empty();
  }

  private static String place(String session, String volume) {
    return session.split("\\.", 2)[0] + " " + volume;
  }

  private void ends(String session, String volume) {
    shown.remove(place(session, volume));
  }

  private Optional<String> stands(Event.Standing standing) {
    List<String> pending = standing.pending();
    Set<String> before =
        shown.put(place(standing.client(), standing.volume()), new LinkedHashSet<>(pending));
    return before == null
        ? Optional.empty()
        : before.stream()
            .filter(name -> !pending.contains(name))
            .findFirst()
            .map(name ->
                name
                    + " was shown to wait in the folder of "
                    + standing.client()
                    + ", and is gone though nothing was done with it");
  }
}
