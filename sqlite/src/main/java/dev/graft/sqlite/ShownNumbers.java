package dev.graft.sqlite;

import dev.graft.client.Changes;
import dev.graft.client.MoveListener;
import dev.graft.client.Snapshot;
import dev.graft.client.Transaction;
import dev.graft.protocol.page.PageSet;
import org.jspecify.annotations.Nullable;

/**
 * The numbers that page 1 shows to SQLite in place of the stored change counter (bytes 24 and 92)
 * and schema cookie (byte 40).
 *
 * <p>SQLite keeps its page cache while the counter stands still, and its schema while the cookie
 * does. Stored numbers repeat on diverged branches and after a revert, so that a connection would
 * go on with pages and schemas of another history. The shown ones strictly grow in this process at
 * every move of the replica: no two snapshots of different content are ever shown under one number.
 * After an own commit they are what SQLite itself wrote, so that the committing connection keeps
 * its cache and all others drop theirs; but when the commit was merged with others' pages, that
 * connection has to drop its cache as well, and is shown a number that nobody wrote.
 *
 * <p>Numbers wrap at 32 bits as SQLite's do; "newer" is told by their difference.
 */
final class ShownNumbers implements MoveListener {
  /**
   * How one snapshot is shown.
   *
   * @param generation of the snapshot
   * @param counter at bytes 24 and 92
   * @param cookie at byte 40
   * @param before how the snapshot before it is shown, for a reader who still holds that one
   */
  record View(long generation, int counter, int cookie, @Nullable View before) {}

  /** What SQLite wrote in a commit that is under way, and what became of it. */
  static final class Written {
    private final Transaction transaction;
    private final int counter;
    private final int cookie;
    private final int baseCounter;
    private final PageSet pages;

    /** Set by the move that the commit makes, on the committing thread. */
    private volatile long generation = NOT_MOVED;

    private volatile boolean alone;

    /**
     * @param transaction whose commit it is
     * @param counter that SQLite wrote
     * @param cookie that SQLite wrote
     * @param baseCounter under which the transaction's snapshot is shown
     */
    Written(Transaction transaction, int counter, int cookie, int baseCounter) {
      this.transaction = transaction;
      this.counter = counter;
      this.cookie = cookie;
      this.baseCounter = baseCounter;
      this.pages = transaction.writeSet();
    }

    int counter() {
      return counter;
    }

    int cookie() {
      return cookie;
    }

    /** The pages that the transaction wrote. */
    PageSet pages() {
      return pages;
    }

    /** The generation of the snapshot that the commit made current, or {@link #NOT_MOVED}. */
    long generation() {
      return generation;
    }

    /** Whether that snapshot is the transaction's own with nothing but what it wrote over it. */
    boolean alone() {
      return alone;
    }
  }

  /** No generation: the commit's own move was not seen. */
  static final long NOT_MOVED = Long.MIN_VALUE;

  /** Replaced under this object's lock; read by anyone. */
  private volatile View current;

  private volatile @Nullable Written written;

  /** The newest number ever shown; guarded by this object's lock. */
  private int newestCounter = 1;

  private int newestCookie = 1;

  /** Starts before the first move is known of: {@link #startAt} follows. */
  ShownNumbers() {
    current = new View(Long.MIN_VALUE, 1, 1, null);
  }

  /** Tells which snapshot was current when this object began to listen. */
  synchronized void startAt(Snapshot first) {
    if (first.generation() > current.generation()) {
      current = new View(first.generation(), newestCounter, newestCookie, null);
    }
  }

  /** How a snapshot that was just pinned is shown; null when it is older than the last two. */
  @Nullable View of(long generation) {
    View now = current;
    if (now.generation() == generation) {
      return now;
    }
    View before = now.before();
    return before != null && before.generation() == generation ? before : null;
  }

  /** Whether a snapshot is shown under a counter: it then holds what all others under it hold. */
  boolean isShownAs(Snapshot snapshot, int counter) {
    View view = of(snapshot.generation());
    return view != null && view.counter() == counter;
  }

  /** Announces what SQLite wrote, before the commit. */
  void announce(Written what) {
    written = what;
  }

  /**
   * Ends what {@link #announce} began. SQLite may keep pages under the numbers that it wrote even
   * when no commit came of them (it wrote nothing new, or the commit failed), so they are used up:
   * nothing else is ever shown under them.
   */
  synchronized void retire(Written what) {
    written = null;
    newestCounter = newer(newestCounter, what.counter);
    newestCookie = newer(newestCookie, what.cookie);
  }

  private static int newer(int a, int b) {
    return b - a > 0 ? b : a;
  }

  @Override
  public synchronized void moved(
      Snapshot from,
      Snapshot to,
      Changes changes,
      boolean descendant,
      @Nullable Transaction own,
      boolean merged) {
    View last = current;
    Written mine = written;
    int counter = newestCounter + 1;
    int cookie = last.cookie();
    if (own != null && mine != null && mine.transaction == own) {
      mine.alone = !merged && last.counter() == mine.baseCounter;
      mine.generation = to.generation();
      if (mine.alone && mine.counter - newestCounter > 0) {
        counter = mine.counter;
      }
      if (mine.cookie != last.cookie() || !mine.alone && changes.pages().contains(1)) {
        cookie = mine.alone && mine.cookie - newestCookie > 0 ? mine.cookie : newestCookie + 1;
      }
    } else if (!descendant || changes.whole() || changes.pages().contains(1)) {
      cookie = newestCookie + 1;
    }
    newestCounter = newer(newestCounter, counter);
    newestCookie = newer(newestCookie, cookie);
    current =
        new View(
            to.generation(),
            counter,
            cookie,
            new View(last.generation(), last.counter(), last.cookie(), null));
  }
}
