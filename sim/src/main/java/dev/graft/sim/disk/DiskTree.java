package dev.graft.sim.disk;

import dev.graft.sim.Fault;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Folders and files, and the changes of them that a power cut may undo. What was written to a file
 * may be lost in any order; the names of one folder, and the length of one file with what was
 * written after it, only from the newest on, as a journal keeps them.
 */
final class DiskTree {
  private static final int MAX_TRIES = 20;

  /** So many writes may be on their way to the disk when the power goes. */
  private static final int MOST_UNDER_WAY = 2;

  /** What a folder holds: files and folders by their names. */
  static final class FolderNode {
    final TreeMap<String, Object> names = new TreeMap<>();
  }

  /** Names of a folder: what they become, and what they were; null for nothing. */
  private record Named(
      FolderNode folder, Map<String, @Nullable Object> after, Map<String, @Nullable Object> before)
      implements Unsynced {
    @Override
    public void undo() {
      put(before);
    }

    @Override
    public void redo() {
      put(after);
    }

    private void put(Map<String, @Nullable Object> changes) {
      changes.forEach((name, node) -> {
        if (node == null) {
          folder.names.remove(name);
        } else {
          folder.names.put(name, node);
        }
      });
    }
  }

  /** A change, of which file or folder, and which one in the order of all. */
  private record Change(long number, Object owner, Unsynced what) {}

  private final FolderNode root = new FolderNode();

  /** By file or folder, in the order of their first change. */
  private final Map<Object, List<Change>> unsynced = new LinkedHashMap<>();

  private long changes;

  private static String folderOf(String path) {
    return path.substring(0, path.lastIndexOf('/'));
  }

