package dev.graft.engine;

import dev.graft.engine.store.GetOutcome;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.Frame;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.frame.ObjectNames;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Commit;
import dev.graft.protocol.log.CommitHeader;
import dev.graft.protocol.log.LogEnd;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The commits of all volumes: read once, proved, and the latest kept, for they never change. */
final class CommitLog {
  /** No commit is longer: a header, then inline frames. */
  static final int MAX_COMMIT_BYTES = CommitHeader.MAX_BYTES + Commit.MAX_INLINE_FRAMES_BYTES;

  private static final long KEPT_BYTES = 16 << 20;

  /** What an entry takes beside its bytes. */
  private static final int ENTRY_WEIGHT = 2_048;

  private final PatientStore log;
  private final BoundedCache<FrameOwner.InCommit, StoredCommit> kept =
      new BoundedCache<>(KEPT_BYTES, commit -> ENTRY_WEIGHT + commit.bytes().length);

  CommitLog(PatientStore log) {
    this.log = log;
  }

  /** The commit's header, from memory or by one read; nothing when there is no such commit. */
  Optional<StoredCommit> find(VolumeId volume, Lsn lsn) {
    StoredCommit known = kept.get(new FrameOwner.InCommit(volume, lsn));
    return known != null ? Optional.of(known) : read(volume, lsn, CommitHeader.MAX_BYTES);
  }

  /**
   * The header of a commit that must be there.
   *
   * @throws GraftException.Corrupt when it is not
   */
  CommitHeader header(VolumeId volume, Lsn lsn) {
    return find(volume, lsn)
        .orElseThrow(() ->
            new GraftException.Corrupt(
                Keys.commit(volume, lsn)
                    + " (commit "
                    + lsn
                    + ") is missing, although later commits exist"))
        .header();
  }

  /** The commit with its inline frames, from memory or by one read. */
  Optional<StoredCommit> findWhole(VolumeId volume, Lsn lsn) {
    StoredCommit known = kept.get(new FrameOwner.InCommit(volume, lsn));
    return known != null && known.isWhole()
        ? Optional.of(known)
        : read(volume, lsn, MAX_COMMIT_BYTES);
  }

  /** Whether the header is in memory. */
  boolean knows(VolumeId volume, Lsn lsn) {
    return kept.get(new FrameOwner.InCommit(volume, lsn)) != null;
  }

  /**
   * Whether the log ends at this place, for good: what stands there is no commit but the end of a
   * deleted volume.
   */
  boolean endsAt(VolumeId volume, Lsn lsn) {
    return !knows(volume, lsn)
        && log.get(volume, Keys.commit(volume, lsn), 0, CommitHeader.MAX_BYTES)
            instanceof GetOutcome.Found(byte[] bytes, long totalBytes)
        && LogEnd.isOne(bytes);
  }

  /** Keeps a commit that was just put. */
  void remember(StoredCommit commit) {
    CommitHeader header = commit.header();
    kept.put(new FrameOwner.InCommit(header.volume(), header.lsn()), commit);
  }

  /**
   * The bytes of an inline frame when its commit is in memory. Nothing when they are not what was
   * written: only the header was proved when they were read, and a range that was damaged on its
   * way is not to be damage for as long as it is kept here.
   */
  byte @Nullable [] frameAtHand(FrameRef ref) {
    if (!(ref.owner() instanceof FrameOwner.InCommit owner)) {
      return null;
    }
    StoredCommit commit = kept.get(owner);
    long end = ref.offsetBytes() + ref.lengthBytes();
    if (commit == null || end > commit.bytes().length || !isWhole(commit.bytes(), ref)) {
      return null;
    }
    return Arrays.copyOfRange(commit.bytes(), (int) ref.offsetBytes(), (int) end);
  }

  private static boolean isWhole(byte[] bytes, FrameRef ref) {
    try {
      Frame.header("a kept frame", bytes, (int) ref.offsetBytes(), ref.lengthBytes());
      return true;
    } catch (GraftException.Corrupt e) {
      return false;
    }
  }

  private Optional<StoredCommit> read(VolumeId volume, Lsn lsn, int maxBytes) {
    return switch (log.get(volume, Keys.commit(volume, lsn), 0, maxBytes)) {
      case GetOutcome.Missing() -> Optional.empty();
      case GetOutcome.Found(byte[] bytes, long totalBytes) -> {
        String name = ObjectNames.commit(volume, lsn);
        if (LogEnd.isOne(bytes)) {
          throw Deletion.gone(LogEnd.decode(name, volume, lsn, bytes).volume());
        }
        CommitHeader header = CommitHeader.decode(name, volume, lsn, bytes);
        long expected = header.lengthBytes() + header.inlineFramesBytes();
        if (totalBytes != expected) {
          throw new GraftException.Corrupt(
              name
                  + " is damaged at byte "
                  + Math.min(totalBytes, expected)
                  + ": it has "
                  + totalBytes
                  + " bytes and its header says "
                  + expected);
        }
        StoredCommit commit = new StoredCommit(header, bytes);
        remember(commit);
        yield Optional.of(commit);
      }
    };
  }
}
