package dev.graft.client;

import dev.graft.client.cache.FrameCache;
import dev.graft.client.count.CountingRemote;
import dev.graft.client.count.Counts;
import dev.graft.client.fetch.Background;
import dev.graft.client.fetch.Fetcher;
import dev.graft.client.fetch.Speculation;
import dev.graft.client.view.LeafShelf;
import dev.graft.client.view.MapView;
import dev.graft.client.view.PageFinder;
import dev.graft.client.view.PageOrders;
import dev.graft.client.view.PagesHere;
import dev.graft.client.view.WindowLoader;
import dev.graft.client.write.Outgoing;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.ChangesRequest.Until;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.Forked;
import dev.graft.protocol.remote.Graft;
import dev.graft.protocol.remote.LogPage;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A replica: one current standing, moved by one at a time, read by all. */
final class VolumeReplica implements Replica {
  private final ReplicaOptions options;
  private final CountingRemote remote;
  private final Home home;
  private final FrameCache cache;
  private final Background background;
  private final Speculation speculation;
  private final LeafShelf leaves;
  private final WindowLoader windows;
  private final PageFinder finder;
  private final Hints hints;
  private final Questions questions;
  private final ServerClock clock;
  private final Turn moves;
  private final AtomicLong generations = new AtomicLong();
  private final List<MoveListener> listeners = new CopyOnWriteArrayList<>();

  /** Replaced under {@link #moveLock} only. */
  private volatile Standing current;

  private volatile Position head;
  private volatile boolean diverged;
  private volatile boolean closed;
  private final Object moveLock = new Object();

  VolumeReplica(
      ReplicaOptions options,
      CountingRemote remote,
      Home home,
      Questions questions,
      ServerClock clock,
      FrameCache cache,
      Opened opened) {
    this.options = options;
    this.remote = remote;
    this.home = home;
    this.questions = questions;
    this.clock = clock;
    this.cache = cache;
    this.background = new Background(options.concurrency(), options.limits().backgroundReads());
    this.speculation = new Speculation(options.limits().guesses());
    Fetcher fetcher = new Fetcher(remote, options.concurrency(), cache, background, speculation);
    this.leaves = new LeafShelf(fetcher);
    this.windows = new WindowLoader(leaves);
    this.finder = new PageFinder(windows, cache, fetcher, options.prefetcher().get(), background);
    this.hints =
        new Hints(
            windows,
            fetcher,
            options.concurrency(),
            new PageOrders(windows, cache, fetcher, background),
            this::relocate);
    this.moves = new Turn(options.concurrency());
    this.current = standing(opened);
    this.head = opened.head();
  }

  /** Remembers a fresh opening and orders what is sure to be needed. */
  void start(Opened opened) {
    if (opened.afresh()) {
      finder.opened(current.map(), opened.carried());
      home.began(current, head);
    }
  }

  private Standing standing(Opened opened) {
    return new Standing(
        options.volume(),
        opened.pageSize(),
        opened.position(),
        opened.time(),
        generations.incrementAndGet(),
        new MapView(opened.root()));
  }

  @Override
  public VolumeId volume() {
    return options.volume();
  }

  @Override
  public PageSize pageSize() {
    return current.pageSize;
  }

  @Override
  public Snapshot snapshot() {
    requireOpen();
    return pin(current);
  }

  PinnedSnapshot pin(Standing standing) {
    return new PinnedSnapshot(standing, this);
  }

  PageFinder finder() {
    return finder;
  }