  private static String nameOf(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** What stands at a path: a file, a folder, or nothing. */
  @Nullable Object at(String path) {
    Object node = root;
    for (String name : path.split("/", -1)) {
      if (!name.isEmpty()) {
        node = node instanceof FolderNode folder ? folder.names.get(name) : null;
      }
    }
    return node;
  }

  FolderNode folder(String path) {
    return (FolderNode) Objects.requireNonNull(at(path), path);
  }

  /** Gives a name to a file or folder, or takes it away. */
  void put(String path, @Nullable Object node) {
    FolderNode folder = folder(folderOf(path));
    String name = nameOf(path);
    Map<String, @Nullable Object> after = new TreeMap<>();
    after.put(name, node);
    Map<String, @Nullable Object> before = new TreeMap<>();
    before.put(name, folder.names.get(name));
    change(folder, new Named(folder, after, before));
  }

  void rename(String from, String to) {
    FolderNode folder = folder(folderOf(from));
    if (folder != at(folderOf(to))) {
      throw new IllegalArgumentException("from one folder to another: " + from + ", " + to);
    }
    Map<String, @Nullable Object> after = new TreeMap<>();
    after.put(nameOf(from), null);
    after.put(nameOf(to), folder.names.get(nameOf(from)));
    Map<String, @Nullable Object> before = new TreeMap<>();
    after.keySet().forEach(name -> before.put(name, folder.names.get(name)));
    change(folder, new Named(folder, after, before));
  }

  void write(FileNode file, long at, byte[] bytes) {
    byte[] before = file.get(at, bytes.length);
    change(file, new Unsynced.Written(file, at, bytes, before, file.sizeBytes()));
  }

  void resize(FileNode file, long to) {
    long from = file.sizeBytes();
    byte[] lost = to < from ? file.get(to, Math.toIntExact(from - to)) : new byte[0];
    change(file, new Unsynced.Resized(file, from, lost, to));
  }

  private void change(Object owner, Unsynced what) {
    what.redo();
    unsynced
        .computeIfAbsent(owner, unknown -> new ArrayList<>())
        .add(new Change(changes++, owner, what));
  }

  /** What was changed of it so far stays. */
  void sync(Object node) {
    unsynced.remove(node);
  }

  /**
   * The power goes and comes back.
   *
   * @param how what is lost
   * @return whether the next process finds anything else than it would have: what was lost may have
   *     had no name any more, or have been written over
   */
  boolean cutPower(Fault how, SplittableRandom random) {
    List<Change> all = new ArrayList<>();
    unsynced.values().forEach(all::addAll);
    all.sort(Comparator.comparingLong(Change::number));
    List<Survivor> survivors =
        switch (how) {
          case WRITES_LOST -> lost(all, random);
          case WRITE_TORN -> torn(all, random);
          case WRITES_REORDERED -> reordered(all, random);
          default -> throw new IllegalArgumentException(how + " is no power cut");
        };
    if (survivors == null) {
      return false;
    }
    Map<String, Object> before = contents();
    all.reversed().forEach(change -> change.what.undo());
    for (Survivor survivor : survivors) {
      if (survivor.sectors == null) {
        survivor.what.redo();
      } else {
        survivor.what.redo(survivor.sectors);
      }
    }
    unsynced.clear();
    return !before.equals(contents());
  }

  /** What a process can find: all that has a path, files with what they hold. */
  private Map<String, Object> contents() {
    Map<String, Object> found = new HashMap<>();
    collect("", root, found);
    return found;
  }

  private static void collect(String path, FolderNode folder, Map<String, Object> found) {
    folder.names.forEach((name, node) -> {
      String at = path + "/" + name;
      switch (node) {
        case FolderNode inner -> {
          found.put(at, Boolean.TRUE);
          collect(at, inner, found);
        }
        case FileNode file ->
            found.put(at, ByteBuffer.wrap(file.get(0, Math.toIntExact(file.sizeBytes()))));
        default -> throw new AssertionError(node + " stands at " + at);
      }
    });
  }

  /** What is there after a power cut; of its sectors only those, unless null. */
  private record Survivor(Unsynced what, @Nullable BitSet sectors) {}

  private static List<Survivor> first(List<Change> all, int count) {
    List<Survivor> survivors = new ArrayList<>();
    all.subList(0, count).forEach(change -> survivors.add(new Survivor(change.what, null)));
    return survivors;
  }

  private static @Nullable List<Survivor> lost(List<Change> all, SplittableRandom random) {
    return all.isEmpty() ? null : first(all, random.nextInt(all.size()));
  }

  private static @Nullable List<Survivor> torn(List<Change> all, SplittableRandom random) {
    List<Integer> large = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).what.sectors() > 1) {
        large.add(i);
      }
    }
    if (large.isEmpty()) {
      return null;
    }
    int newest = Math.min(large.size(), MOST_UNDER_WAY);
    int place = large.get(large.size() - 1 - random.nextInt(newest));
    Unsynced torn = all.get(place).what;
    int sectors = torn.sectors();
    BitSet there = new BitSet();
    if (random.nextBoolean()) {
      there.set(0, 1 + random.nextInt(sectors - 1));
    } else {
      for (int sector = 0; sector < sectors; sector++) {
        there.set(sector, random.nextBoolean());
      }
      int kept = random.nextInt(sectors);
      there.set(kept);
      there.clear((kept + 1 + random.nextInt(sectors - 1)) % sectors);
    }
    List<Survivor> survivors = first(all, place);
    survivors.add(new Survivor(torn, there));
    return survivors;
  }

  private static @Nullable List<Survivor> reordered(List<Change> all, SplittableRandom random) {
    for (int tries = 0; tries < MAX_TRIES; tries++) {
      Set<Object> inOrder = new HashSet<>();
      List<Survivor> survivors = new ArrayList<>();
      boolean anyLost = false;
      boolean inverted = false;
      for (Change change : all) {
        if (random.nextBoolean() && !inOrder.contains(change.owner)) {
          inverted |= anyLost;
          survivors.add(new Survivor(change.what, null));
          continue;
        }
        anyLost = true;
        if (!(change.what instanceof Unsynced.Written)) {
          // A journal keeps names and lengths in their order.
          inOrder.add(change.owner);
        }
      }
      if (inverted) {
        return survivors;
      }
    }
    return null;
  }
}
