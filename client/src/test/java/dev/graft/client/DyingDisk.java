package dev.graft.client;

import dev.graft.client.local.LocalDisk;
import dev.graft.protocol.id.SegmentId;
import java.util.List;
import java.util.Set;

/** A local disk on which the process dies before or after a write. */
final class DyingDisk implements LocalDisk {
  private static final List<String> KINDS =
      List.of("?", "made", "push", "uploaded", "settled", "rebase", "dropped", "forking");

  private final LocalDisk target;
  private final Steps steps;

  DyingDisk(LocalDisk target, Steps steps) {
    this.target = target;
    this.steps = steps;
  }

  @Override
  public Log open(Records records) {
    return new DyingLog(target.open(records));
  }

  @Override
  public Log replace(List<byte[]> records, Records places) {
    steps.hit("before trim");
    Log log = target.replace(records, places);
    steps.hit("after trim");
    return new DyingLog(log);
  }

  @Override
  public void writeSegment(SegmentId id, byte[] bytes) {
    steps.hit("before segment");
    target.writeSegment(id, bytes);
    steps.hit("after segment");
  }

  @Override
  public byte[] readSegment(SegmentId id, long offset, int length) {
    return target.readSegment(id, offset, length);
  }

  @Override
  public long segmentBytes(SegmentId id) {
    return target.segmentBytes(id);
  }

  @Override
  public void removeSegment(SegmentId id) {
    target.removeSegment(id);
  }

  @Override
  public Set<SegmentId> segments() {
    return target.segments();
  }

  @Override
  public void close() {
    target.close();
  }

  private final class DyingLog implements Log {
    private final Log log;

    DyingLog(Log log) {
      this.log = log;
    }

    @Override
    public long append(byte[] record) {
      String kind = KINDS.get(record[0]);
      steps.hit("before " + kind);
      long at = log.append(record);
      steps.hit("after " + kind);
      return at;
    }

    @Override
    public void sync() {
      steps.hit("before sync");
      log.sync();
      steps.hit("after sync");
    }

    @Override
    public long sizeBytes() {
      return log.sizeBytes();
    }

    @Override
    public void cut(long sizeBytes) {
      if (!steps.isDead()) {
        log.cut(sizeBytes);
      }
    }

    @Override
    public byte[] read(long offset, int length) {
      return log.read(offset, length);
    }

    @Override
    public void close() {
      log.close();
    }
  }
}
