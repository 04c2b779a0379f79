package dev.graft.sim.world;

import dev.graft.client.Hydrated;
import dev.graft.client.Progress;
import dev.graft.client.Snapshot;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.page.PageSize;
import dev.graft.sim.judge.View;
import java.lang.foreign.MemorySegment;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** A snapshot that writes down, when it is closed, what was read of it. */
final class WatchedSnapshot implements Snapshot {
  private final World world;
  private final Session session;
  private final WatchedReplica by;
  private final Snapshot snapshot;
  private final View view;
  private final long began;
  private final Map<Long, String> reads = new TreeMap<>();
  private boolean closed;

  WatchedSnapshot(
      World world, Session session, WatchedReplica by, Snapshot snapshot, View view, long began) {
    this.world = world;
    this.session = session;
    this.by = by;
    this.snapshot = snapshot;
    this.view = view;
    this.began = began;
  }

  @Override
  public void read(
      long pageIdx, int offsetInPage, MemorySegment target, long targetOffset, int length) {
    by.requireAlive();
    snapshot.read(pageIdx, offsetInPage, target, targetOffset, length);
    byte[] whole = new byte[pageSize().bytes()];
    world.patiently(() -> {
      snapshot.read(pageIdx, 0, MemorySegment.ofArray(whole), 0, whole.length);
      return true;
    });
    long differs =
        MemorySegment.mismatch(
            MemorySegment.ofArray(whole),
            offsetInPage,
            offsetInPage + length,
            target,
            targetOffset,
            targetOffset + length);
    if (differs >= 0) {
      world.claim(false, "page " + pageIdx + " differs when it is read in part");
    }
    reads.put(pageIdx, Contents.name(whole));
  }

  @Override
  public void close() {
    if (!closed && !reads.isEmpty() && !by.isDead()) {
      session.watched(by.process(), began, view, reads);
    }
    closed = true;
    snapshot.close();
  }

  @Override
  public VolumeId volume() {
    return snapshot.volume();
  }

  @Override
  public Position position() {
    return snapshot.position();
  }

  @Override
  public int pending() {
    return snapshot.pending();
  }

  @Override
  public Instant time() {
    return snapshot.time();
  }

  @Override
  public PageCount pageCount() {
    return snapshot.pageCount();
  }

  @Override
  public PageSize pageSize() {
    return snapshot.pageSize();
  }

  @Override
  public long generation() {
    return snapshot.generation();
  }

  @Override
  public boolean isHere(long pageIdx) {
    return snapshot.isHere(pageIdx);
  }

  @Override
  public void expect(long... pageIdxs) {
    snapshot.expect(pageIdxs);
  }

  @Override
  public void prefetch(PageSet pages) {
    snapshot.prefetch(pages);
  }

  @Override
  public Hydrated hydrate(PageSet pages, Progress progress) {
    return snapshot.hydrate(pages, progress);
  }
}
