package dev.graft.client;

import dev.graft.client.Departure.Passenger;
import dev.graft.client.local.LocalCommit;
import dev.graft.client.local.LocalLog;
import dev.graft.client.local.LocalMaker;
import dev.graft.client.turn.Turn;
import dev.graft.client.view.LeafShelf;
import dev.graft.client.view.MapView;
import dev.graft.client.view.WindowLoader;
import dev.graft.concurrency.Concurrency;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.map.Maps;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.remote.Graft;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The line of standings of one replica: a commit of the store, local commits on top, and how the
 * one that is current is replaced by the next. Whatever moves it takes its turn; readers take none.
 */
final class Line {
  /** A local commit that is in the log and perhaps not durable yet. */
  private static final class Arriving {
    final LocalCommit commit;
    final long upTo;
    final Standing from;
    final Standing to;
    final Changes changes;
    final Transaction own;
    final boolean merged;

    /** Set under the move lock. */
    volatile boolean takenBack;

    Arriving(
        LocalLog.Added added,
        Standing from,
        Standing to,
        Changes changes,
        Transaction own,
        boolean merged) {
      this.commit = added.commit();
      this.upTo = added.upTo();
      this.from = from;
      this.to = to;
      this.changes = changes;
      this.own = own;
      this.merged = merged;
    }
  }

  private final VolumeReplica replica;
  private final Home home;
  private final LocalLog log;
  private final LeafShelf leaves;
  private final WindowLoader windows;
  private final Supplier<Position> head;
  private final Turn turn;
  private final AtomicLong generations = new AtomicLong();
  private final AtomicLong serials = new AtomicLong();
  private final Pins pins = new Pins();
  private final List<MoveListener> listeners = new CopyOnWriteArrayList<>();

  /** Guards what becomes current, and the order in which it does. */
  private final Object moveLock = new Object();

  /** Guarded by the move lock; oldest first. */
  private final ArrayDeque<Arriving> arriving = new ArrayDeque<>();

  /** Replaced under the move lock only. */
  private volatile Standing current;

  /** The current standing without local commits. Replaced in turn. */
  private volatile Standing ground;

  /** The home does not know the newest places of the ground's pages. */
  private volatile boolean placesMoved;

  /** In turn. */
  private final PastMoves past = new PastMoves();

  /** Segments of a push that ended in a rebase. In turn. */
  private List<SegmentId> unused = List.of();

  /** Stands on what was opened, with the local commits that the log knows. */
  Line(
      VolumeReplica replica,
      Home home,
      LeafShelf leaves,
      WindowLoader windows,
      Concurrency concurrency,
      Supplier<Position> head,
      Opened opened) {
    this.replica = replica;
    this.home = home;
    this.log = home.local();
    this.leaves = leaves;
    this.windows = windows;
    this.head = head;
    this.turn = new Turn(concurrency);
    this.ground = standing(opened);
    this.current = ground;
    this.current = onGround(ground, ground.generation, log.pending());
  }

  /** A standing on a commit of the store, with a content of its own. */
  Standing standing(Opened opened) {
    return new Standing(
        replica.volume(),
        opened.pageSize(),
        opened.position(),
        opened.time(),
        generations.incrementAndGet(),
        serials.incrementAndGet(),
        0,
        null,
        new MapView(opened.root()));
  }

  private Standing standing(Graft graft, Root root) {
    return new Standing(
        replica.volume(),
        graft.pageSize(),
        graft.upto(),
        graft.uptoTime(),
        generations.incrementAndGet(),
        serials.incrementAndGet(),
        0,
        null,
        new MapView(root));
  }

  /** Local commits on a commit of the store. */
  private Standing onGround(Standing below, long generation, List<LocalCommit> commits) {
    Root local = Deltas.sum(commits);
    if (local == null && below.generation == generation) {
      return below;
    }
    return new Standing(
        below.volume,
        below.pageSize,
        below.position,
        below.time,
        generation,
        serials.incrementAndGet(),
        commits.size(),
        local,
        new MapView(local == null ? below.root() : Maps.lay(local, below.root(), leaves)));
  }

  Standing current() {
    return current;
  }

  /** Pins what is current. No I/O. */
  PinnedSnapshot pin() {
    while (true) {
      Standing now = current;
      pins.pin(now);
      if (now == current) {
        return new PinnedSnapshot(now, replica, () -> pins.unpin(now), replica.cache());
      }
      pins.unpin(now);
    }
  }

