package dev.graft.sim.world;

import dev.graft.client.Transaction;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.sim.judge.Event;
import dev.graft.sim.judge.View;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** A transaction; keeps what was read of its snapshot, and what it leaves behind. */
final class RecordedTransaction implements Changes {
  private final World world;
  private final Transaction transaction;
  private final View view;
  private final int pageBytes;
  private final Map<Long, String> reads = new TreeMap<>();
  private final TreeMap<Long, String> writes = new TreeMap<>();
  private long smallest;

  RecordedTransaction(World world, Transaction transaction, List<String> pending) {
    this.world = world;
    this.transaction = transaction;
    this.pageBytes = transaction.base().pageSize().bytes();
    this.smallest = transaction.pageCount().value();
    this.view = new View(transaction.base().position().lsn().value(), pending, smallest);
  }

  @Override
  public long count() {
    return transaction.pageCount().value();
  }

  @Override
  public byte[] read(long page) {
    byte[] bytes = new byte[pageBytes];
    world.patiently(() -> {
      transaction.read(page, 0, MemorySegment.ofArray(bytes), 0, bytes.length);
      return true;
    });
    String content = Contents.name(bytes);
    boolean isOwn = writes.containsKey(page) || (page > smallest && smallest < view.count());
    if (!isOwn) {
      reads.put(page, content);
    } else if (!content.equals(writes.getOrDefault(page, Event.ZEROS))) {
      world.claim(false, "a transaction does not see its own page " + page);
    }
    return bytes;
  }

  @Override
  public void write(long page, byte[] content) {
    transaction.write(page, MemorySegment.ofArray(content), 0);
    writes.put(page, Contents.name(content));
  }

  @Override
  public void cut(long count) {
    transaction.truncate(new PageCount(count));
    writes.tailMap(count, false).clear();
    smallest = Math.min(smallest, count);
  }

  View view() {
    return view;
  }

  Map<Long, String> reads() {
    return reads;
  }

  SortedSet<Long> readSet() {
    PageSet declared = transaction.readSet();
    SortedSet<Long> pages = new TreeSet<>();
    for (long page : reads.keySet()) {
      if (declared.contains(page)) {
        pages.add(page);
      }
    }
    return pages;
  }

  Map<Long, String> writes() {
    return writes;
  }

  long smallest() {
    return smallest;
  }
}
