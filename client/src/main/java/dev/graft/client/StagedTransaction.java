package dev.graft.client;

import dev.graft.client.Departure.Passenger;
import dev.graft.client.cache.FrameCache;
import dev.graft.client.local.LocalMaker;
import dev.graft.client.write.CommitMaker;
import dev.graft.client.write.Outgoing;
import dev.graft.client.write.PageMarks;
import dev.graft.client.write.SegmentSink;
import dev.graft.client.write.StagedPages;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.IdempotencyKey;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageIdx;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.remote.Remote;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A transaction of a {@link VolumeReplica}. */
final class StagedTransaction implements Transaction {
  private enum State {
    OPEN,
    /** A request was sent and its outcome is not known. */
    SENT,
    /** Its commit is decided; it can be read until it is closed. */
    DONE,
    ENDED
  }

  private final VolumeReplica replica;
  private final PinnedSnapshot base;
  private final ReplicaOptions options;
  private final CommitMaker maker;
  private final StagedPages staged;
  private final PageMarks reads = new PageMarks();
  private final IdempotencyKey key;

  private State state = State.OPEN;
  private PageCount count;
  private PageCount smallest;
  private @Nullable Passenger passenger;

  StagedTransaction(
      VolumeReplica replica,
      PinnedSnapshot base,
      ReplicaOptions options,
      Remote remote,
      FrameCache cache,
      Optional<Path> folder) {
    this.replica = replica;
    this.base = base;
    this.options = options;
    this.count = base.pageCount();
    this.smallest = base.pageCount();
    this.key = options.ids().newIdempotencyKey();
    ReplicaOptions.Limits limits = options.limits();
    this.staged = new StagedPages(base.pageSize(), limits.stagedBytes(), folder);
    this.maker =
        new CommitMaker(
            options.volume(),
            base.pageSize(),
            limits.inlineBytes(),
            cache,
            () ->
                new SegmentSink(
                    remote,
                    options.concurrency(),
                    options.ids(),
                    replica.serverClock(),
                    options.volume(),
                    base.pageSize(),
                    limits.segmentBytes(),
                    limits.parallelUploads()));
  }

  @Override
  public Snapshot base() {
    return base;
  }

  @Override
  public PageCount pageCount() {
    return count;
  }

  @Override
  public void read(
      long pageIdx, int offsetInPage, MemorySegment target, long targetOffset, int length) {
    requireReadable();
    Objects.checkFromIndexSize(offsetInPage, length, base.pageSize().bytes());
    if (pageIdx >= 1 && pageIdx <= PageIdx.MAX_VALUE) {
      reads.add(pageIdx);
    }
    if (staged.read(pageIdx, offsetInPage, target, targetOffset, length)) {
      return;
    }
    if (pageIdx > smallest.value()) {
      target.asSlice(targetOffset, length).fill((byte) 0);
      return;
    }
    base.read(pageIdx, offsetInPage, target, targetOffset, length);
  }

  @Override
  public void write(long pageIdx, MemorySegment source, long sourceOffset) {
    requireOpen();
    PageIdx idx = new PageIdx(pageIdx);
    staged.put(idx.value(), source, sourceOffset);
    if (!count.contains(idx)) {
      count = new PageCount(idx.value());
    }
  }

  @Override
  public void truncate(PageCount to) {
    requireOpen();
    staged.cut(to.value());
    count = to;
    smallest = smallest.min(to);
  }

  @Override
  public void recordReads(PageSet pages) {
    requireOpen();
    reads.addAll(pages);
  }

  @Override
  public PageSet readSet() {
    return reads.toPageSet();
  }

  @Override
  public PageSet writeSet() {
    return staged.pages();
  }

  @Override
  public boolean isEmpty() {
    PageCount before = base.pageCount();
    return staged.isEmpty() && count.equals(before) && smallest.equals(before);
  }

  @Override
  public CommitResult commit(CommitOptions how) {
    if (state == State.ENDED || state == State.DONE) {
      throw new GraftException.Misuse("the transaction has ended");
    }
    if (state == State.OPEN && isEmpty()) {
      close();
      return new CommitResult.Nothing();
    }
    return switch (how.durability()) {
      case REMOTE -> commitRemote(how);
      case LOCAL -> commitLocal(how);
    };
  }

  private CommitResult commitRemote(CommitOptions how) {
    Passenger mine = passenger;
    if (mine == null) {
      mine = new Passenger(make(how), base.standing(), footprint(), how.onConflict(), this);
      passenger = mine;
    }
    state = State.SENT;
    CommitResult result;
    try {
      result = replica.commit(mine);
    } catch (GraftException.Unavailable e) {
      throw e;
    } catch (RuntimeException e) {
      end();
      throw e;
    }
    state = State.DONE;
    passenger = null;
    return result;
  }

  private CommitResult commitLocal(CommitOptions how) {
    if (state == State.SENT) {
      throw new GraftException.Misuse(
          "the transaction is on its way to the store: repeat the same commit");
    }
    LocalMaker.Made made = makeLocal(how);
    boolean merge = how.onConflict() instanceof Policy.Merge;
    CommitResult result = replica.line().commit(made, base.standing(), footprint(), merge, this);
    state = State.DONE;
    if (result instanceof CommitResult.Local) {
      how.again().ifPresent(work -> replica.replays().remember(key, work));
    } else {
      replica.localMaker().discard(made);
    }
    return result;
  }

  /** A local commit of what is staged, which nobody knows of yet. */
  LocalMaker.Made makeLocal(CommitOptions how) {
    return replica
        .localMaker()
        .make(
            new LocalMaker.Intent(
                base.position(),
                base.pageCount(),
                count,
                smallest,
                reads.toPageSet(),
                key,
                options.concurrency().instant(),
                how.author(),
                how.message(),
                how.hotPages(),
                how.mutation()),
            staged);
  }

  /** What it depends on and changes. */
  Footprint footprint() {
    return Footprint.of(base.pageCount(), smallest, reads.toPageSet(), staged.pages());
  }

  private Outgoing make(CommitOptions how) {
    var work = new CommitMaker.Work(base.position(), count, smallest, reads.toPageSet());
    var label =
        new CommitMaker.Label(
            key, options.concurrency().instant(), how.author(), how.message(), how.hotPages());
    return maker.make(work, label, staged);
  }

  private void requireReadable() {
    if (state == State.ENDED) {
      throw new GraftException.Misuse("the transaction is closed");
    }
  }

  private void requireOpen() {
    if (state != State.OPEN) {
      throw new GraftException.Misuse(
          state == State.SENT
              ? "the transaction is being committed: repeat the commit to learn what became of it"
              : "the transaction has ended");
    }
  }

  private void end() {
    state = State.ENDED;
    staged.close();
    base.close();
  }

  @Override
  public void close() {
    if (state != State.ENDED) {
      end();
    }
  }
}