  /** A standing that is shown and not read through. */
  PinnedSnapshot outside(Standing standing) {
    return new PinnedSnapshot(standing, replica);
  }

  void onMove(MoveListener listener) {
    listeners.add(listener);
  }

  /** Looks at the line and changes nothing, not even on a full disk that has to be mended first. */
  <T> T look(Supplier<T> work) {
    return turn.run(work);
  }

  /** Runs work that changes the line, when everything local that came before is durable. */
  <T> T alone(Supplier<T> work) {
    return turn.run(() -> {
      settle();
      if (placesMoved) {
        placesMoved = false;
        home.sawHead(ground, head.get());
      }
      return work.get();
    });
  }

  /** In turn. */
  private void settle() {
    List<Arriving> open;
    synchronized (moveLock) {
      open = List.copyOf(arriving);
    }
    if (!open.isEmpty()) {
      try {
        log.sync(open.getLast().upTo);
      } catch (RuntimeException e) {
        // Their own threads are told.
        takeBack();
      }
      publish();
    }
    repair();
  }

  /**
   * Ends what the disk did not let end: the standing log has it, the local log has not. In turn.
   */
  private void repair() {
    List<SegmentId> left = log.decide(ground.position);
    Standing from = current;
    if (left != null && !from.position.equals(ground.position)) {
      Standing to = onGround(ground, generations.incrementAndGet(), log.pending());
      Changes changes = ChangedPages.all(from.position, from.count(), to.position, to.count());
      move(to, changes, false, null, false);
      giveUp(left, from);
    }
  }

  /** The local commits, oldest first. Alone. */
  List<LocalCommit> pending() {
    return log.pending();
  }

  LocalLog log() {
    return log;
  }

  Standing ground() {
    return ground;
  }

  /**
   * Makes a local commit durable, then current.
   *
   * @param base what the transaction read
   * @param merge whether it may go on top of what it neither read nor wrote
   */
  CommitResult commit(
      LocalMaker.Made made, Standing base, Footprint footprint, boolean merge, Transaction own) {
    Object added = turn.run(() -> add(made, base, footprint, merge, own));
    if (added instanceof CommitResult result) {
      return result;
    }
    Arriving mine = (Arriving) added;
    try {
      log.sync(mine.upTo);
    } catch (RuntimeException e) {
      turn.run(() -> {
        takeBack();
        return true;
      });
      throw e;
    }
    publish();
    if (mine.takenBack) {
      throw new GraftException.Unavailable(
          "the local log could not be synced to the disk: the transaction is not committed");
    }
    return new CommitResult.Local(mine.to.pending);
  }

  private Object add(
      LocalMaker.Made made, Standing base, Footprint footprint, boolean merge, Transaction own) {
    home.settle(ground, head.get());
    Standing tip = tip();
    boolean moved = tip.generation != base.generation;
    if (moved) {
      CommitResult.Conflict conflict = conflict(base, tip, footprint, merge);
      if (conflict != null) {
        return conflict;
      }
    }
    LocalLog.Added added = log.append(made, ground.position);
    Root delta = added.commit().delta();
    Standing to = onTop(tip, delta);
    PageSet pages = ChangedPages.of(delta, tip.count());
    Changes changes = new Changes(tip.position, to.position, pages, to.count(), false);
    past.add(tip.generation, changes);
    Arriving arrived = new Arriving(added, tip, to, changes, own, moved);
    synchronized (moveLock) {
      arriving.add(arrived);
    }
    return arrived;
  }

  private Standing onTop(Standing tip, Root delta) {
    Standing to =
        new Standing(
            tip.volume,
            tip.pageSize,
            tip.position,
            tip.time,
            generations.incrementAndGet(),
            serials.incrementAndGet(),
            tip.pending + 1,
            tip.local == null ? delta : Maps.lay(delta, tip.local),
            new MapView(Step.folded(Maps.lay(delta, tip.root(), leaves), leaves)));
    windows.inherit(tip.map(), to.map());
    return to;
  }

  /** The newest standing, durable or not. In turn. */
  private Standing tip() {
    synchronized (moveLock) {
      return arriving.isEmpty() ? current : arriving.getLast().to;
    }
  }

