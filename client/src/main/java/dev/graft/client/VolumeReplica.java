package dev.graft.client;

import dev.graft.client.cache.CacheStatus;
import dev.graft.client.cache.FrameCache;
import dev.graft.client.count.CountingRemote;
import dev.graft.client.count.Counts;
import dev.graft.client.fetch.Background;
import dev.graft.client.fetch.Fetcher;
import dev.graft.client.fetch.HedgedReads;
import dev.graft.client.fetch.Lender;
import dev.graft.client.fetch.RangeSource;
import dev.graft.client.fetch.Speculation;
import dev.graft.client.local.LocalCommit;
import dev.graft.client.local.LocalFrames;
import dev.graft.client.local.LocalMaker;
import dev.graft.client.turn.Turn;
import dev.graft.client.view.LeafShelf;
import dev.graft.client.view.MapView;
import dev.graft.client.view.PageFinder;
import dev.graft.client.view.PageOrders;
import dev.graft.client.view.PagesHere;
import dev.graft.client.view.WindowLoader;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.ChangesRequest.Until;
import dev.graft.protocol.remote.ForkRequest;
import dev.graft.protocol.remote.Forked;
import dev.graft.protocol.remote.Graft;
import dev.graft.protocol.remote.LogPage;
import dev.graft.protocol.remote.RangeOutcome;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/** A replica: one current standing, moved by one at a time, read by all. */
final class VolumeReplica implements Replica {
  private final ReplicaOptions options;
  private final CountingRemote remote;
  private final Home home;
  private final FrameCache cache;
  private final Background background;
  private final Speculation speculation;
  private final HedgedReads hedged;
  private final LeafShelf leaves;
  private final WindowLoader windows;
  private final PageFinder finder;
  private final Hints hints;
  private final Questions questions;
  private final ServerClock clock;

  /** Of all requests that may move the replica. */
  private final Turn moves;

  /** Of those who ask for the places of pages again. */
  private final Turn relocations;

  private final Line line;
  private final LocalMaker localMaker;
  private final Pusher pusher;
  private final Departures departures;
  private final Reversal reversal;
  private final Differences differences;
  private final Replays replays;
  private volatile Position head;
  private volatile boolean diverged;

  /** Local transactions stand on a commit below the floor. */
  private volatile boolean gone;

  private volatile boolean closed;

  VolumeReplica(
      ReplicaOptions options,
      CountingRemote remote,
      Home home,
      Questions questions,
      ServerClock clock,
      FrameCache cache,
      Lender lender,
      Opened opened) {
    this.options = options;
    this.remote = remote;
    this.home = home;
    this.questions = questions;
    this.clock = clock;
    this.cache = cache;
    this.background = new Background(options.concurrency(), options.limits().backgroundReads());
    this.speculation = new Speculation(options.limits().guesses());
    cache.onEviction(speculation::evicted);
    LocalFrames local = home.local().frames();
    this.hedged =
        new HedgedReads(
            remote::readRange, options.concurrency(), options.limits().guesses().hedgedPercent());
    RangeSource ranges =
        (owner, offset, length) -> {
          RangeOutcome here = local.readRange(owner, offset, length);
          return here != null ? here : hedged.readRange(owner, offset, length);
        };
    Fetcher fetcher =
        new Fetcher(ranges, options.concurrency(), cache, background, speculation, lender);
    this.leaves = new LeafShelf(fetcher);
    this.windows = new WindowLoader(leaves);
    this.finder = new PageFinder(windows, cache, fetcher, options.prefetcher().get(), background);
    this.hints =
        new Hints(
            windows,
            fetcher,
            options.concurrency(),
            new PageOrders(windows, cache, fetcher, background),
            cache,
            this::relocate);
    this.moves = new Turn(options.concurrency());
    this.relocations = new Turn(options.concurrency());
    this.head = opened.head();
    this.line = new Line(this, home, leaves, windows, options.concurrency(), () -> head, opened);
    ReplicaOptions.Limits limits = options.limits();
    this.localMaker =
        new LocalMaker(
            options.volume(),
            opened.pageSize(),
            cache,
            options.ids(),
            clock,
            home.local().disk(),
            limits.segmentBytes());
    this.replays = new Replays(this, line);
    Pushing pushing = new Pushing(options, remote, clock, cache, questions, line);
    ForkAway forks = new ForkAway(remote, line, pushing);
    Patience patience =
        new Patience(
            options.concurrency(),
            options.ids(),
            (newest, max) -> remote.log(options.volume(), newest, max));
    this.pusher =
        new Pusher(
            cache, clock, questions, line, pushing, forks, replays, patience, this::noteHead);
    this.departures =
        new Departures(
            remote,
            cache,
            clock,
            questions,
            line,
            pusher,
            patience,
            moves,
            graft -> noteHead(graft.head()));
    this.reversal =
        new Reversal(
            options.volume(),
            remote,
            options.ids(),
            options.concurrency(),
            clock,
            questions,
            line,
            graft -> noteHead(graft.head()));
    this.differences = new Differences(options.volume(), questions, leaves);
  }

