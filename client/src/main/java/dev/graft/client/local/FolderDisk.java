package dev.graft.client.local;

import dev.graft.client.folder.DiskTrouble;
import dev.graft.client.folder.FolderSync;
import dev.graft.client.folder.RecordLog;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.SegmentId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Keeps local transactions in a folder whose lock the caller holds. */
public final class FolderDisk implements LocalDisk {
  private static final String FOLDER = "local";
  private static final String LOG = "log";
  private static final String NEW_LOG = "log.new";
  private static final String SEGMENT_PREFIX = "seg-";

  /** A small commit's frames, its page sets and arguments, or a push's request. */
  private static final int MAX_RECORD_BYTES = 16 << 20;

  private final Path folder;

  private FolderDisk(Path folder) {
    this.folder = folder;
  }

  /** Makes the place in the replica's folder if it is not there. */
  public static FolderDisk in(Path replica) {
    Path folder = replica.resolve(FOLDER);
    try {
      FolderSync.create(folder);
      Files.deleteIfExists(folder.resolve(NEW_LOG));
      return new FolderDisk(folder);
    } catch (IOException e) {
      throw DiskTrouble.writing(folder, e);
    }
  }

  @Override
  public Log open(Records records) {
    Path path = folder.resolve(LOG);
    try {
      FileLog log = new FileLog(read(path, records));
      // Also when it was there: a process that was killed may have left it as it was made.
      FolderSync.sync(folder);
      return log;
    } catch (GraftException.Corrupt e) {
      throw new GraftException.Corrupt(
          path
              + " holds the local transactions that were not pushed, and it is damaged ("
              + e.getMessage()
              + "): nobody else has them. put back a copy of this folder, or move "
              + folder
              + " away to go on without them",
          e);
    } catch (IOException e) {
      throw DiskTrouble.writing(path, e);
    }
  }

  private static RecordLog read(Path path, Records records) {
    AtomicLong next = new AtomicLong(RecordLog.START_BYTES);
    return RecordLog.open(
        path,
        MAX_RECORD_BYTES,
        RecordLog.OnDamage.REFUSE,
        payload -> {
          long at = next.getAndAdd(RecordLog.HEAD_BYTES + payload.length);
          records.record(payload, at + RecordLog.HEAD_BYTES);
        });
  }

  @Override
  public Log replace(List<byte[]> records, Records places) {
    Path fresh = folder.resolve(NEW_LOG);
    Path path = folder.resolve(LOG);
    try {
      Files.deleteIfExists(fresh);
      RecordLog out =
          RecordLog.open(fresh, MAX_RECORD_BYTES, RecordLog.OnDamage.REFUSE, payload -> {});
      try {
        for (byte[] record : records) {
          places.record(record, out.append(record));
        }
        out.sync();
        Files.move(
            fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        FolderSync.sync(folder);
      } catch (RuntimeException | IOException e) {
        out.close();
        throw e;
      }
      // The open file goes along with its new name.
      return new FileLog(out);
    } catch (IOException e) {
      throw DiskTrouble.writing(path, e);
    }
  }

  private Path pathOf(SegmentId id) {
    return folder.resolve(id.toString());
  }

  @Override
  public void writeSegment(SegmentId id, byte[] bytes) {
    Path path = pathOf(id);
    try {
      try (FileChannel channel =
          FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        ByteBuffer source = ByteBuffer.wrap(bytes);
        while (source.hasRemaining()) {
          int written = channel.write(source);
          if (written < 0) {
            throw new IOException("it takes no more bytes");
          }
        }
        channel.force(true);
      } catch (IOException e) {
        Files.deleteIfExists(path);
        throw e;
      }
      FolderSync.sync(folder);
    } catch (IOException e) {
      throw DiskTrouble.writing(path, e);
    }
  }

  @Override
  public byte[] readSegment(SegmentId id, long offset, int length) {
    Path path = pathOf(id);
    ByteBuffer target = ByteBuffer.allocate(length);
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      while (target.hasRemaining()) {
        int got = channel.read(target, offset + target.position());
        if (got < 0) {
          throw new GraftException.Corrupt(
              path + " is damaged: it ends at byte " + (offset + target.position()));
        }
      }
      return target.array();
    } catch (IOException e) {
      throw DiskTrouble.reading(path, e);
    }
  }

  @Override
  public long segmentBytes(SegmentId id) {
    Path path = pathOf(id);
    try {
      return Files.exists(path) ? Files.size(path) : -1;
    } catch (IOException e) {
      throw DiskTrouble.reading(path, e);
    }
  }

  @Override
  public void removeSegment(SegmentId id) {
    Path path = pathOf(id);
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw DiskTrouble.writing(path, e);
    }
  }

  @Override
  public Set<SegmentId> segments() {
    Set<SegmentId> found = new HashSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, SEGMENT_PREFIX + "*")) {
      for (Path file : files) {
        found.add(SegmentId.parse(file.getFileName().toString()));
      }
      return found;
    } catch (IOException e) {
      throw DiskTrouble.reading(folder, e);
    }
  }

  @Override
  public void close() {}

  /** A log in a file. */
  private record FileLog(RecordLog records) implements Log {
    @Override
    public long append(byte[] record) {
      return records.append(record);
    }

    @Override
    public void sync() {
      records.sync();
    }

    @Override
    public long sizeBytes() {
      return records.sizeBytes();
    }

    @Override
    public void cut(long sizeBytes) {
      records.cut(sizeBytes);
    }

    @Override
    public byte[] read(long offset, int length) {
      return records.read(offset, length);
    }

    @Override
    public void close() {
      records.close();
    }
  }
}
