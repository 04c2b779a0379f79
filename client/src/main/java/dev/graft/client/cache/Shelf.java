package dev.graft.client.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The slabs of a cache by age. Many threads reserve room; what adds or takes away slabs happens in
 * the cache's turn.
 */
final class Shelf {
  private final SlabMaker maker;

  /** By number, so the oldest first; guarded by this. */
  private final TreeMap<Integer, Slab> slabs = new TreeMap<>();

  /** Where frames go; null until the first one and after the disk has refused it. */
  private volatile @Nullable Slab current;

  /** Given up while somebody looked at them; guarded by this. */
  private final List<Slab> lingering = new ArrayList<>();

  /** The number of the next slab: never one that any entry of an index may name. */
  private int nextNumber;

  Shelf(SlabMaker maker) {
    this.maker = maker;
  }

  /** Takes in what an earlier process left; the last one is written on when it may grow. */
  void adopt(List<Slab> known, int unusedNumber, boolean lastMayGrow) {
    synchronized (this) {
      known.forEach(slab -> slabs.put(slab.number(), slab));
      nextNumber = unusedNumber;
      known.forEach(Slab::seal);
    }
    if (lastMayGrow && !known.isEmpty()) {
      Slab last = known.getLast();
      last.unseal();
      current = last;
    }
  }

  /** Takes room in the current slab; null when there is none. */
  CachedFrame.@Nullable Spot reserve(int length) {
    Slab slab = current;
    if (slab == null) {
      return null;
    }
    long at = slab.reserve(length);
    return at < 0 ? null : new CachedFrame.Spot(slab, at);
  }

  /** Whether the current slab has that room. */
  boolean fits(int length) {
    Slab slab = current;
    return slab != null && slab.hasRoom(length);
  }

  /** A new slab that nobody else knows yet. */
  Slab make(SlabMaker by, long least, long bytes) {
    return by.make(nextNumber++, least, bytes);
  }

  Slab make(long least, long bytes) {
    return make(maker, least, bytes);
  }

  /** Lets nothing more into the current slab. */
  void seal() {
    Slab slab = current;
    if (slab != null) {
      slab.seal();
      current = null;
    }
  }

  boolean isCurrent(Slab slab) {
    return current == slab;
  }

  /** Frames go there from now on. */
  void begin(Slab slab) {
    synchronized (this) {
      slabs.put(slab.number(), slab);
    }
    current = slab;
  }

  /** Forgets a slab and gives its room back. */
  void giveUp(Slab slab) {
    synchronized (this) {
      slabs.remove(slab.number());
    }
    if (!slab.giveUp()) {
      synchronized (this) {
        lingering.add(slab);
      }
    }
  }

  /** Tries again to give back what could not be given back at once. */
  void giveUpLingering() {
    List<Slab> again;
    synchronized (this) {
      again = List.copyOf(lingering);
    }
    for (Slab slab : again) {
      if (slab.giveUp()) {
        synchronized (this) {
          lingering.remove(slab);
        }
      }
    }
  }

  /** All but the current one, oldest first, as far as nobody is still writing there. */
  synchronized List<Slab> sealed() {
    List<Slab> all = new ArrayList<>(slabs.values());
    all.removeIf(slab -> slab == current || !slab.isSettled());
    return all;
  }

  /** How many there are. */
  synchronized int count() {
    return slabs.size();
  }

  /** The room that they take, what lingers included. */
  synchronized long heldBytes() {
    long held = 0;
    for (Slab slab : slabs.values()) {
      held += slab.roomBytes();
    }
    for (Slab slab : lingering) {
      held += slab.roomBytes();
    }
    return held;
  }

  /** Ends all reads. */
  void close() {
    List<Slab> all;
    synchronized (this) {
      current = null;
      all = new ArrayList<>(slabs.values());
      all.addAll(lingering);
      slabs.clear();
      lingering.clear();
    }
    all.forEach(Slab::close);
  }
}
