package dev.graft.client.cache;

import dev.graft.client.folder.DiskTrouble;
import dev.graft.client.folder.RecordLog;
import dev.graft.protocol.error.GraftException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The file that tells which frames stand where in the data files. It is written after the data and
 * neither is synced: an entry whose data did not reach the disk is found out by its checksum. When
 * most of it is about frames that are gone, it is written anew beside and put in its place.
 *
 * <p>Whatever is wrong with it costs only what it knows: it is then begun anew. Entries are added
 * by many threads; it is written anew in the cache's turn.
 */
class FrameIndex implements AutoCloseable {
  private static final String FILE = "frames";
  private static final String NEW_FILE = "frames.new";
  private static final int MAX_ENTRY_BYTES = 8 * 1024;

  /** It is not written anew for less entries than these. */
  private static final long MIN_DEAD = 1024;

  /** The index of a cache in memory: there is nothing to remember. */
  static final FrameIndex NONE =
      new FrameIndex(Path.of("")) {
        @Override
        void append(CachedFrame frame) {}

        @Override
        void tidy(Collection<CachedFrame> live) {}

        @Override
        void rewrite(Collection<CachedFrame> live) {}
      };

  private final Path folder;

  /** Null when the disk took it away; guarded by this. */
  private @Nullable RecordLog log;

  /** Entries of the file; guarded by this. */
  private long entries;

  /** What was added while it is written anew; guarded by this. */
  private @Nullable List<byte[]> meanwhile;

  private FrameIndex(Path folder) {
    this.folder = folder;
  }

  /** Opens or begins the index and gives on every entry, the oldest first. */
  static FrameIndex open(Path folder, Consumer<FrameEntry> into) {
    FrameIndex index = new FrameIndex(folder);
    Path path = folder.resolve(FILE);
    RecordLog opened =
        RecordLog.open(
            path,
            MAX_ENTRY_BYTES,
            RecordLog.OnDamage.FORGET_THE_REST,
            payload -> {
              into.accept(FrameEntry.decode(path.toString(), payload));
              index.entries++;
            });
    index.log = opened;
    return index;
  }

  /** Forgets everything, with the files that it told of. */
  static void clear(Path folder) {
    try {
      Files.deleteIfExists(folder.resolve(FILE));
    } catch (IOException e) {
      throw DiskTrouble.writing(folder, e);
    }
  }

  /**
   * Adds an entry; durable at the system's leisure. When the disk refuses it, the frame is not
   * known after the next opening.
   */
  void append(CachedFrame frame) {
    if (!frame.slab().isFile()) {
      return;
    }
    byte[] payload = FrameEntry.of(frame).encode();
    RecordLog to;
    synchronized (this) {
      to = log;
      entries++;
      if (meanwhile != null) {
        meanwhile.add(payload);
      }
    }
    append(to, payload);
  }

  private static void append(@Nullable RecordLog to, byte[] payload) {
    if (to == null) {
      return;
    }
    try {
      to.append(payload);
    } catch (GraftException e) {
      // Full, or just replaced by another: what it would have told is fetched again.
      return;
    }
  }

  /** Writes it anew when most entries are about frames that are not here. */
  void tidy(Collection<CachedFrame> live) {
    synchronized (this) {
      if (log == null || entries <= 2L * live.size() + MIN_DEAD) {
        return;
      }
      meanwhile = new ArrayList<>();
    }
    RecordLog fresh = null;
    try {
      fresh = write(live);
    } catch (GraftException | IOException e) {
      // No room: the old one is still right, and the next slab brings us here again.
      fresh = null;
    } finally {
      swap(fresh);
    }
  }

  /**
   * Writes it anew, durably: what is not among the live ones is not known after any crash.
   *
   * @throws GraftException when the disk does not do it: it then knows what it knew
   */
  void rewrite(Collection<CachedFrame> live) {
    synchronized (this) {
      if (log == null) {
        return;
      }
      meanwhile = new ArrayList<>();
    }
    RecordLog fresh = null;
    try {
      fresh = write(live);
    } catch (IOException e) {
      throw DiskTrouble.writing(folder.resolve(FILE), e);
    } finally {
      swap(fresh);
    }
  }

  private void swap(@Nullable RecordLog fresh) {
    RecordLog old = null;
    List<byte[]> late;
    synchronized (this) {
      late = meanwhile == null ? List.of() : meanwhile;
      meanwhile = null;
      if (fresh != null) {
        old = log;
        log = fresh;
        entries = rewritten + late.size();
      }
    }
    if (fresh != null) {
      for (byte[] payload : late) {
        append(fresh, payload);
      }
    }
    if (old != null) {
      old.close();
    }
  }

  /** Entries of the one just written; in the cache's turn. */
  private long rewritten;

  private RecordLog write(Collection<CachedFrame> live) throws IOException {
    Path beside = folder.resolve(NEW_FILE);
    Path path = folder.resolve(FILE);
    Files.deleteIfExists(beside);
    rewritten = 0;
    try (RecordLog out =
        RecordLog.open(
            beside, MAX_ENTRY_BYTES, RecordLog.OnDamage.FORGET_THE_REST, payload -> {})) {
      for (CachedFrame frame : live) {
        if (frame.slab().isFile()) {
          out.append(FrameEntry.of(frame).encode());
          rewritten++;
        }
      }
      // Else a power cut could leave a name without content in place of an index that was right.
      out.sync();
    }
    Files.move(beside, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    syncFolder();
    return RecordLog.open(path, MAX_ENTRY_BYTES, RecordLog.OnDamage.FORGET_THE_REST, payload -> {});
  }

  private void syncFolder() throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Bytes of the file. */
  synchronized long sizeBytes() {
    return log == null ? 0 : log.sizeBytes();
  }

  @Override
  public void close() {
    RecordLog open;
    synchronized (this) {
      open = log;
      log = null;
    }
    if (open != null) {
      open.close();
    }
  }
}
