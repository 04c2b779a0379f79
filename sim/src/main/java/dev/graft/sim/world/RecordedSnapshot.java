package dev.graft.sim.world;

import dev.graft.client.Snapshot;
import dev.graft.sim.judge.View;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A pinned snapshot; keeps what was read. */
final class RecordedSnapshot implements Pages {
  private final World world;
  private final Snapshot snapshot;
  private final List<String> pending;
  private final Map<Long, String> reads = new TreeMap<>();

  RecordedSnapshot(World world, Snapshot snapshot, List<String> pending) {
    this.pending = pending;
    this.world = world;
    this.snapshot = snapshot;
  }

  @Override
  public long count() {
    return snapshot.pageCount().value();
  }

  @Override
  public byte[] read(long page) {
    byte[] bytes = new byte[snapshot.pageSize().bytes()];
    world.patiently(() -> {
      snapshot.read(page, 0, MemorySegment.ofArray(bytes), 0, bytes.length);
      return true;
    });
    reads.put(page, Contents.name(bytes));
    return bytes;
  }

  Map<Long, String> reads() {
    return reads;
  }

  View view() {
    return new View(snapshot.position().lsn().value(), pending, count());
  }
}
