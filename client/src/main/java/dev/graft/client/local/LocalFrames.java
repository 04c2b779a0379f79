package dev.graft.client.local;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.remote.RangeOutcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the frames of local commits can be read, as long as anybody needs them: the log until they
 * are in the store, and snapshots until they are let go. Safe for use by many threads.
 */
public final class LocalFrames {
  private final LocalDisk disk;
  private final VolumeId volume;
  private final Map<SegmentId, Place> places = new HashMap<>();

  LocalFrames(LocalDisk disk, VolumeId volume) {
    this.disk = disk;
    this.volume = volume;
  }

  /** A log that is closed when it was replaced and nobody reads it any more. */
  static final class Source {
    private final LocalDisk.Log log;

    /** Owners whose frames lie in it; guarded by the frames' lock. */
    private int owners;

    private boolean replaced;

    Source(LocalDisk.Log log) {
      this.log = log;
    }
  }

  /** Frames of one owner. */
  private static final class Place {
    /** The log that they lie in; null when they are a segment. */
    private final @Nullable Source source;

    private final long offset;
    private final long length;

    Place(@Nullable Source source, long offset, long length) {
      this.source = source;
      this.offset = offset;
      this.length = length;
    }
  }

  /** Adds frames that lie in a log, or tells where they lie now. */
  synchronized void add(SegmentId owner, Source source, long offset, long length) {
    source.owners++;
    drop(places.put(owner, new Place(source, offset, length)));
  }

  /** Adds a segment of the disk. */
  synchronized void add(SegmentId owner, long length) {
    places.put(owner, new Place(null, 0, length));
  }

  /** Gives owners up, which cannot be read here any more. */
  public void release(List<SegmentId> owners) {
    List<SegmentId> segments = new ArrayList<>();
    synchronized (this) {
      for (SegmentId owner : owners) {
        Place place = places.remove(owner);
        drop(place);
        if (place != null && place.source == null) {
          segments.add(owner);
        }
      }
    }
    for (SegmentId segment : segments) {
      try {
        disk.removeSegment(segment);
      } catch (GraftException.Unavailable | GraftException.Limit | GraftException.Unauthorized e) {
        // No record names it: the next opening removes it.
        continue;
      }
    }
  }

  private static void drop(@Nullable Place place) {
    Source source = place == null ? null : place.source;
    if (source != null && --source.owners == 0 && source.replaced) {
      source.log.close();
    }
  }

  /** The log was replaced by another one. */
  synchronized void replaced(Source source) {
    source.replaced = true;
    if (source.owners == 0) {
      source.log.close();
    }
  }

  /** Ends all reads. */
  synchronized void close() {
    for (Place place : places.values()) {
      if (place.source != null) {
        place.source.log.close();
      }
    }
    places.clear();
  }

  /** Reads bytes of a local object; null when the owner is none. */
  public @Nullable RangeOutcome readRange(FrameOwner owner, long offset, int length) {
    if (!(owner instanceof FrameOwner.InSegment(VolumeId of, SegmentId segment))
        || !of.equals(volume)) {
      return null;
    }
    Place place = place(segment);
    while (place != null) {
      try {
        return new RangeOutcome.Found(read(segment, place, offset, length));
      } catch (GraftException.Unavailable e) {
        Place now = place(segment);
        if (now == place) {
          throw e;
        }
        // The log was written anew in between, and it lies elsewhere now.
        place = now;
      }
    }
    return null;
  }

  private synchronized @Nullable Place place(SegmentId segment) {
    return places.get(segment);
  }

  private byte[] read(SegmentId segment, Place place, long offset, int length) {
    if (offset < 0 || offset + length > place.length) {
      throw new GraftException.Corrupt(
          "bytes "
              + offset
              + " to "
              + (offset + length)
              + " are not in local "
              + segment
              + ", which has "
              + place.length);
    }
    Source source = place.source;
    return source == null
        ? disk.readSegment(segment, offset, length)
        : source.log.read(place.offset + offset, length);
  }
}
