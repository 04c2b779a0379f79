package dev.graft.client.fetch;

import dev.graft.concurrency.Concurrency;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The reads that are about to be made or under way, so that no byte is asked for twice at once.
 * Safe for use by many threads.
 */
final class InFlight {
  private final Concurrency concurrency;
  private final Map<FrameOwner, List<Flight>> flights = new HashMap<>();

  /** The length of all flights. */
  private long bytes;

  InFlight(Concurrency concurrency) {
    this.concurrency = concurrency;
  }

  /** The flight that brings the frame; null when none does. */
  synchronized @Nullable Flight covering(FrameRef ref) {
    List<Flight> ofOwner = flights.get(ref.owner());
    if (ofOwner != null) {
      for (Flight flight : ofOwner) {
        if (flight.covers(ref)) {
          return flight;
        }
      }
    }
    return null;
  }

  /** The flight that brings the frame, or a new one for it alone. */
  synchronized Flight coveringOrNew(FrameRef ref) {
    Flight found = covering(ref);
    return found != null
        ? found
        : add(
            Flight.Purpose.NEED,
            ref.owner(),
            ref.offsetBytes(),
            ref.offsetBytes() + ref.lengthBytes(),
            List.of(ref));
  }

  /** A new flight. */
  synchronized Flight add(
      Flight.Purpose purpose, FrameOwner owner, long begin, long end, List<FrameRef> wanted) {
    Flight flight =
        new Flight(purpose, owner, begin, end, wanted, concurrency.promise("range read"));
    bytes += end - begin;
    flights.computeIfAbsent(owner, key -> new ArrayList<>(2)).add(flight);
    return flight;
  }

  /** Bytes that are about to be read. */
  synchronized long hopedBytes() {
    return bytes;
  }

  /** Forgets a flight; what it brought is in the cache by now. */
  synchronized void remove(Flight flight) {
    List<Flight> ofOwner = flights.get(flight.owner);
    if (ofOwner != null && ofOwner.remove(flight)) {
      bytes -= flight.end - flight.begin;
      if (ofOwner.isEmpty()) {
        flights.remove(flight.owner);
      }
    }
  }
}
