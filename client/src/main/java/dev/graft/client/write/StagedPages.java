package dev.graft.client.write;

import dev.graft.client.folder.DiskTrouble;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.page.PageSize;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Written pages of a transaction: in memory up to a bound, the rest in a file that is gone with the
 * transaction. One thread at a time.
 */
public final class StagedPages implements AutoCloseable {
  /** The name with which files of staged pages begin; what is left of them may be removed. */
  public static final String FILE_PREFIX = "staged-";

  /** The slot of all pages of zeros: they take no room. */
  private static final int ZEROS = -1;

  private final int pageBytes;
  private final MemorySegment zeros;
  private final int slotsInMemory;
  private final Optional<Path> folder;

  /** Page index to slot; slots below the bound are in memory. */
  private final TreeMap<Long, Integer> slots = new TreeMap<>();

  private final List<MemorySegment> memory = new ArrayList<>();
  private final ArrayDeque<Integer> freeSlots = new ArrayDeque<>();
  private int usedSlots;
  private @Nullable FileChannel file;
  private @Nullable Path filePath;

  /**
   * Stages nothing yet.
   *
   * @param memoryBytes what may lie in memory
   * @param folder where the file goes; the system's folder for such files if there is none
   */
  public StagedPages(PageSize pageSize, int memoryBytes, Optional<Path> folder) {
    this.pageBytes = pageSize.bytes();
    this.zeros = MemorySegment.ofArray(new byte[pageBytes]);
    this.slotsInMemory = Math.max(1, memoryBytes / pageBytes);
    this.folder = folder;
  }

  /** Whether no page is staged. */
  public boolean isEmpty() {
    return slots.isEmpty();
  }

  /** The staged pages. */
  public PageSet pages() {
    PageSet.Builder set = PageSet.builder();
    slots.keySet().forEach(set::add);
    return set.build();
  }

  /** Their indexes, ascending; not to be changed meanwhile. */
  public Iterable<Long> ascending() {
    return slots.keySet();
  }

  /**
   * Stages a page, or another content of it.
   *
   * @throws dev.graft.protocol.error.GraftException.Limit when the disk is full; what was staged
   *     before stays
   */
  public void put(long pageIdx, MemorySegment source, long sourceOffset) {
    int known = slots.getOrDefault(pageIdx, ZEROS);
    if (MemorySegment.mismatch(source, sourceOffset, sourceOffset + pageBytes, zeros, 0, pageBytes)
        < 0) {
      slots.put(pageIdx, ZEROS);
      free(known);
      return;
    }
    int slot = known != ZEROS ? known : freeSlot();
    if (slot < slotsInMemory) {
      MemorySegment.copy(source, sourceOffset, memory(slot), 0, pageBytes);
    } else {
      write(slot, source.asSlice(sourceOffset, pageBytes).asByteBuffer());
    }
    if (slot != known) {
      slots.put(pageIdx, slot);
    }
  }

  /**
   * Copies a part of a staged page.
   *
   * @return false when the page is not staged
   */
  public boolean read(
      long pageIdx, int offsetInPage, MemorySegment target, long targetOffset, int length) {
    Integer slot = slots.get(pageIdx);
    if (slot == null) {
      return false;
    }
    if (slot == ZEROS) {
      target.asSlice(targetOffset, length).fill((byte) 0);
    } else if (slot < slotsInMemory) {
      MemorySegment.copy(memory(slot), offsetInPage, target, targetOffset, length);
    } else {
      readFile(slot, offsetInPage, target.asSlice(targetOffset, length).asByteBuffer());
    }
    return true;
  }

  /** Forgets the pages above this one. */
  public void cut(long lastKept) {
    Map<Long, Integer> above = slots.tailMap(lastKept, false);
    above.values().forEach(this::free);
    above.clear();
  }

  private void free(int slot) {
    if (slot != ZEROS) {
      freeSlots.add(slot);
    }
  }

  private int freeSlot() {
    Integer free = freeSlots.poll();
    return free != null ? free : usedSlots++;
  }

  private MemorySegment memory(int slot) {
    while (memory.size() <= slot) {
      memory.add(MemorySegment.ofArray(new byte[pageBytes]));
    }
    return memory.get(slot);
  }

  private long position(int slot) {
    return (long) (slot - slotsInMemory) * pageBytes;
  }

  private void write(int slot, ByteBuffer source) {
    FileChannel channel = file();
    try {
      long at = position(slot);
      while (source.hasRemaining()) {
        at += channel.write(source, at);
      }
    } catch (IOException e) {
      // The slot is nobody's, unless it held an older content, and then the caller gives up.
      throw DiskTrouble.writing(path(), e);
    }
  }

  private void readFile(int slot, int offsetInPage, ByteBuffer target) {
    FileChannel channel = file();
    try {
      long at = position(slot) + offsetInPage;
      while (target.hasRemaining()) {
        int got = channel.read(target, at);
        if (got < 0) {
          throw new IOException("it ends at byte " + at);
        }
        at += got;
      }
    } catch (IOException e) {
      throw DiskTrouble.reading(path(), e);
    }
  }

  private FileChannel file() {
    FileChannel open = file;
    if (open != null) {
      return open;
    }
    try {
      Path made =
          folder.isPresent()
              ? Files.createTempFile(folder.get(), FILE_PREFIX, "")
              : Files.createTempFile("graft-" + FILE_PREFIX, "");
      open =
          FileChannel.open(
              made,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE);
      filePath = made;
      file = open;
      return open;
    } catch (IOException e) {
      throw DiskTrouble.writing(folder.orElse(Path.of(System.getProperty("java.io.tmpdir"))), e);
    }
  }

  private Path path() {
    return filePath == null ? Path.of(FILE_PREFIX) : filePath;
  }

  /** Gives up everything. */
  @Override
  public void close() {
    slots.clear();
    memory.clear();
    freeSlots.clear();
    FileChannel open = file;
    if (open != null) {
      file = null;
      try {
        open.close();
      } catch (IOException e) {
        throw DiskTrouble.writing(path(), e);
      }
    }
  }
}