  /** Whether a transaction cannot go on top of a later standing; null when it can. In turn. */
  CommitResult.@Nullable Conflict conflict(
      Standing base, Standing tip, Footprint footprint, boolean merge) {
    PageSet changed = past.since(base.generation);
    if (merge && changed != null && footprint.isUntouchedBy(changed, tip.count())) {
      return null;
    }
    Changes changes =
        changed == null
            ? ChangedPages.all(base.position, base.count(), tip.position, tip.count())
            : new Changes(base.position, tip.position, changed, tip.count(), false);
    return new CommitResult.Conflict(base.position, tip.position, changes);
  }

  /** Makes current what is durable, in order. */
  private void publish() {
    synchronized (moveLock) {
      while (!arriving.isEmpty() && log.isSynced(arriving.getFirst().upTo)) {
        Arriving next = arriving.removeFirst();
        tell(next.from, next.to, next.changes, true, next.own, next.merged);
        current = next.to;
      }
    }
  }

  /** Takes back what could not be made durable. In turn. */
  private void takeBack() {
    publish();
    List<LocalCommit> lost = new ArrayList<>();
    synchronized (moveLock) {
      for (Arriving each : arriving) {
        each.takenBack = true;
        lost.add(each.commit);
        past.takeBack();
      }
      arriving.clear();
    }
    if (!lost.isEmpty()) {
      log.takeBack(lost);
    }
  }

  private void tell(
      Standing from,
      Standing to,
      Changes changes,
      boolean descendant,
      @Nullable Transaction own,
      boolean merged) {
    for (MoveListener listener : listeners) {
      listener.moved(outside(from), outside(to), changes, descendant, own, merged);
    }
  }

  /** Makes a standing current and tells of it. Alone. */
  private void move(
      Standing to, Changes changes, boolean descendant, @Nullable Transaction own, boolean merged) {
    Standing from = current;
    if (descendant) {
      past.add(from.generation, changes);
    } else {
      past.clear();
    }
    synchronized (moveLock) {
      tell(from, to, changes, descendant, own, merged);
      current = to;
    }
  }

  /**
   * Moves to where a graft leads; nothing local lies on top. Alone.
   *
   * @param own whose commit it brings; perhaps nobody's
   * @param merged whether it brings others' work, too
   */
  Changes land(Graft graft, List<Passenger> own, boolean merged) {
    Standing from = current;
    Step step = Step.of(ground, graft, leaves);
    List<Standing> steps = new ArrayList<>();
    for (int i = 0; i < Math.max(1, own.size()); i++) {
      steps.add(standing(graft, step.after()));
    }
    Standing to = steps.getLast();
    windows.inherit(from.map(), to.map());
    home.moved(to, head.get(), step);
    ground = to;
    Changes changes = ChangedPages.of(graft, from.position, from.count());
    past.add(from.generation, changes);
    synchronized (moveLock) {
      Standing before = from;
      for (int i = 0; i < steps.size(); i++) {
        Passenger each = own.isEmpty() ? null : own.get(i);
        boolean more = each != null && (merged || i > 0 || each.base.generation != from.generation);
        tell(before, steps.get(i), changes, true, each == null ? null : each.own, more);
        before = steps.get(i);
      }
      current = to;
    }
    return changes;
  }

  /**
   * A push has landed: the oldest local commits are a commit of the store now. The content is what
   * it was. Alone.
   *
   * @param graft of that commit, from the ground
   */
  void landed(Graft graft) {
    Standing from = current;
    if (!graft.from().equals(ground.position)) {
      throw new IllegalStateException(
          "a push from " + graft.from() + " cannot land on " + ground.position);
    }
    Step step = Step.of(ground, graft, leaves);
    Standing below = standing(graft, step.after());
    stand(below, step);
    List<SegmentId> left = log.landed(below.position);
    Standing to = onGround(below, from.generation, log.pending());
    windows.inherit(from.map(), to.map());
    synchronized (moveLock) {
      current = to;
    }
    giveUp(left, from);
  }

  /** The segments of the push that the last rebase ended were given up or serve another. Alone. */
  void reused(List<SegmentId> used) {
    List<SegmentId> left = new ArrayList<>(unused);
    left.removeAll(used);
    unused = List.of();
    giveUp(left, current);
  }

  /** Gives up what only standings up to the current one need. Alone. */
  void unneeded(List<SegmentId> left) {
    giveUp(left, current);
  }

  /** Gives up what only older standings need. Alone. */
  private void giveUp(List<SegmentId> left, Standing upTo) {
    if (!left.isEmpty()) {
      pins.whenUnpinned(upTo.serial, () -> log.frames().release(left));
    }
    log.trim();
  }