  /** Remembers a fresh opening and orders what is sure to be needed. */
  void start(Opened opened) {
    if (opened.afresh()) {
      finder.opened(line.current().map(), opened.carried());
      home.began(line.ground(), head);
    }
  }

  Line line() {
    return line;
  }

  LocalMaker localMaker() {
    return localMaker;
  }

  Replays replays() {
    return replays;
  }

  /** The other side's time, asked for when it is not known. */
  ServerClock serverClock() {
    questions.askTime(line.ground().position);
    return clock;
  }

  /** A transaction on a standing that need not be current. */
  StagedTransaction begin(PinnedSnapshot base) {
    return new StagedTransaction(this, base, options, remote, cache, home.folder());
  }

  @Override
  public VolumeId volume() {
    return options.volume();
  }

  @Override
  public PageSize pageSize() {
    return line.current().pageSize;
  }

  @Override
  public Snapshot snapshot() {
    requireOpen();
    return line.pin();
  }

  FrameCache cache() {
    return cache;
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
    Standing now = line.current();
    if (now.position.lsn().equals(lsn) && now.pending == 0) {
      return reading(now);
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
    Standing past = line.standing(opened);
    finder.opened(past.map(), opened.carried());
    return reading(past);
  }

  private Snapshot reading(Standing past) {
    return new PinnedSnapshot(past, this, () -> {}, cache);
  }

  @Override
  public Transaction begin() {
    requireOpen();
    return new StagedTransaction(this, line.pin(), options, remote, cache, home.folder());
  }

  @Override
  public Changes pull() {
    requireOpen();
    return moves.run(this::pullNow);
  }

  private Changes pullNow() {
    // What a full disk left half done is ended first: it may move the replica.
    Standing from = line.alone(line::current);
    Graft graft = changes(from.position);
    noteHead(graft.head());
    return line.alone(() -> {
      Standing now = line.current();
      if (now.pending > 0 && BelowFloor.tells(graft, now.position)) {
        gone = true;
        throw BelowFloor.refused(now.position, now.pending);
      }
      boolean stays = now.pending > 0 || graft.upto().equals(now.position);
      return stays
          ? ChangedPages.none(now.position, now.count())
          : line.land(graft, List.of(), false);
    });
  }

  private Graft changes(Position since) {
    return told(() -> questions.changes(since));
  }

  @Override
  public Changes reset() {
    requireOpen();
    return moves.run(() -> {
      Opened opened = questions.open(new Until.Head());
      return line.alone(() -> {
        int pending = line.current().pending;
        if (pending > 0) {
          throw new GraftException.Misuse(
              pending
                  + " local transactions of "
                  + volume()
                  + " would be lost; push them, or discard them first");
        }
        // Before the replica stands there: after a crash in between only the cache is smaller.
        cache.forgetCommits();
        head = opened.head();
        Changes changes = line.jump(opened);
        finder.opened(line.current().map(), opened.carried());
        diverged = false;
        gone = false;
        return changes;
      });
    });
  }

  /** Brings a transaction to the store, perhaps together with others. */
  CommitResult commit(Departure.Passenger passenger) {
    return departures.commit(passenger);
  }

  /**
   * Asks for the map of the same position again, once for all who met the same stale one.
   *
   * @param stale the map that named an object which is gone
   */
  void relocate(Standing standing, MapView stale) {
    relocations.run(() -> {
      if (standing.map() == stale) {
        line.relocate(standing, stale, questions.again(standing.position).root());
      }
      return standing;
    });
  }

  @Override
  public Rehearsal rehearse(boolean cold) {
    requireOpen();
    Standing now = line.ground();
    Opened here =
        new Opened(now.pageSize, now.position, now.time, head, now.root(), List.of(), false);
    return Opening.rehearsal(options, here, cold, cache);
  }

  @Override
  public ReplicaStatus status() {
    requireOpen();
    Standing now = line.current();
    Counts counts = remote.counts();
    return new ReplicaStatus(
        volume(),
        now.pageSize,
        state(now),
        now.position,
        now.time,
        head,
        now.pending,
        now.pending == 0 ? 0 : pendingBytes(),
        now.count(),
        new PagesHere(leaves, cache).count(now.map()),
        cache.bytes(),
        counts.requests(),
        counts.rounds(),
        counts.bytesIn(),
        speculation.status(hedged.hedges(), hedged.won()));
  }

  @Override
  public CacheStatus cacheStatus() {
    requireOpen();
    return cache.status();
  }

  private ReplicaStatus.State state(Standing now) {
    if (diverged) {
      return ReplicaStatus.State.DIVERGED;
    }
    if (gone && now.pending > 0) {
      return ReplicaStatus.State.GONE;
    }
    if (head.lsn().isAfter(now.position.lsn())) {
      return now.pending > 0 ? ReplicaStatus.State.AHEAD_AND_BEHIND : ReplicaStatus.State.BEHIND;
    }
    return now.pending > 0 ? ReplicaStatus.State.AHEAD : ReplicaStatus.State.UP_TO_DATE;
  }

  private long pendingBytes() {
    return line.look(line::pending).stream().mapToLong(LocalCommit::bytes).sum();
  }

  private synchronized void noteHead(Position seen) {
    if (seen.lsn().isAfter(head.lsn())) {
      head = seen;
    }
  }

  @Override
  public PushResult push(Policy policy, Progress progress) {
    requireOpen();
    return moves.run(() -> {
      PushResult result = told(() -> pusher.push(policy, progress));
      line.alone(() -> {
        replays.forgetOthers();
        if (result instanceof PushResult.Conflict) {
          // The next process is to know that others were first, too.
          home.sawHead(line.ground(), head);
        }
        return true;
      });
      if (result instanceof PushResult.Forked) {
        goToHead();
      }
      return result;
    });
  }

  @Override
  public PushResult rebase(Policy policy) {
    requireOpen();
    return moves.run(() -> told(() -> pusher.rebase(policy)));
  }

  /** The local transactions are elsewhere: this replica follows its own volume again. */
  private void goToHead() {
    try {
      pullNow();
    } catch (GraftException.Unavailable e) {
      // The fork is made, which is what was asked; the next pull goes there.
      return;
    }
  }

  /** Notes that the history is another one, or begins above this replica. */
  private <T> T told(Supplier<T> work) {
    try {
      T result = work.get();
      gone = false;
      return result;
    } catch (GraftException.Diverged e) {
      diverged = true;
      throw e;
    } catch (GraftException.Gone e) {
      gone = true;
      throw e;
    }
  }

  @Override
  public List<PendingCommit> pending() {
    requireOpen();
    return line.alone(line::pending).stream().map(PendingCommit::of).toList();
  }

  @Override
  public int discard() {
    requireOpen();
    return moves.run(() -> {
      int dropped =
          line.alone(() -> {
            pusher.requireDecided();
            int count = line.discard();
            replays.forgetOthers();
            return count;
          });
      return dropped;
    });
  }

  @Override
  public CacheProof proveCache() {
    requireOpen();
    return CacheProof.of(cache);
  }

  @Override
  public CommitResult revert(Lsn to, CommitOptions how) {
    requireOpen();
    return moves.run(() -> reversal.revert(to, how));
  }

  @Override
  public Forked fork(VolumeId child) {
    requireOpen();
    Standing now = line.current();
    if (now.pending > 0) {
      throw new GraftException.Misuse(
          now.pending
              + " local transactions of "
              + volume()
              + " would not be in the fork: push them first, or push them into a fork");
    }
    return remote.fork(new ForkRequest(volume(), now.position, child));
  }

  @Override
  public Changes diff(Lsn from, Lsn upto) {
    requireOpen();
    return differences.between(from, upto);
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
    line.onMove(listener);
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
