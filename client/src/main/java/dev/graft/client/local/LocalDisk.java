package dev.graft.client.local;

import dev.graft.protocol.id.SegmentId;
import java.util.List;
import java.util.Set;

/**
 * Where local transactions are kept: one log, and segments beside it. Used by one thread at a time,
 * but for reads, {@link Log#sync} and {@link #readSegment}.
 */
public interface LocalDisk extends AutoCloseable {
  /** One generation of the log. */
  interface Log extends AutoCloseable {
    /**
     * Adds a record at the end; it outlives the process, but no power cut before {@link #sync}.
     *
     * @return where its first byte can be read again
     * @throws dev.graft.protocol.error.GraftException.Limit when there is no room; the log is as it
     *     was
     */
    long append(byte[] record);

    /** Makes all records that were added before outlive a power cut. */
    void sync();

    /** Bytes of the log; what a later {@link #cut} goes back to. */
    long sizeBytes();

    /** Takes back what was added since the log had that many bytes. */
    void cut(long sizeBytes);

    /** Reads bytes of a record. */
    byte[] read(long offset, int length);

    /** Ends reading, too. What is durable stays. */
    @Override
    void close();
  }

  /** Is given every record of a log that is opened, in order. */
  @FunctionalInterface
  interface Records {
    /** One record and where its first byte can be read again. */
    void record(byte[] payload, long offset);
  }

  /**
   * Opens the log that is there, or begins one.
   *
   * @throws dev.graft.protocol.error.GraftException.Corrupt when it is damaged before its end
   */
  Log open(Records records);

  /**
   * Puts a log of these records in the place of the one that is there: all or nothing, durable when
   * it returns. The one before stays readable until it is closed.
   *
   * @param records are given on with their new places
   */
  Log replace(List<byte[]> records, Records places);

  /** Keeps a segment; durable when it returns. */
  void writeSegment(SegmentId id, byte[] bytes);

  /** Reads bytes of a segment that is kept. */
  byte[] readSegment(SegmentId id, long offset, int length);

  /** Bytes of a segment; -1 when there is none of that name. */
  long segmentBytes(SegmentId id);

  /** Removes a segment, if it is there. */
  void removeSegment(SegmentId id);

  /** The segments that are kept. */
  Set<SegmentId> segments();

  @Override
  void close();
}
