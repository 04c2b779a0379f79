package dev.graft.client.cache;

import dev.graft.client.folder.DiskTrouble;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameOwner;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds what an earlier process left of a cache in a folder: the frames that the index names and
 * whose files are there. Files that no entry leads to are removed. One thread, one use.
 */
final class KnownFrames {
  private final Path folder;
  private final int pageShift;
  private final Ticks ticks;
  private final Map<FrameKey, FrameEntry> entries = new HashMap<>();

  /** Above every number that a file or an entry has, living or not. */
  private int unusedNumber;

  KnownFrames(Path folder, int pageShift, Ticks ticks) {
    this.folder = folder;
    this.pageShift = pageShift;
    this.ticks = ticks;
  }

  /** Reads the index; when it is not to be read, it is begun anew. */
  FrameIndex read() {
    try {
      return FrameIndex.open(folder, this::take);
    } catch (GraftException.Corrupt e) {
      entries.clear();
      FrameIndex.clear(folder);
      return FrameIndex.open(folder, this::take);
    }
  }

  private void take(FrameEntry entry) {
    entries.put(entry.key(), entry);
    unusedNumber = Math.max(unusedNumber, entry.file() + 1);
  }

  /** Opens the files that are needed, removes the others, and gives on what is there. */
  void adopt(CacheBound bound, Shelf shelf, ConcurrentHashMap<FrameKey, CachedFrame> into) {
    TreeMap<Integer, Path> files = files();
    Map<Integer, Long> ends = new HashMap<>();
    for (FrameEntry entry : entries.values()) {
      ends.merge(entry.file(), entry.offset() + entry.lengthBytes(), Math::max);
    }
    Map<Integer, Slab> slabs = new HashMap<>();
    List<Slab> ascending = new ArrayList<>();
    boolean lastMayGrow = false;
    for (var file : files.entrySet()) {
      Long end = ends.get(file.getKey());
      if (end == null) {
        remove(file.getValue());
        continue;
      }
      lastMayGrow = end < bound.pieceBytes();
      Slab slab = Slab.inFile(file.getKey(), file.getValue(), Math.max(end, bound.pieceBytes()));
      slab.known(end);
      slabs.put(slab.number(), slab);
      ascending.add(slab);
    }
    // Equal owners become one object: thousands of frames share each.
    Map<FrameOwner, FrameOwner> owners = new HashMap<>();
    for (FrameEntry entry : entries.values()) {
      Slab slab = slabs.get(entry.file());
      if (slab != null) {
        FrameOwner owner = owners.computeIfAbsent(entry.key().owner(), same -> same);
        CachedFrame frame = frame(entry, owner, slab);
        into.put(frame.key(), frame);
      }
    }
    shelf.adopt(ascending, unusedNumber, lastMayGrow);
  }

  private CachedFrame frame(FrameEntry entry, FrameOwner owner, Slab slab) {
    return new CachedFrame(
        new FrameKey(owner, entry.key().number()),
        entry.kind(),
        entry.hot(),
        entry.pages(),
        pageShift,
        new CachedFrame.Spot(slab, entry.offset()),
        entry.lengthBytes(),
        entry.crc32c(),
        false,
        ticks);
  }

  /** All data files, by number, ascending. */
  private TreeMap<Integer, Path> files() {
    TreeMap<Integer, Path> files = new TreeMap<>();
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(folder, SlabMaker.FILE_PREFIX + "*")) {
      for (Path file : all) {
        String digits = file.getFileName().toString().substring(SlabMaker.FILE_PREFIX.length());
        if (digits.matches("[0-9]{6,9}")) {
          int number = Integer.parseInt(digits);
          files.put(number, file);
          unusedNumber = Math.max(unusedNumber, number + 1);
        }
      }
    } catch (IOException e) {
      throw DiskTrouble.reading(folder, e);
    }
    return files;
  }

  private static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw DiskTrouble.writing(file, e);
    }
  }
}