  Hints hints() {
    return hints;
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public Snapshot at(Lsn lsn) {
    requireOpen();
    Standing now = current;
    if (now.position.lsn().equals(lsn)) {
      return pin(now);
    }
    Opened opened = questions.open(new Until.AtLsn(lsn));
    if (opened.position().lsn().isBefore(lsn)) {
      throw new GraftException.NotFound(
          "volume "
              + volume()
              + " has no commit "
              + lsn
              + " yet: its newest is "
              + opened.head().lsn());
    }
    return pinPast(opened);
  }

  @Override
  public Snapshot at(Instant time) {
    requireOpen();
    Opened opened = questions.open(new Until.AtTime(time));
    if (opened.position().lsn().equals(Lsn.ZERO)) {
      throw new GraftException.NotFound(
          "volume " + volume() + " has no commit that is as old as " + time);
    }
    return pinPast(opened);
  }

  private Snapshot pinPast(Opened opened) {
    noteHead(opened.head());
    Standing past = standing(opened);
    finder.opened(past.map(), opened.carried());
    return pin(past);
  }

  @Override
  public Transaction begin() {
    requireOpen();
    return new StagedTransaction(this, pin(current), options, remote, clock, cache, home.folder());
  }

  @Override
  public Changes pull() {
    requireOpen();
    return moves.run(this::pullNow);
  }

  private Changes pullNow() {
    Standing from = current;
    Graft graft;
    try {
      graft = questions.changes(from.position);
    } catch (GraftException.Diverged e) {
      diverged = true;
      throw e;
    }
    noteHead(graft.head());
    if (graft.upto().equals(from.position)) {
      return ChangedPages.none(from.position, from.count());
    }
    return land(from, graft, null);
  }

  /** Moves to where a graft leads. In turn. */
  private Changes land(Standing from, Graft graft, @Nullable Transaction own) {
    Step step = Step.of(from, graft, leaves);
    Standing to =
        new Standing(
            volume(),
            graft.pageSize(),
            graft.upto(),
            graft.uptoTime(),
            generations.incrementAndGet(),
            new MapView(step.after()));
    windows.inherit(from.map(), to.map());
    noteHead(graft.head());
    home.moved(to, head, step);
    Changes changes = ChangedPages.of(graft, from.position, from.count());
    move(from, to, changes, true, own);
    return changes;
  }

  private void move(
      Standing from, Standing to, Changes changes, boolean descendant, @Nullable Transaction own) {
    synchronized (moveLock) {
      for (MoveListener listener : listeners) {
        listener.moved(pin(from), pin(to), changes, descendant, own, false);
      }
      current = to;
    }
  }

  @Override
  public Changes reset() {
    requireOpen();
    return moves.run(() -> {
      Standing from = current;
      Opened opened = questions.open(new Until.Head());
      Standing to = standing(opened);
      head = opened.head();
      home.began(to, head);
      finder.opened(to.map(), opened.carried());
      Changes changes = ChangedPages.all(from.position, from.count(), to.position, to.count());
      move(from, to, changes, false, null);
      diverged = false;
      return changes;
    });
  }

  /**
   * Sends a commit and moves to it. In turn with all other moves, so that nothing comes between the
   * answer and the move.
   */
  CommitResult commit(Outgoing outgoing, Standing base, Transaction own) {
    return moves.run(() ->
        switch (remote.commit(outgoing.request())) {
          case CommitOutcome.Committed committed -> {
            clock.told(committed.graft().serverTime());
            outgoing.keepWritten(cache, committed.position().lsn());
            advance(base, committed, own);
            yield new CommitResult.Committed(committed.position());
          }
          case CommitOutcome.Conflict(Graft graft) -> {
            noteHead(graft.head());
            yield new CommitResult.Conflict(
                base.position, graft.head(), ChangedPages.of(graft, base.position, base.count()));
          }
        });
  }

  private void advance(Standing base, CommitOutcome.Committed committed, Transaction own) {
    Standing now = current;
    if (now == base) {
      land(base, committed.graft(), own);
    } else if (now.position.lsn().isBefore(committed.position().lsn())) {
      pullNow();
    }
    // Else a pull found it already, while its outcome was not known yet.
  }

  /**
   * Asks for the map of the same position again, once for all who met the same stale one.
   *
   * @param stale the map that named an object which is gone
   */
  void relocate(Standing standing, MapView stale) {
    moves.run(() -> {
      if (standing.map() == stale) {
        standing.moved(new MapView(questions.again(standing.position).root()));
        if (standing == current) {
          home.began(standing, head);
        }
      }
      return standing;
    });
  }

  @Override
  public ReplicaStatus status() {
    requireOpen();
    Standing now = current;
    Counts counts = remote.counts();
    return new ReplicaStatus(
        volume(),
        now.pageSize,
        state(now),
        now.position,
        now.time,
        head,
        0,
        0,
        now.count(),
        new PagesHere(leaves, cache).count(now.map()),
        cache.bytes(),
        counts.requests(),
        counts.rounds(),
        counts.bytesIn(),
        speculation.status());
  }

  private ReplicaStatus.State state(Standing now) {
    if (diverged) {
      return ReplicaStatus.State.DIVERGED;
    }
    return head.lsn().isAfter(now.position.lsn())
        ? ReplicaStatus.State.BEHIND
        : ReplicaStatus.State.UP_TO_DATE;
  }

  private synchronized void noteHead(Position seen) {
    if (seen.lsn().isAfter(head.lsn())) {
      head = seen;
    }
  }

  @Override
  public PushResult push(Policy policy, Progress progress) {
    throw new UnsupportedOperationException();
  }

  @Override
  public PushResult rebase(Policy policy) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<PendingCommit> pending() {
    throw new UnsupportedOperationException();
  }

  @Override
  public int discard() {
    throw new UnsupportedOperationException();
  }

  @Override
  public CommitResult revert(Lsn to, CommitOptions options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Forked fork(VolumeId child) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Changes diff(Lsn from, Lsn upto) {
    throw new UnsupportedOperationException();
  }

  @Override
  public LogPage log(int max) {
    requireOpen();
    LogPage page = remote.log(volume(), null, max);
    noteHead(page.head());
    return page;
  }

  @Override
  public void onMove(MoveListener listener) {
    listeners.add(listener);
  }

  private void requireOpen() {
    if (closed) {
      throw new GraftException.Misuse("the replica of " + volume() + " is closed");
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      background.close();
    } catch (InterruptedException e) {
      // The reads that go on then end in a closed cache, which tells them so.
      Thread.currentThread().interrupt();
    }
    cache.close();
    home.close();
  }
}
