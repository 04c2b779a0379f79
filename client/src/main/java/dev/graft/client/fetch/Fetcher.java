package dev.graft.client.fetch;

import dev.graft.client.cache.CachedFrame;
import dev.graft.client.cache.FrameCache;
import dev.graft.client.cache.FrameKey;
import dev.graft.concurrency.Concurrency;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.map.HotRange;
import dev.graft.protocol.remote.Graft;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings frames into the cache. A frame that is on its way is never asked for again: who needs it
 * waits for that read, and makes it at once when it has not begun. Safe for use by many threads.
 */
public final class Fetcher {
  /** Bytes of the largest range read. */
  public static final int MAX_READ_BYTES = 8 * 1024 * 1024;

  private static final int MAX_TRIES = 8;

  /** Bytes of content that come with one byte read, about. */
  private static final long RAW_FACTOR = 3;

  private final Concurrency concurrency;
  private final FrameCache cache;
  private final InFlight inFlight;
  private final Landing landing;
  private final Background background;
  private final Speculation speculation;
  private final Lender lender;

  /**
   * Asks nothing yet.
   *
   * @param ranges where frames are read
   * @param background runs what nobody waits for
   * @param speculation keeps the books of what is fetched ahead
   * @param lender is asked before the remote
   */
  public Fetcher(
      RangeSource ranges,
      Concurrency concurrency,
      FrameCache cache,
      Background background,
      Speculation speculation,
      Lender lender) {
    this.concurrency = concurrency;
    this.cache = cache;
    this.inFlight = new InFlight(concurrency);
    this.landing = new Landing(ranges, cache, speculation);
    this.background = background;
    this.speculation = speculation;
    this.lender = lender;
  }

  /**
   * The frame, from the cache or by one range read.
   *
   * @return null when its object is missing: then the page may lie elsewhere now
   */
  public @Nullable CachedFrame frame(FrameRef ref) {
    FrameKey key = FrameKey.of(ref);
    GraftException failure = null;
    for (int tries = 0; tries < MAX_TRIES; tries++) {
      CachedFrame here = cache.get(key);
      if (here == null && lender.lend(key, cache)) {
        here = cache.get(key);
      }
      if (here != null) {
        speculation.needed(key, ref.lengthBytes());
        return here;
      }
      Flight flight = inFlight.coveringOrNew(ref);
      boolean mine = flight.take();
      if (mine) {
        fly(flight, key);
      }
      try {
        if (Waits.result(concurrency, flight.promise.task()) == Flight.End.MISSING) {
          return null;
        }
      } catch (GraftException e) {
        boolean alone = mine && flight.wanted.size() == 1;
        if (alone || Thread.currentThread().isInterrupted()) {
          throw e;
        }
        // Another frame's damage, or another reader's trouble: look again, for this frame alone.
        failure = e;
      }
    }
    throw failure != null
        ? failure
        : new GraftException.Unavailable(
            "frame " + ref.number() + " of " + ref.owner() + " was fetched and is not here");
  }

  /**
   * Brings several frames by as few range reads as possible, all at once.
   *
   * @return whether all are here; false when an object is missing
   */
  public boolean frames(List<FrameRef> refs) {
    List<FrameRef> absent = absent(refs);
    if (absent.size() <= 1) {
      return absent.isEmpty() || frame(absent.getFirst()) != null;
    }
    for (Flight flight : depart(Flight.Purpose.NEED, absent)) {
      background.submit(() -> complete(flight));
    }
    for (FrameRef ref : absent) {
      if (frame(ref) == null) {
        return false;
      }
    }
    return true;
  }

  /** Orders frames that are sure to be needed, or were asked for by name; does not wait. */
  public void later(List<FrameRef> refs) {
    List<FrameRef> absent = onTheGround(refs);
    if (!absent.isEmpty()) {
      depart(Flight.Purpose.NEED, withinBound(absent)).forEach(this::send);
    }
  }

  /** As many as a full cache can take without giving up others that nobody came to read yet. */
  private List<FrameRef> withinBound(List<FrameRef> refs) {
    long bytes = inFlight.hopedBytes();
    long wanted = refs.stream().mapToLong(FrameRef::lengthBytes).sum();
    if (!cache.wouldOverflow((bytes + wanted) * RAW_FACTOR)) {
      return refs;
    }
    for (int i = 0; i < refs.size(); i++) {
      bytes += refs.get(i).lengthBytes();
      if (cache.wouldOverflow(bytes * RAW_FACTOR)) {
        return refs.subList(0, i);
      }
    }
    return refs;
  }

