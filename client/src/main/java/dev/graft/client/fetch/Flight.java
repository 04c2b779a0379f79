package dev.graft.client.fetch;

import dev.graft.concurrency.Promise;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One range read that is about to be made or under way. Whoever takes it first makes it; all others
 * wait for its end.
 */
final class Flight {
  /** How it ended, when it did not fail. */
  enum End {
    /** What it brought is in the cache. */
    LANDED,
    /** There is no such object any more. */
    MISSING
  }

  /** Why it is made. */
  enum Purpose {
    /** Somebody waits for it, will surely need it, or ordered it by name. */
    NEED,
    /** A prefetcher thinks that it will be needed. */
    GUESS,
    /** The map lists it as hot. */
    HOT
  }

  final Purpose purpose;
  final FrameOwner owner;
  final long begin;
  final long end;

  /** The frames that it is for, ascending; empty when every frame of the range is wanted. */
  final List<FrameRef> wanted;

  final Promise<End> promise;
  private final AtomicBoolean taken = new AtomicBoolean();

  Flight(
      Purpose purpose,
      FrameOwner owner,
      long begin,
      long end,
      List<FrameRef> wanted,
      Promise<End> promise) {
    this.purpose = purpose;
    this.owner = owner;
    this.begin = begin;
    this.end = end;
    this.wanted = wanted;
    this.promise = promise;
  }

  /** Whether the caller is the one who has to make the read. */
  boolean take() {
    return taken.compareAndSet(false, true);
  }

  /** Bytes of the frames that it is for, without those that are read along. */
  long wantedBytes() {
    return wanted.isEmpty() ? end - begin : wanted.stream().mapToLong(FrameRef::lengthBytes).sum();
  }

  boolean covers(FrameRef ref) {
    return ref.offsetBytes() >= begin && ref.offsetBytes() + ref.lengthBytes() <= end;
  }
}
