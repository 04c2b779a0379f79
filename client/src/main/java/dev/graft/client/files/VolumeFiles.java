package dev.graft.client.files;

import dev.graft.client.Snapshot;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSize;
import java.lang.foreign.MemorySegment;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The files of a volume at a snapshot. Opening reads the directory; reading a file fetches that
 * file's pages alone, and of those the ones that are read. Safe for use by many threads; the
 * channels are for one each.
 */
public final class VolumeFiles {
  private static final byte[] SQLITE = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

  /** What a volume holds, as its first page tells. */
  public enum Holding {
    /** No pages. */
    NOTHING,
    /** Files that {@link FilesEdit} put there. */
    FILES,
    /** Anything else. */
    OTHER
  }

  private final Snapshot snapshot;
  private final Directory directory;

  private VolumeFiles(Snapshot snapshot, Directory directory) {
    this.snapshot = snapshot;
    this.directory = directory;
  }

  /** What the volume holds. Reads page 1. */
  public static Holding holding(Snapshot snapshot) {
    byte[] page = firstPage(snapshot::read, snapshot.pageSize(), snapshot.pageCount());
    return holding(page, snapshot.pageCount());
  }

  private static Holding holding(byte[] firstPage, PageCount count) {
    if (count.equals(PageCount.ZERO)) {
      return Holding.NOTHING;
    }
    return FilesLayout.isFirstPage(firstPage) ? Holding.FILES : Holding.OTHER;
  }

  /**
   * The files at a snapshot; none in a volume without pages.
   *
   * @param snapshot stays the caller's, and open as long as files are read
   * @throws GraftException.Misuse when the volume holds something else
   * @throws GraftException.Corrupt when the directory is damaged
   */
  public static VolumeFiles of(Snapshot snapshot) {
    return new VolumeFiles(
        snapshot,
        directory(snapshot::read, snapshot.volume(), snapshot.pageSize(), snapshot.pageCount()));
  }

  /** Reads the directory of a volume that holds files, or nothing. */
  static Directory directory(
      Directory.Pages pages, VolumeId volume, PageSize pageSize, PageCount count) {
    byte[] first = firstPage(pages, pageSize, count);
    return switch (holding(first, count)) {
      case NOTHING -> Directory.empty(pageSize);
      case FILES -> Directory.load(pages, first, pageSize, count);
      case OTHER ->
          throw new GraftException.Misuse(
              "volume "
                  + volume
                  + " holds "
                  + (Arrays.equals(first, 0, SQLITE.length, SQLITE, 0, SQLITE.length)
                      ? "a SQLite database"
                      : "pages of something else")
                  + ", not files: use a volume of their own for files");
    };
  }

  private static byte[] firstPage(Directory.Pages pages, PageSize pageSize, PageCount count) {
    byte[] page = new byte[pageSize.bytes()];
    if (count.value() > 0) {
      pages.read(1, 0, MemorySegment.ofArray(page), 0, page.length);
    }
    return page;
  }

  /** All files, in order of their names. */
  public List<StoredFile> list() {
    return directory.files();
  }

  /** A file by its name. */
  public Optional<StoredFile> find(FilePath path) {
    return directory.find(path);
  }

  /**
   * Opens a file of this snapshot for reading, anywhere in it.
   *
   * @return a channel that refuses writes; closing it leaves the snapshot open
   */
  public SeekableByteChannel open(StoredFile file) {
    return new StoredFileChannel(snapshot, file);
  }
}
