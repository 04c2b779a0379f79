package dev.graft.client.files;

import dev.graft.client.CommitOptions;
import dev.graft.client.CommitResult;
import dev.graft.client.Transaction;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSize;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Puts files into a volume and takes them out: all of an edit is one commit, or nothing is. Content
 * goes straight to the transaction, page by page, so memory does not grow with files. For one
 * thread at a time.
 */
public final class FilesEdit implements AutoCloseable {
  private static final int BUFFER_BYTES = 256 * 1024;

  private final Transaction transaction;
  private final PageSize pageSize;
  private final Directory directory;
  private final FreePages free;

  /** Runs that files gave back; parts of them may have been taken again. */
  private final List<PageRun> released = new ArrayList<>();

  /** Whether a put ended halfway: what is staged makes no sense. */
  private boolean broken;

  private boolean written;

  private FilesEdit(Transaction transaction, Directory directory) {
    this.transaction = transaction;
    this.pageSize = transaction.base().pageSize();
    this.directory = directory;
    this.free = directory.free();
  }

  /**
   * Begins an edit of a volume that holds files, or nothing. Reads the directory.
   *
   * @param transaction the edit's from now on; closed with it
   * @throws GraftException.Misuse when the volume holds something else
   * @throws GraftException.Corrupt when the directory is damaged
   */
  public static FilesEdit in(Transaction transaction) {
    return new FilesEdit(
        transaction,
        VolumeFiles.directory(
            transaction::read,
            transaction.base().volume(),
            transaction.base().pageSize(),
            transaction.pageCount()));
  }

  /** A file by its name, as edited. */
  public Optional<StoredFile> find(FilePath path) {
    return directory.find(path);
  }

  /**
   * Puts a file, in the place of one of that name if there is one: then only pages whose content
   * has changed are written, for which the old ones are read.
   *
   * @param bytes how long the content is
   * @param modified when it was last changed where it comes from
   * @param content exactly so many bytes; not closed
   * @throws IOException when the content cannot be read, or is shorter or longer; the edit can only
   *     be closed then
   * @throws GraftException.Misuse when the name is that of a folder of files, or lies below a file
   */
  public StoredFile put(FilePath path, long bytes, Instant modified, ReadableByteChannel content)
      throws IOException {
    requireWhole();
    requireName(path);
    broken = true;
    StoredFile old = directory.remove(path);
    long pages = LengthPage.pages(bytes, pageSize.bytes());
    List<PageRun> kept = old == null ? List.of() : keep(old.runs(), pages);
    List<PageRun> runs = grown(kept, pages);
    boolean anew = runs.size() > StoredFile.MAX_RUNS;
    if (anew) {
      runs.forEach(this::release);
      runs = List.of(free.take(pages, 0));
    }
    long comparable = anew ? 0 : kept.stream().mapToLong(PageRun::pages).sum();
    Hash sha256 = copy(path, bytes, content, runs, comparable);
    StoredFile file = new StoredFile(path, bytes, modified, sha256, runs);
    directory.put(file);
    broken = false;
    return file;
  }

  /**
   * Takes a file out; its pages are free for others.
   *
   * @return false when there is none of that name
   */
  public boolean remove(FilePath path) {
    requireWhole();
    StoredFile file = directory.remove(path);
    if (file == null) {
      return false;
    }
    file.runs().forEach(this::release);
    return true;
  }

  /**
   * Commits all puts and removals as one. Ends the edit in every case but an exception of kind
   * unavailable, after which the same call may be repeated.
   *
   * @param options which written pages are hot is decided here: those of the directory
   */
  public CommitResult commit(CommitOptions options) {
    requireWhole();
    if (!written) {
      directory.write((idx, page) -> transaction.write(idx, MemorySegment.ofArray(page), 0));
      clearReleased();
      written = true;
    }
    return transaction.commit(
        new CommitOptions(
            options.author(),
            options.message(),
            idx -> idx == 1 || directory.isDirectoryPage(idx),
            options.durability(),
            options.onConflict(),
            options.mutation(),
            options.again()));
  }

  private void requireWhole() {
    if (broken) {
      throw new GraftException.Misuse("a file was put only in part: close the edit and begin anew");
    }
  }

