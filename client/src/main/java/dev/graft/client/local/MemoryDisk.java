package dev.graft.client.local;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.SegmentId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** Keeps local transactions as long as the process lives. */
public final class MemoryDisk implements LocalDisk {
  private final Map<SegmentId, byte[]> segments = new ConcurrentHashMap<>();
  private MemoryLog log = new MemoryLog();

  /** Keeps nothing yet. */
  public MemoryDisk() {}

  @Override
  public Log open(Records records) {
    log.records.forEach((offset, payload) -> records.record(payload, offset));
    return log;
  }

  @Override
  public Log replace(List<byte[]> records, Records places) {
    MemoryLog fresh = new MemoryLog();
    records.forEach(record -> places.record(record, fresh.append(record)));
    log = fresh;
    return fresh;
  }

  @Override
  public void writeSegment(SegmentId id, byte[] bytes) {
    segments.put(id, bytes);
  }

  @Override
  public byte[] readSegment(SegmentId id, long offset, int length) {
    byte[] bytes = segments.get(id);
    if (bytes == null || offset + length > bytes.length) {
      throw new GraftException.Corrupt("bytes " + offset + " of local " + id + " are not here");
    }
    return Arrays.copyOfRange(bytes, (int) offset, (int) offset + length);
  }

  @Override
  public long segmentBytes(SegmentId id) {
    byte[] bytes = segments.get(id);
    return bytes == null ? -1 : bytes.length;
  }

  @Override
  public void removeSegment(SegmentId id) {
    segments.remove(id);
  }

  @Override
  public Set<SegmentId> segments() {
    return Set.copyOf(segments.keySet());
  }

  @Override
  public void close() {}

  /** Records by the offset of their first byte. */
  private static final class MemoryLog implements Log {
    private final ConcurrentSkipListMap<Long, byte[]> records = new ConcurrentSkipListMap<>();
    private volatile long end;

    @Override
    public long append(byte[] record) {
      long at = end;
      records.put(at, record);
      end = at + record.length;
      return at;
    }

    @Override
    public void sync() {}

    @Override
    public long sizeBytes() {
      return end;
    }

    @Override
    public void cut(long sizeBytes) {
      records.tailMap(sizeBytes, true).clear();
      end = sizeBytes;
    }

    @Override
    public byte[] read(long offset, int length) {
      Map.Entry<Long, byte[]> record = records.floorEntry(offset);
      if (record == null || record.getKey() + record.getValue().length < offset + length) {
        throw new GraftException.Corrupt("byte " + offset + " of the local log is not here");
      }
      int from = (int) (offset - record.getKey());
      return Arrays.copyOfRange(record.getValue(), from, from + length);
    }

    @Override
    public void close() {}
  }
}
