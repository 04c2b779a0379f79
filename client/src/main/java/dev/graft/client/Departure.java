package dev.graft.client;

import dev.graft.client.write.Outgoing;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.Frame;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.Graft;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Transactions of one replica that travel to the store in one commit, and how far they have come.
 * Used by whoever has the replica's turn.
 */
final class Departure {
  /**
   * A transaction that wants to be in the store. Its outcome is set once, by whoever takes it
   * along.
   */
  static final class Passenger {
    final Outgoing outgoing;
    final Standing base;
    final Footprint footprint;
    final Policy onConflict;
    final Transaction own;

    /** With which it was sent and may have landed; null while it waits. */
    volatile @Nullable Departure sent;

    private volatile @Nullable CommitResult result;
    private volatile @Nullable RuntimeException failure;

    Passenger(
        Outgoing outgoing, Standing base, Footprint footprint, Policy onConflict, Transaction own) {
      this.outgoing = outgoing;
      this.base = base;
      this.footprint = footprint;
      this.onConflict = onConflict;
      this.own = own;
    }

    CommitRequest request() {
      return outgoing.request();
    }

    boolean merges() {
      return onConflict instanceof Policy.Merge;
    }

    void ended(CommitResult how) {
      failure = null;
      result = how;
    }

    void failed(RuntimeException why) {
      failure = why;
    }

    /** Whether it is known what became of it, or that this is not known. */
    boolean isTold() {
      return result != null || failure != null;
    }

    /** What became of it. */
    CommitResult outcome() {
      RuntimeException why = failure;
      if (why != null) {
        // Told once; who repeats the commit asks again.
        failure = null;
        throw why;
      }
      CommitResult how = result;
      if (how == null) {
        throw new IllegalStateException("nobody took the transaction along");
      }
      return how;
    }
  }

  private final List<Passenger> passengers;
  private CommitRequest request;

  /** What others did between the replica's position and the request's base; null when nothing. */
  private @Nullable Graft between;

  /** Of one content that the replica stands on. */
  private final long generation;

  /** An attempt at the request as it is now may have landed. */
  private boolean mayHaveLanded;

  Departure(List<Passenger> passengers, Standing from) {
    this.passengers = new ArrayList<>(passengers);
    this.generation = from.generation;
    this.request = request(passengers, from.position);
  }

  List<Passenger> passengers() {
    return passengers;
  }

  CommitRequest request() {
    return request;
  }

  /** It was sent, and it is not known that nothing of it landed. */
  void mayHaveLanded() {
    mayHaveLanded = true;
  }

  /**
   * What a refusal tells of it that came before the request was looked at, for its token or for too
   * many of them.
   *
   * @return the refusal, or that nobody knows what became of it
   */
  GraftException told(GraftException refusal) {
    return mayHaveLanded
        ? new GraftException.Unavailable(
            "the commit was sent before and may have landed; the same again finds out, but now it"
                + " is refused: "
                + refusal.getMessage(),
            refusal)
        : refusal;
  }

  @Nullable Graft between() {
    return between;
  }

  /** The content that the replica stood on when it left. */
  long generation() {
    return generation;
  }

  /** How many commits came between what it has read and what it is to lie on. */
  long passed() {
    return request.base().lsn().value() - request.snapshot().value();
  }

  /** Goes on from a later commit with those who may; the attempt before has failed for good. */
  void moveOn(List<Passenger> left, Graft soFar) {
    passengers.retainAll(left);
    mayHaveLanded = false;
    between = soFar;
    request = request(passengers, soFar.upto());
  }

  private static CommitRequest request(List<Passenger> passengers, Position base) {
    CommitRequest first = passengers.getFirst().request();
    if (passengers.size() == 1) {
      return on(first, base);
    }
    PageCount count = first.count();
    PageCount smallest = first.smallest();
    Lsn snapshot = base.lsn();
    List<TransactionRecord> transactions = new ArrayList<>();
    List<byte[]> frames = new ArrayList<>();
    PageSet cleared = PageSet.empty();
    for (Passenger passenger : passengers) {
      CommitRequest each = passenger.request();
      if (!each.count().equals(passenger.footprint.before())) {
        count = each.count();
      }
      smallest = smallest.min(each.smallest());
      snapshot = each.snapshot().isBefore(snapshot) ? each.snapshot() : snapshot;
      transactions.addAll(each.transactions());
      if (each.content() instanceof CommitRequest.Content.Inline inline) {
        for (byte[] frame : inline.frames()) {
          FrameOwner unstamped = new FrameOwner.InCommit(each.volume(), Lsn.ZERO);
          frames.add(Frame.restamp(frame, unstamped, frames.size()));
        }
        cleared = cleared.union(inline.cleared());
      }
    }
    return new CommitRequest(
        first.volume(),
        base,
        snapshot,
        count,
        smallest,
        transactions,
        new CommitRequest.Content.Inline(frames, cleared.cut(smallest.value())));
  }

  private static CommitRequest on(CommitRequest request, Position base) {
    return new CommitRequest(
        request.volume(),
        base,
        request.snapshot(),
        request.count(),
        request.smallest(),
        request.transactions(),
        request.content());
  }
}
