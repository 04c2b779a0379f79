package dev.graft.protocol.map;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameOwner.InCommit;
import dev.graft.protocol.frame.FrameOwner.InSegment;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The sorted list of frame owners that leaves, branches and roots begin with: volumes are written
 * once, LSNs as differences.
 */
final class OwnerTable {
  private static final int MAX_OWNERS = FrameTable.MAX_FRAMES;

  /** Segments first, then by volume, then by segment id or LSN. */
  static final Comparator<FrameOwner> ORDER =
      (a, b) ->
          switch (a) {
            case InSegment x ->
                switch (b) {
                  case InSegment y -> {
                    int byVolume = x.volume().compareTo(y.volume());
                    yield byVolume != 0 ? byVolume : x.segment().compareTo(y.segment());
                  }
                  case InCommit _ -> -1;
                };
            case InCommit x ->
                switch (b) {
                  case InSegment _ -> 1;
                  case InCommit y -> {
                    int byVolume = x.volume().compareTo(y.volume());
                    yield byVolume != 0 ? byVolume : x.lsn().compareTo(y.lsn());
                  }
                };
          };

  private OwnerTable() {}

  /** Two sorted lists as one, and where the members of each are in it. */
  record Union(FrameOwner[] owners, int[] ofNewer, int[] ofOlder) {}

  static Union union(FrameOwner[] newer, FrameOwner[] older) {
    FrameOwner[] owners = new FrameOwner[newer.length + older.length];
    int[] ofNewer = new int[newer.length];
    int[] ofOlder = new int[older.length];
    int size = 0;
    int i = 0;
    int j = 0;
    while (i < newer.length || j < older.length) {
      int order =
          i == newer.length ? 1 : j == older.length ? -1 : ORDER.compare(newer[i], older[j]);
      owners[size] = order <= 0 ? newer[i] : older[j];
      if (order <= 0) {
        ofNewer[i++] = size;
      }
      if (order >= 0) {
        ofOlder[j++] = size;
      }
      size++;
    }
    return new Union(Arrays.copyOf(owners, size), ofNewer, ofOlder);
  }

  /** Writes sorted, distinct owners. */
  static void write(WireWriter out, FrameOwner[] owners) {
    if (owners.length > MAX_OWNERS) {
      throw new GraftException.Limit(owners.length + " frame owners are more than " + MAX_OWNERS);
    }
    SortedSet<VolumeId> distinct = new TreeSet<>();
    int segments = 0;
    for (FrameOwner owner : owners) {
      distinct.add(owner.volume());
      segments += owner instanceof InSegment ? 1 : 0;
    }
    List<VolumeId> volumes = new ArrayList<>(distinct);
    out.varint(volumes.size());
    volumes.forEach(out::volume);
    out.varint(segments);
    Column.write(out, volumeIndexes(owners, 0, segments, volumes));
    for (int i = 0; i < segments; i++) {
      out.segment(((InSegment) owners[i]).segment());
    }
    out.varint(owners.length - segments);
    Column.write(out, volumeIndexes(owners, segments, owners.length, volumes));
    long[] lsns = new long[owners.length - segments];
    for (int i = segments; i < owners.length; i++) {
      InCommit commit = (InCommit) owners[i];
      boolean sameVolume = i > segments && owners[i - 1].volume().equals(commit.volume());
      long previous = sameVolume ? ((InCommit) owners[i - 1]).lsn().value() + 1 : 0;
      lsns[i - segments] = commit.lsn().value() - previous;
    }
    Column.write(out, lsns);
  }

  private static long[] volumeIndexes(
      FrameOwner[] owners, int from, int to, List<VolumeId> volumes) {
    long[] indexes = new long[to - from];
    int at = 0;
    for (int i = from; i < to; i++) {
      VolumeId volume = owners[i].volume();
      // Owners are sorted by volume, so the index only moves on.
      while (at < volumes.size() && volumes.get(at).compareTo(volume) < 0) {
        at++;
      }
      indexes[i - from] = at;
    }
    return indexes;
  }

  /**
   * Reads what {@link #write} wrote; order and distinctness are checked.
   *
   * @param max more owners are refused before anything is allocated for them
   */
  static FrameOwner[] read(WireReader in, int max) {
    int limit = Math.min(max, MAX_OWNERS);
    VolumeId[] volumes = new VolumeId[in.count("volumes", limit, 16)];
    for (int i = 0; i < volumes.length; i++) {
      volumes[i] = in.volume();
      if (i > 0 && volumes[i - 1].compareTo(volumes[i]) >= 0) {
        throw in.corrupt("volumes are out of order");
      }
    }
    int segments = in.count("segments", limit, 16);
    long maxVolume = Math.max(0, volumes.length - 1L);
    if (volumes.length == 0 && segments > 0) {
      throw in.corrupt("segments without a volume");
    }
    long[] volumeOf = Column.read(in, "volume index", segments, maxVolume);
    FrameOwner[] owners = new FrameOwner[segments];
    for (int i = 0; i < segments; i++) {
      SegmentId id = in.segment();
      owners[i] = new InSegment(volumes[(int) volumeOf[i]], id);
    }
    int commits = in.varintInt("commits", 0, limit - segments);
    if (volumes.length == 0 && commits > 0) {
      throw in.corrupt("commits without a volume");
    }
    volumeOf = Column.read(in, "volume index", commits, maxVolume);
    long[] lsns = Column.read(in, "lsn", commits, -1L);
    owners = Arrays.copyOf(owners, segments + commits);
    boolean[] used = new boolean[volumes.length];
    for (int i = 0; i < commits; i++) {
      boolean sameVolume = i > 0 && volumeOf[i - 1] == volumeOf[i];
      long previous = sameVolume ? ((InCommit) owners[segments + i - 1]).lsn().value() + 1 : 0;
      owners[segments + i] = new InCommit(volumes[(int) volumeOf[i]], new Lsn(previous + lsns[i]));
    }
    for (int i = 0; i < owners.length; i++) {
      used[Arrays.binarySearch(volumes, owners[i].volume())] = true;
      if (i > 0 && ORDER.compare(owners[i - 1], owners[i]) >= 0) {
        throw in.corrupt("frame owners are out of order");
      }
    }
    for (boolean each : used) {
      if (!each) {
        throw in.corrupt("a volume is listed that owns nothing");
      }
    }
    return owners;
  }
}
