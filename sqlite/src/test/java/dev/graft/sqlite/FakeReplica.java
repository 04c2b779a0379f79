package dev.graft.sqlite;

import dev.graft.client.CacheProof;
import dev.graft.client.Changes;
import dev.graft.client.CommitOptions;
import dev.graft.client.CommitResult;
import dev.graft.client.MoveListener;
import dev.graft.client.PendingCommit;
import dev.graft.client.Policy;
import dev.graft.client.Progress;
import dev.graft.client.PushResult;
import dev.graft.client.Replica;
import dev.graft.client.ReplicaStatus;
import dev.graft.client.Snapshot;
import dev.graft.client.Transaction;
import dev.graft.client.cache.CacheStatus;
import dev.graft.client.prefetch.PrefetchStatus;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.IdempotencyKey;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.Forked;
import dev.graft.protocol.remote.LogPage;
import dev.graft.protocol.remote.VolumeInfo;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A replica of a {@link FakeVolume} that has all pages, and fails where it is told to. */
@org.jspecify.annotations.NullUnmarked
final class FakeReplica implements Replica {
  private final FakeVolume volume;
  private final List<MoveListener> listeners = new CopyOnWriteArrayList<>();
  private volatile FakeVolume.State current;
  private volatile long generation;

  /** The commit that local transactions stand on. */
  private FakeVolume.State ground;

  private final List<Local> local = new ArrayList<>();

  private record Local(PageSet reads, PageSet writes, byte[][] pages, CommitOptions options) {}

  final AtomicInteger openPins = new AtomicInteger();

  /** What each goes wrong with, when not null. */
  volatile RuntimeException failReads;

  /** How many reads go well before {@link #failReads} counts. */
  final AtomicInteger goodReads = new AtomicInteger();

  volatile RuntimeException failWrites;
  volatile RuntimeException failCommits;

  /** Runs before each commit is tried. */
  volatile Runnable beforeCommit = () -> {};

  /** Runs when a commit has landed, before the committer hears of it. */
  volatile Runnable afterCommit = () -> {};

  volatile PageSet lastReadSet = PageSet.empty();
  volatile PageSet lastWriteSet = PageSet.empty();
  volatile CommitOptions lastOptions = CommitOptions.NONE;
  final AtomicInteger commits = new AtomicInteger();
  final AtomicInteger forks = new AtomicInteger();
  final AtomicInteger reverts = new AtomicInteger();

  FakeReplica(FakeVolume volume) {
    this.volume = volume;
    this.current = volume.head();
    this.ground = current;
  }

  @Override
  public VolumeId volume() {
    return volume.id;
  }

  @Override
  public PageSize pageSize() {
    return volume.pageSize;
  }

  @Override
  public synchronized Snapshot snapshot() {
    return new FakeSnapshot(current, generation);
  }

  @Override
  public synchronized Snapshot at(Lsn lsn) {
    return new FakeSnapshot(volume.at(lsn), -1 - lsn.value());
  }

  @Override
  public Snapshot at(Instant time) {
    FakeVolume.State found =
        volume.branch().reversed().stream()
            .filter(state -> !state.time().isAfter(time))
            .findFirst()
            .orElseThrow();
    return at(found.position().lsn());
  }

  @Override
  public synchronized Transaction begin() {
    return new FakeTransaction(new FakeSnapshot(current, generation));
  }

  @Override
  public synchronized Changes pull() {
    if (!local.isEmpty()) {
      return changes(ground, volume.head());
    }
    return move(volume.head(), null, descends(volume.head()));
  }

  @Override
  public Changes reset() {
    return pull();
  }

  private boolean descends(FakeVolume.State head) {
    Position mine = current.position();
    return head.position().lsn().compareTo(mine.lsn()) >= 0
        && volume.at(mine.lsn()).position().equals(mine);
  }

  /** Moves to any state, as a merge or a checkout would. */
  synchronized Changes move(FakeVolume.State to, Transaction own, boolean descendant) {
    FakeVolume.State from = current;
    Changes changes = changes(from, to);
    if (from == to) {
      return changes;
    }
    if (local.isEmpty()) {
      ground = to;
    }
    FakeSnapshot before = new FakeSnapshot(from, generation);
    FakeSnapshot after = new FakeSnapshot(to, generation + 1);
    for (MoveListener listener : listeners) {
      listener.moved(before, after, changes, descendant, own, false);
    }
    before.close();
    after.close();
    current = to;
    generation++;
    return changes;
  }

  private static Changes changes(FakeVolume.State from, FakeVolume.State to) {
    PageSet.Builder pages = PageSet.builder();
    int most = Math.max(from.pages().length, to.pages().length);
    for (int i = 0; i < most; i++) {
      byte[] a = i < from.pages().length ? from.pages()[i] : null;
      byte[] b = i < to.pages().length ? to.pages()[i] : null;
      if (a != b) {
        pages.add(i + 1);
      }
    }
    return new Changes(
        from.position(), to.position(), pages.build(), new PageCount(to.pages().length), false);
  }

