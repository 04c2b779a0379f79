package dev.graft.client.folder;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.map.Root;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The file that says where a replica stands: a whole standing, then the steps since. Every step is
 * synced; when the steps outgrow the whole, the file is written anew beside and put in its place.
 * One thread at a time.
 */
public final class StandingLog implements AutoCloseable {
  private static final String FILE = "standing";
  private static final String NEW_FILE = "standing.new";

  /** A record is at most a map of 1 MiB and what is said around it. */
  private static final int MAX_RECORD_BYTES = Root.MAX_ENCODED_BYTES + 256;

  /** Steps may grow to this many bytes before the file is written anew. */
  private static final long MIN_STEP_BYTES = 1 << 20;

  private final Path folder;
  private @Nullable SavedStanding saved;
  private RecordLog log;
  private long baseBytes;

  private StandingLog(Path folder) {
    this.folder = folder;
    this.log = open();
    this.baseBytes = 0;
  }

  /**
   * Reads what an earlier process left in the folder, whose lock the caller holds.
   *
   * @throws GraftException.Corrupt when it is damaged otherwise than by a crash
   */
  public static StandingLog open(Path folder) {
    return new StandingLog(folder);
  }

  private RecordLog open() {
    Path path = folder.resolve(FILE);
    try {
      return RecordLog.open(
          path,
          MAX_RECORD_BYTES,
          RecordLog.OnDamage.REFUSE,
          payload -> saved = StandingCodec.apply(path.toString(), saved, payload));
    } catch (GraftException.Corrupt e) {
      throw new GraftException.Corrupt(
          e.getMessage()
              + ". move this file away, and nothing else: the folder "
              + folder.resolve("local")
              + " holds what was not pushed; the replica then asks the store where it stood",
          e);
    }
  }

  /** Where the replica stood last; null when the folder is new. */
  public @Nullable SavedStanding saved() {
    return saved;
  }

  /** Remembers a standing that does not lead on from the one before. */
  public void begin(SavedStanding standing) {
    rewrite(StandingCodec.base(standing));
    saved = standing;
  }

  /**
   * Remembers a step.
   *
   * @param laid the map that was laid over the one before
   */
  public void step(SavedStanding after, Root laid) {
    log.append(StandingCodec.step(after, laid));
    log.sync();
    saved = after;
    if (log.sizeBytes() > Math.max(MIN_STEP_BYTES, 4 * baseBytes)) {
      compact(after);
    }
  }

  private void compact(SavedStanding standing) {
    byte[] base;
    try {
      base = StandingCodec.base(standing);
    } catch (GraftException.Limit e) {
      // The map is too large for one record; the steps stay, and are right.
      baseBytes = log.sizeBytes();
      return;
    }
    rewrite(base);
  }

  private void rewrite(byte[] base) {
    Path fresh = folder.resolve(NEW_FILE);
    Path path = folder.resolve(FILE);
    try {
      Files.deleteIfExists(fresh);
      try (RecordLog out =
          RecordLog.open(fresh, MAX_RECORD_BYTES, RecordLog.OnDamage.REFUSE, payload -> {})) {
        out.append(base);
        out.sync();
      }
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      syncFolder();
    } catch (IOException e) {
      throw DiskTrouble.writing(path, e);
    }
    log.close();
    log = RecordLog.open(path, MAX_RECORD_BYTES, RecordLog.OnDamage.REFUSE, payload -> {});
    baseBytes = log.sizeBytes();
  }

  private void syncFolder() throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public void close() {
    log.close();
  }
}
