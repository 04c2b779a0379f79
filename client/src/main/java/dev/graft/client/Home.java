package dev.graft.client;

import dev.graft.client.folder.DiskTrouble;
import dev.graft.client.folder.FolderLock;
import dev.graft.client.folder.SavedStanding;
import dev.graft.client.folder.StandingLog;
import dev.graft.client.local.LocalLog;
import dev.graft.client.write.StagedPages;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Where a replica lives: a folder that remembers, or nowhere. */
sealed interface Home extends AutoCloseable {
  /** Where the replica stood last; null when nothing is remembered. */
  @Nullable SavedStanding saved();

  /** Remembers a standing that does not lead on from the one before. */
  void began(Standing standing, Position head);

  /** Remembers a move. */
  void moved(Standing to, Position head, Step step);

  /**
   * Returns when the home remembers what the replica stands on: local commits may lie on nothing
   * else.
   *
   * @throws GraftException.Limit when the disk is full
   */
  void settle(Standing standing, Position head);

  /** Remembers a newer head, if the disk lets it: a pull tells of it again. */
  void sawHead(Standing standing, Position head);

  /** The log of local commits. */
  LocalLog local();

  /** The folder, if there is one. */
  Optional<Path> folder();

  @Override
  void close();

  /** A home that forgets. */
  record Nowhere(LocalLog local) implements Home {
    @Override
    public @Nullable SavedStanding saved() {
      return null;
    }

    @Override
    public void began(Standing standing, Position head) {}

    @Override
    public void moved(Standing to, Position head, Step step) {}

    @Override
    public void settle(Standing standing, Position head) {}

    @Override
    public void sawHead(Standing standing, Position head) {}

    @Override
    public Optional<Path> folder() {
      return Optional.empty();
    }

    @Override
    public void close() {
      local.close();
    }
  }

  /** A folder, held by this process. */
  final class InFolder implements Home {
    private final Path path;
    private final FolderLock lock;
    private final StandingLog log;
    private final LocalLog local;

    /** Whether a move is missing in the log. In turn with all moves. */
    private boolean behind;

    private InFolder(Path path, FolderLock lock, StandingLog log, LocalLog local) {
      this.path = path;
      this.lock = lock;
      this.log = log;
      this.local = local;
    }

    /**
     * Takes the folder.
     *
     * @param locals opens the log of local commits
     * @throws GraftException.Misuse when it is in use, cannot be written, or is of another volume
     * @throws GraftException.Corrupt when it is damaged
     */
    static InFolder take(Path path, VolumeId volume, Supplier<LocalLog> locals) {
      FolderLock lock = FolderLock.take(path);
      try {
        removeLeftOvers(path);
        StandingLog log = StandingLog.open(path);
        SavedStanding saved = log.saved();
        if (saved != null && !saved.volume().equals(volume)) {
          log.close();
          throw new GraftException.Misuse(
              "the folder "
                  + path
                  + " holds a replica of "
                  + saved.volume()
                  + ", not of "
                  + volume
                  + "; use another folder");
        }
        try {
          return new InFolder(path, lock, log, locals.get());
        } catch (RuntimeException e) {
          log.close();
          throw e;
        }
      } catch (RuntimeException e) {
        lock.close();
        throw e;
      }
    }

    /** Files of transactions that a killed process left: nobody can commit them any more. */
    private static void removeLeftOvers(Path folder) {
      try (DirectoryStream<Path> files =
          Files.newDirectoryStream(folder, StagedPages.FILE_PREFIX + "*")) {
        for (Path file : files) {
          Files.deleteIfExists(file);
        }
      } catch (IOException e) {
        throw DiskTrouble.writing(folder, e);
      }
    }

    @Override
    public @Nullable SavedStanding saved() {
      return log.saved();
    }

    @Override
    public void began(Standing standing, Position head) {
      log.begin(of(standing, head));
      behind = false;
    }

    /**
     * {@inheritDoc}
     *
     * <p>What the disk refuses is not lost: the folder then remembers an older standing of the same
     * history, from which the next opening pulls.
     */
    @Override
    public void moved(Standing to, Position head, Step step) {
      try {
        if (step.afresh() || behind) {
          began(to, head);
        } else {
          log.step(of(to, head), step.laid());
        }
      } catch (GraftException.Limit | GraftException.Unavailable | GraftException.Unauthorized e) {
        // A later step would lead on from one that is not there.
        behind = true;
      }
    }

    private static SavedStanding of(Standing standing, Position head) {
      return new SavedStanding(
          standing.volume,
          standing.pageSize,
          standing.position,
          standing.time,
          head,
          standing.root());
    }

    @Override
    public void settle(Standing standing, Position head) {
      if (behind) {
        began(standing, head);
      }
    }

    @Override
    public void sawHead(Standing standing, Position head) {
      try {
        began(standing, head);
      } catch (GraftException e) {
        // A full disk, or a map too large for one record: what is remembered stays right.
        return;
      }
    }

    @Override
    public LocalLog local() {
      return local;
    }

    @Override
    public Optional<Path> folder() {
      return Optional.of(path);
    }

    @Override
    public void close() {
      local.close();
      log.close();
      lock.close();
    }
  }
}