  /**
   * Orders frames that may be needed soon, when there is budget for all; does not wait.
   *
   * @return those that were ordered: neither here nor under way before
   */
  public List<FrameRef> guess(List<FrameRef> refs) {
    List<FrameRef> absent = withinBound(onTheGround(refs));
    long bytes = absent.stream().mapToLong(FrameRef::lengthBytes).sum();
    if (absent.isEmpty() || !speculation.order(absent.size(), bytes)) {
      return List.of();
    }
    depart(Flight.Purpose.GUESS, absent).forEach(this::send);
    return absent;
  }

  /** Orders all frames of a range that the map lists as hot; does not wait. */
  public void hot(HotRange range) {
    speculation.orderHot(range.lengthBytes());
    send(
        inFlight.add(
            Flight.Purpose.HOT,
            range.owner(),
            range.offsetBytes(),
            range.offsetBytes() + range.lengthBytes(),
            List.of()));
  }

  /** Whether the frame is thought to be here. */
  public boolean isHere(FrameRef ref) {
    FrameKey key = FrameKey.of(ref);
    return cache.contains(key) || lender.lend(key, cache);
  }

  /** Frames in groups, each of which one range read brings. */
  public List<List<FrameRef>> joined(List<FrameRef> refs) {
    return RangeJoin.join(refs, MAX_READ_BYTES);
  }

  /**
   * Brings a group by one range read and waits for it. For much at a time: it does not look whether
   * another read brings a part of it.
   *
   * @return false when its object is missing
   */
  public boolean bring(List<FrameRef> group) {
    FrameRef first = group.getFirst();
    Flight flight =
        inFlight.add(
            Flight.Purpose.NEED,
            first.owner(),
            first.offsetBytes(),
            RangeJoin.end(group.getLast()),
            group);
    complete(flight);
    return Waits.result(concurrency, flight.promise.task()) == Flight.End.LANDED;
  }

  /** Keeps frames that came with an answer. */
  public void keep(List<Graft.CarriedFrame> frames) {
    landing.keep(frames);
  }

  /** Those that are neither here nor under way. */
  private List<FrameRef> onTheGround(List<FrameRef> refs) {
    List<FrameRef> absent = absent(refs);
    absent.removeIf(ref -> inFlight.covering(ref) != null);
    return absent;
  }

  private List<FrameRef> absent(List<FrameRef> refs) {
    List<FrameRef> absent = new ArrayList<>(refs.size());
    for (FrameRef ref : refs) {
      if (!isHere(ref)) {
        absent.add(ref);
      }
    }
    return absent;
  }

  private List<Flight> depart(Flight.Purpose purpose, List<FrameRef> refs) {
    List<Flight> flights = new ArrayList<>();
    for (List<FrameRef> group : RangeJoin.join(refs, MAX_READ_BYTES)) {
      FrameRef first = group.getFirst();
      flights.add(
          inFlight.add(
              purpose, first.owner(), first.offsetBytes(), RangeJoin.end(group.getLast()), group));
    }
    return flights;
  }

  private void send(Flight flight) {
    if (!background.submit(() -> complete(flight)) && flight.take()) {
      // Refused: whoever waits for it already finds it ended and asks by himself.
      forget(flight);
      flight.promise.complete(Flight.End.LANDED);
    }
  }

  private void forget(Flight flight) {
    inFlight.remove(flight);
    speculation.ended(flight);
  }

  private void complete(Flight flight) {
    if (flight.take()) {
      fly(flight);
    }
  }

  /** Makes a flight for one frame, unless it has landed since the caller looked. */
  private void fly(Flight flight, FrameKey key) {
    if (flight.wanted.size() == 1 && cache.contains(key)) {
      forget(flight);
      flight.promise.complete(Flight.End.LANDED);
    } else {
      fly(flight);
    }
  }

  private void fly(Flight flight) {
    Flight.End end;
    try {
      end = landing.read(flight);
    } catch (RuntimeException | Error e) {
      forget(flight);
      flight.promise.fail(e);
      return;
    }
    forget(flight);
    flight.promise.complete(end);
  }
}