  private void requireName(FilePath path) {
    int bytes = path.value().getBytes(StandardCharsets.UTF_8).length;
    if (bytes > directory.layout().maxPathBytes()) {
      throw new GraftException.Misuse(
          "'"
              + path
              + "' has "
              + bytes
              + " bytes; a volume with pages of "
              + pageSize
              + " bytes takes names of at most "
              + directory.layout().maxPathBytes());
    }
    directory
        .below(path)
        .ifPresent(inside -> {
          throw new GraftException.Misuse(
              "'" + path + "' is a folder: '" + inside.path() + "' is in it");
        });
    String parent = path.value();
    for (int slash = parent.lastIndexOf('/'); slash > 0; slash = parent.lastIndexOf('/')) {
      parent = parent.substring(0, slash);
      if (directory.find(new FilePath(parent)).isPresent()) {
        throw new GraftException.Misuse(
            "'" + path + "' cannot be put: '" + parent + "' is a file, not a folder");
      }
    }
  }

  private void release(PageRun run) {
    free.release(run);
    released.add(run);
  }

  /** The first pages of a file; those behind are given back. */
  private List<PageRun> keep(List<PageRun> runs, long pages) {
    List<PageRun> kept = new ArrayList<>();
    long left = pages;
    for (PageRun run : runs) {
      if (left >= run.pages()) {
        kept.add(run);
      } else {
        if (left > 0) {
          kept.add(new PageRun(run.first(), left));
        }
        release(new PageRun(run.first() + left, run.pages() - left));
      }
      left = Math.max(0, left - run.pages());
    }
    return kept;
  }

  /** The same pages and as many more as are wanted. */
  private List<PageRun> grown(List<PageRun> kept, long pages) {
    long more = pages - kept.stream().mapToLong(PageRun::pages).sum();
    if (more == 0) {
      return kept;
    }
    List<PageRun> runs = new ArrayList<>(kept);
    long after = runs.isEmpty() ? 0 : runs.getLast().last();
    PageRun taken = free.take(more, after);
    if (!runs.isEmpty() && taken.first() == after + 1) {
      PageRun last = runs.removeLast();
      runs.add(new PageRun(last.first(), last.pages() + more));
    } else {
      runs.add(taken);
    }
    return runs;
  }

  private Hash copy(
      FilePath path, long bytes, ReadableByteChannel content, List<PageRun> runs, long comparable)
      throws IOException {
    MessageDigest digest = Hash.newDigest();
    ByteBuffer buffer = ByteBuffer.allocate(Math.max(BUFFER_BYTES, pageSize.bytes()));
    byte[] before = new byte[pageSize.bytes()];
    long left = bytes;
    long number = 0;
    for (PageRun run : runs) {
      for (long idx = run.first(); idx <= run.last(); idx++, number++) {
        if (!buffer.hasRemaining() || number == 0) {
          left -= fill(path, buffer, left, content, digest);
        }
        byte[] all = buffer.array();
        int at = buffer.position();
        if (number >= comparable || !isSame(idx, all, at, before)) {
          transaction.write(idx, MemorySegment.ofArray(all), at);
        }
        buffer.position(at + pageSize.bytes());
      }
    }
    if (content.read(ByteBuffer.allocate(1)) > 0) {
      throw new IOException(path + " became longer while it was read: put it again");
    }
    return Hash.of(digest.digest());
  }

  /** Fills the buffer with whole pages; behind the end there are zeros. */
  private int fill(
      FilePath path,
      ByteBuffer buffer,
      long left,
      ReadableByteChannel content,
      MessageDigest digest)
      throws IOException {
    int wanted = (int) Math.min(left, buffer.capacity());
    buffer.clear().limit(wanted);
    while (buffer.hasRemaining()) {
      if (content.read(buffer) < 0) {
        throw new IOException(path + " became shorter while it was read: put it again");
      }
    }
    digest.update(buffer.array(), 0, wanted);
    int padded = (int) LengthPage.pages(wanted, pageSize.bytes()) * pageSize.bytes();
    Arrays.fill(buffer.array(), wanted, padded, (byte) 0);
    buffer.clear().limit(padded);
    return wanted;
  }

  private boolean isSame(long idx, byte[] now, int at, byte[] before) {
    transaction.read(idx, 0, MemorySegment.ofArray(before), 0, before.length);
    return Arrays.equals(now, at, at + before.length, before, 0, before.length);
  }

  /** Pages that nobody took again are cleared, so that they take no room, or cut off. */
  private void clearReleased() {
    if (transaction.pageCount().value() > free.last()) {
      transaction.truncate(new PageCount(free.last()));
    }
    MemorySegment zeros = MemorySegment.ofArray(new byte[pageSize.bytes()]);
    for (PageRun run : released) {
      for (long idx = run.first(); idx <= Math.min(run.last(), free.last()); idx++) {
        if (!free.isUsed(idx)) {
          transaction.write(idx, zeros, 0);
        }
      }
    }
  }

  /** Gives up what was not committed. */
  @Override
  public void close() {
    transaction.close();
  }
}