  @Override
  public CacheStatus cacheStatus() {
    return new CacheStatus(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  @Override
  public synchronized ReplicaStatus status() {
    return new ReplicaStatus(
        volume.id,
        volume.pageSize,
        current.position().equals(volume.head().position())
            ? ReplicaStatus.State.UP_TO_DATE
            : ReplicaStatus.State.BEHIND,
        current.position(),
        current.time(),
        volume.head().position(),
        local.size(),
        100L * local.size(),
        new PageCount(current.pages().length),
        current.pages().length,
        0,
        1,
        1,
        0,
        PrefetchStatus.NONE);
  }

  @Override
  public synchronized PushResult push(Policy policy, Progress progress) {
    PushResult laid = rebase(policy);
    if (laid instanceof PushResult.Conflict || local.isEmpty()) {
      return laid;
    }
    int transactions = local.size();
    FakeVolume.State pushed = volume.append(ground.position(), current.pages());
    local.clear();
    // No move: the content is what it was.
    current = pushed;
    ground = pushed;
    return new PushResult.Pushed(pushed.position(), transactions, 1);
  }

  @Override
  public synchronized PushResult rebase(Policy policy) {
    FakeVolume.State head = volume.head();
    Changes others = changes(ground, head);
    if (local.isEmpty() || ground.position().equals(head.position())) {
      return new PushResult.Nothing();
    }
    byte[][] pages = head.pages();
    List<Local> laid = new ArrayList<>();
    for (Local each : local) {
      switch (policy) {
        case Policy.Merge merge
            when each.reads.union(each.writes).intersection(others.pages()).isEmpty() -> {
          byte[][] onto = Arrays.copyOf(pages, Math.max(pages.length, each.pages.length));
          each.writes.forEach(page -> onto[(int) page - 1] = each.pages[(int) page - 1]);
          pages = onto;
          laid.add(new Local(each.reads, each.writes, pages, each.options));
        }
        case Policy.Replay replay -> {
          var state = new FakeVolume.State(head.position(), head.parent(), pages, head.time());
          try (var onto = new FakeTransaction(new FakeSnapshot(state, generation))) {
            replay.replayer().replay(each.options.mutation().orElseThrow(), onto);
            pages = onto.pages;
            laid.add(new Local(onto.readSet(), onto.writeSet(), pages, each.options));
          }
        }
        default -> {
          return new PushResult.Conflict(
              ground.position(), head.position(), others, local.size(), "others came first");
        }
      }
    }
    local.clear();
    local.addAll(laid);
    ground = head;
    move(new FakeVolume.State(head.position(), head.parent(), pages, head.time()), null, false);
    return new PushResult.Pushed(head.position(), 0, 0);
  }

  @Override
  public synchronized List<PendingCommit> pending() {
    return local.stream()
        .map(each ->
            new PendingCommit(
                new IdempotencyKey(3, 4),
                Instant.EPOCH,
                each.options.author(),
                each.options.message(),
                each.reads,
                each.writes,
                each.options.mutation(),
                100))
        .toList();
  }

  @Override
  public CacheProof proveCache() {
    return new CacheProof(0, 0);
  }

  @Override
  public synchronized int discard() {
    int given = local.size();
    local.clear();
    move(ground, null, false);
    return given;
  }

  @Override
  public synchronized CommitResult revert(Lsn to, CommitOptions options) {
    reverts.incrementAndGet();
    FakeVolume.State next = volume.append(current.position(), volume.at(to).pages());
    if (next == null) {
      FakeVolume.State head = volume.head();
      return new CommitResult.Conflict(current.position(), head.position(), changes(current, head));
    }
    move(next, null, true);
    return new CommitResult.Committed(next.position());
  }

  @Override
  public Forked fork(VolumeId child) {
    forks.incrementAndGet();
    return new Forked(
        new VolumeInfo(child, volume.pageSize, Instant.EPOCH, Hash.sha256(new byte[0])),
        current.position(),
        Instant.EPOCH);
  }

  @Override
  public Changes diff(Lsn from, Lsn upto) {
    return changes(volume.at(from), volume.at(upto));
  }

  @Override
  public LogPage log(int max) {
    return new LogPage(
        volume.head().position(),
        Lsn.ZERO,
        volume.newest(max).stream()
            .map(state ->
                new LogPage.Entry(
                    state.position(),
                    state.time(),
                    state.parent().lsn(),
                    new PageCount(state.pages().length),
                    -1,
                    List.of(
                        new TransactionRecord(
                            new IdempotencyKey(1, 2),
                            Hash.sha256(new byte[0]),
                            state.time(),
                            "me",
                            "a commit"))))
            .toList());
  }

  @Override
  public void onMove(MoveListener listener) {
    listeners.add(listener);
  }

  @Override
  public void close() {}

  private final class FakeSnapshot implements Snapshot {
    private final FakeVolume.State state;
    private final long generation;
    private boolean closed;

    FakeSnapshot(FakeVolume.State state, long generation) {
      this.state = state;
      this.generation = generation;
      openPins.incrementAndGet();
    }

    @Override
    public int pending() {
      return local.size();
    }

    @Override
    public VolumeId volume() {
      return volume.id;
    }

    @Override
    public Position position() {
      return state.position();
    }

    @Override
    public Instant time() {
      return state.time();
    }

    @Override
    public PageCount pageCount() {
      return new PageCount(state.pages().length);
    }

    @Override
    public PageSize pageSize() {
      return volume.pageSize;
    }

    @Override
    public long generation() {
      return generation;
    }

    @Override
    public void read(long pageIdx, int inPage, MemorySegment target, long at, int length) {
      if (closed) {
        throw new GraftException.Misuse("the snapshot is closed");
      }
      if (failReads != null && goodReads.getAndDecrement() <= 0) {
        throw failReads;
      }
      byte[] page = pageIdx <= state.pages().length ? state.pages()[(int) pageIdx - 1] : null;
      copy(page, inPage, target, at, length);
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        openPins.decrementAndGet();
      }
    }
  }

  private static void copy(byte[] page, int inPage, MemorySegment target, long at, int length) {
    if (page == null) {
      target.asSlice(at, length).fill((byte) 0);
    } else {
      MemorySegment.copy(
          MemorySegment.ofArray(page),
          ValueLayout.JAVA_BYTE,
          inPage,
          target,
          ValueLayout.JAVA_BYTE,
          at,
          length);
    }
  }

  private final class FakeTransaction implements Transaction {
    private final FakeSnapshot base;
    private final TreeSet<Long> reads = new TreeSet<>();
    private final TreeSet<Long> writes = new TreeSet<>();
    private byte[][] pages;
    private boolean truncated;
    private boolean ended;

    FakeTransaction(FakeSnapshot base) {
      this.base = base;
      this.pages = base.state.pages().clone();
    }

    @Override
    public Snapshot base() {
      return base;
    }

    @Override
    public PageCount pageCount() {
      return new PageCount(pages.length);
    }

    @Override
    public void read(long pageIdx, int inPage, MemorySegment target, long at, int length) {
      checkOpen();
      reads.add(pageIdx);
      copy(pageIdx <= pages.length ? pages[(int) pageIdx - 1] : null, inPage, target, at, length);
    }

    @Override
    public void write(long pageIdx, MemorySegment source, long sourceOffset) {
      checkOpen();
      if (failWrites != null) {
        throw failWrites;
      }
      if (pageIdx > pages.length) {
        pages = Arrays.copyOf(pages, (int) pageIdx);
      }
      pages[(int) pageIdx - 1] =
          source.asSlice(sourceOffset, volume.pageSize.bytes()).toArray(ValueLayout.JAVA_BYTE);
      writes.add(pageIdx);
    }

    @Override
    public void truncate(PageCount count) {
      checkOpen();
      pages = Arrays.copyOf(pages, (int) count.value());
      writes.removeIf(page -> page > count.value());
      truncated = true;
    }

    private void checkOpen() {
      if (ended) {
        throw new GraftException.Misuse("the transaction has ended");
      }
    }

    @Override
    public void recordReads(PageSet more) {
      more.forEach(reads::add);
    }

    @Override
    public PageSet readSet() {
      return PageSet.of(reads.stream().mapToLong(p -> p).toArray());
    }

    @Override
    public PageSet writeSet() {
      return PageSet.of(writes.stream().mapToLong(p -> p).toArray());
    }

    @Override
    public boolean isEmpty() {
      return writes.isEmpty() && !(truncated && pages.length != base.state.pages().length);
    }

    @Override
    public CommitResult commit(CommitOptions options) {
      checkOpen();
      beforeCommit.run();
      if (failCommits != null) {
        throw failCommits;
      }
      lastReadSet = readSet();
      lastWriteSet = writeSet();
      lastOptions = options;
      ended = true;
      if (isEmpty()) {
        return new CommitResult.Nothing();
      }
      if (options.durability() == CommitOptions.Durability.LOCAL) {
        return commitHere(options);
      }
      if (!local.isEmpty()) {
        throw new GraftException.Misuse("push first");
      }
      FakeVolume.State next = volume.append(base.position(), pages);
      if (next == null) {
        FakeVolume.State head = volume.head();
        return new CommitResult.Conflict(
            base.position(), head.position(), changes(base.state, head));
      }
      commits.incrementAndGet();
      move(next, this, true);
      afterCommit.run();
      return new CommitResult.Committed(next.position());
    }

    private CommitResult commitHere(CommitOptions options) {
      synchronized (FakeReplica.this) {
        if (base.state != current) {
          return new CommitResult.Conflict(
              base.position(), current.position(), changes(base.state, current));
        }
        local.add(new Local(readSet(), writeSet(), pages, options));
        commits.incrementAndGet();
        FakeVolume.State now = base.state;
        move(new FakeVolume.State(now.position(), now.parent(), pages, now.time()), this, true);
        afterCommit.run();
        return new CommitResult.Local(local.size());
      }
    }

    @Override
    public void close() {
      ended = true;
      base.close();
    }
  }
}