  /**
   * Others committed: the local commits are laid on their head. Alone.
   *
   * @param graft from the ground to that head
   */
  void rebase(Graft graft) {
    Standing from = current;
    Step step = Step.of(ground, graft, leaves);
    Standing below = standing(graft, step.after());
    // The segments of a push serve the next: whoever rebases begins it or gives them up.
    List<SegmentId> kept = log.rebase(below.position, 0);
    stand(below, step);
    giveUp(log.rebased(below.position), from);
    unused = kept;
    Standing to = onGround(below, generations.incrementAndGet(), log.pending());
    windows.inherit(from.map(), to.map());
    move(to, ChangedPages.of(graft, from.position, from.count()), true, null, false);
  }

  /** The folder remembers that it stands there, or nothing is changed. */
  private void stand(Standing below, Step step) {
    home.moved(below, head.get(), step);
    home.settle(below, head.get());
    ground = below;
  }

  /** Where the replica would stand without local commits after a graft; not current yet. Alone. */
  Draft draft(Graft graft) {
    Step step = Step.of(ground, graft, leaves);
    return new Draft(graft, step, standing(graft, step.after()));
  }

  /** A line of local commits that is to take the place of the one that is there. In turn. */
  final class Draft {
    private final Graft graft;
    private final Step step;
    private final Standing below;
    private final long number = serials.incrementAndGet();
    private Standing tip;

    /** Whether the replica stands where it leads: then it counts, come what may. */
    private boolean counts;

    private Draft(Graft graft, Step step, Standing below) {
      this.graft = graft;
      this.step = step;
      this.below = below;
      this.tip = below;
    }

    /** The newest standing of the draft. */
    PinnedSnapshot pin() {
      return outside(tip);
    }

    /** Puts a commit on top. */
    void add(LocalMaker.Made made) {
      LocalCommit commit = log.draft(made, below.position, number).commit();
      tip = onTop(tip, commit.delta());
    }

    /** Takes the place of what is there, all or nothing. */
    void finish() {
      Standing from = current;
      List<SegmentId> left = new ArrayList<>(log.rebase(below.position, number));
      stand(below, step);
      counts = true;
      left.addAll(log.rebased(below.position));
      giveUp(left, from);
      PageSet pages = ChangedPages.of(graft, from.position, from.count()).pages();
      pages = pages.union(localPages(from)).union(localPages(tip));
      move(
          tip,
          new Changes(from.position, tip.position, pages, tip.count(), false),
          false,
          null,
          false);
    }

    /** Leaves everything as it was. */
    void drop() {
      if (!counts) {
        log.dropDrafts();
      }
    }
  }

  /** The pages in which a standing may differ from the commit that it lies on. */
  private static PageSet localPages(Standing standing) {
    Root local = standing.local;
    return local == null ? PageSet.empty() : ChangedPages.of(local, standing.count());
  }

  /** Nothing of the push can land. Alone. */
  void refused() {
    giveUp(log.refused(ground.position), current);
  }

  /** Gives up all local commits and moves back to the commit that they lie on. Alone. */
  int discard() {
    Standing from = current;
    int dropped = from.pending;
    if (dropped == 0) {
      return 0;
    }
    List<SegmentId> left = log.drop();
    Standing to = onGround(ground, generations.incrementAndGet(), List.of());
    windows.inherit(from.map(), to.map());
    Changes changes =
        new Changes(
            from.position,
            to.position,
            ChangedPages.of(Objects.requireNonNull(from.local), to.count()),
            to.count(),
            false);
    ground = to;
    move(to, changes, false, null, false);
    giveUp(left, from);
    return dropped;
  }

  /** Moves to a whole snapshot; nothing local lies on top. Alone. */
  Changes jump(Opened opened) {
    Standing from = current;
    Standing to = standing(opened);
    home.began(to, opened.head());
    ground = to;
    Changes changes = ChangedPages.all(from.position, from.count(), to.position, to.count());
    move(to, changes, false, null, false);
    return changes;
  }

  /**
   * Takes other places for the pages of a position. Never waits for the turn: who has it may be the
   * one that reads, in the middle of a replay. The home is told with the next turn.
   */
  void relocate(Standing standing, MapView stale, Root places) {
    synchronized (moveLock) {
      if (standing.map() != stale) {
        return;
      }
      standing.moved(places);
      Standing below = ground;
      if (standing.position.equals(below.position)) {
        if (below != standing) {
          below.moved(places);
        }
        placesMoved = true;
      }
    }
  }
}
