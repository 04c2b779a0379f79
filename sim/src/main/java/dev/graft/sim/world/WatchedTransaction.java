package dev.graft.sim.world;

import dev.graft.client.CommitOptions;
import dev.graft.client.CommitResult;
import dev.graft.client.Policy;
import dev.graft.client.Snapshot;
import dev.graft.client.Transaction;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.sim.judge.Event;
import dev.graft.sim.judge.Event.Outcome;
import dev.graft.sim.judge.View;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A transaction that writes down, when it is committed, what it wrote and what every page held that
 * its declared read set names. It goes by its message, which the program gives it.
 */
final class WatchedTransaction implements Transaction {
  private final World world;
  private final Session session;
  private final WatchedReplica by;
  private final Transaction transaction;
  private final View view;
  private final long began;
  private final TreeMap<Long, String> writes = new TreeMap<>();
  private long smallest;

  WatchedTransaction(
      World world, Session session, WatchedReplica by, Transaction transaction, long began) {
    this.world = world;
    this.session = session;
    this.by = by;
    this.transaction = transaction;
    this.view = session.view(transaction.base());
    this.began = began;
    this.smallest = view.count();
  }

  /** Whether it is this one that the replica knows. */
  boolean isOver(Transaction other) {
    return transaction == other;
  }

  @Override
  public Snapshot base() {
    return transaction.base();
  }

  @Override
  public PageCount pageCount() {
    return transaction.pageCount();
  }

  @Override
  public void read(
      long pageIdx, int offsetInPage, MemorySegment target, long targetOffset, int length) {
    by.requireAlive();
    transaction.read(pageIdx, offsetInPage, target, targetOffset, length);
  }

  @Override
  public void write(long pageIdx, MemorySegment source, long sourceOffset) {
    transaction.write(pageIdx, source, sourceOffset);
    byte[] content = new byte[base().pageSize().bytes()];
    MemorySegment.copy(source, sourceOffset, MemorySegment.ofArray(content), 0, content.length);
    writes.put(pageIdx, Contents.name(content));
  }

  @Override
  public void truncate(PageCount count) {
    transaction.truncate(count);
    writes.tailMap(count.value(), false).clear();
    smallest = Math.min(smallest, count.value());
  }

  @Override
  public void recordReads(PageSet pages) {
    if (!world.flaws().slips().contains(Flaws.Slip.FORGETS_CACHED_READS)) {
      transaction.recordReads(pages);
    }
  }

  @Override
  public PageSet readSet() {
    return transaction.readSet();
  }

  @Override
  public PageSet writeSet() {
    return transaction.writeSet();
  }

  @Override
  public boolean isEmpty() {
    return transaction.isEmpty();
  }

  @Override
  public CommitResult commit(CommitOptions options) {
    by.requireAlive();
    SortedSet<Long> declared = new TreeSet<>();
    transaction.readSet().forEach(declared::add);
    Map<Long, String> reads = new TreeMap<>();
    byte[] page = new byte[base().pageSize().bytes()];
    for (long each : declared) {
      world.patiently(() -> {
        base().read(each, 0, MemorySegment.ofArray(page), 0, page.length);
        return true;
      });
      reads.put(each, Contents.name(page));
    }
    String work = options.message();
    long call = world.recorder().nextCall();
    boolean local = options.durability() == CommitOptions.Durability.LOCAL;
    world
        .recorder()
        .add(
            new Event.Commit(
                world.recorder().now(),
                call,
                by.process(),
                session.client(),
                session.volume().toString(),
                work,
                SqlClient.work(work),
                began,
                view,
                reads,
                declared,
                writes,
                pageCount().value(),
                smallest,
                local ? Event.Durability.LOCAL : Event.Durability.REMOTE,
                options.onConflict() instanceof Policy.Merge ? "merge" : "reject"));
    Outcome outcome = Outcome.UNKNOWN;
    long lsn = 0;
    try {
      CommitResult result = transaction.commit(options);
      switch (result) {
        case CommitResult.Committed(var position) -> {
          outcome = Outcome.DONE;
          lsn = position.lsn().value();
        }
        case CommitResult.Conflict conflict -> outcome = Outcome.CONFLICT;
        case CommitResult.Local kept -> outcome = Outcome.LOCAL;
        case CommitResult.Nothing nothing -> outcome = Outcome.NOTHING;
      }
      return result;
    } catch (GraftException.Corrupt e) {
      world.requireDamage(e);
      throw e;
    } finally {
      world.recorder().add(new Event.Told(world.recorder().now(), call, outcome, lsn));
    }
  }

  @Override
  public void close() {
    transaction.close();
  }
}
