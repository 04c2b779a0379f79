package dev.graft.client.files;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

/**
 * The two kinds of pages that a volume of files has beside the files' own: page 1, which names the
 * runs of directory pages, and directory pages, which hold entries of files. Pure.
 */
final class FilesLayout {
  static final int FIRST_KIND = 'I';
  static final int DIRECTORY_KIND = 'E';
  static final int VERSION = 1;

  /** Runs of directory pages that page 1 can name. */
  static final int MAX_DIRECTORY_RUNS = 48;

  private static final long MAX_MILLIS = 1L << 47;
  private static final int MIN_ENTRY_BYTES = 1 + 1 + 1 + 8 + 32 + 1;

  /** Envelope and length. */
  private static final int BEFORE_CONTENT = WireWriter.HEADER_BYTES + 4;

  /** What a directory page takes beside its entries; the count may take two bytes. */
  private static final int AROUND_ENTRIES = BEFORE_CONTENT + 2 + WireWriter.SEAL_BYTES;

  private final PageSize pageSize;

  FilesLayout(PageSize pageSize) {
    this.pageSize = pageSize;
  }

  /** Bytes of entries that a directory page has room for. */
  int room() {
    return pageSize.bytes() - AROUND_ENTRIES;
  }

  /** The longest name: with it an entry takes no more than its page, whatever its runs. */
  int maxPathBytes() {
    return Math.min(FilePath.MAX_BYTES, pageSize.bytes() / 2 - 16);
  }

  /** Whether this is page 1 of a volume of files, in any version. */
  static boolean isFirstPage(byte[] page) {
    WireReader in = new WireReader("page 1", page);
    return in.u32() == WireWriter.MAGIC && in.u8() == FIRST_KIND;
  }

  byte[] firstPage(List<PageRun> directory) {
    WireWriter content = new WireWriter(pageSize.bytes()).u8(pageSize.log2());
    runs(content, directory);
    return page(FIRST_KIND, content);
  }

  /** The runs of directory pages. */
  List<PageRun> readFirstPage(byte[] page) {
    WireReader in = open("page 1 of a volume of files", page, FIRST_KIND);
    int log2 = in.u8();
    if (log2 != pageSize.log2()) {
      throw in.corrupt("it tells of pages of 2^" + log2 + " bytes in a volume with " + pageSize);
    }
    List<PageRun> runs = checked(in, () -> runs(in, MAX_DIRECTORY_RUNS));
    in.expectEnd();
    return runs;
  }

  /** A page of zeros when there are no entries. */
  byte[] directoryPage(Collection<StoredFile> entries) {
    if (entries.isEmpty()) {
      return new byte[pageSize.bytes()];
    }
    WireWriter content = new WireWriter(pageSize.bytes()).varint(entries.size());
    entries.forEach(entry -> entry(content, entry));
    return page(DIRECTORY_KIND, content);
  }

  /** The entries of a directory page. */
  List<StoredFile> readDirectoryPage(long pageIdx, byte[] page) {
    if (isZero(page)) {
      return List.of();
    }
    WireReader in = open("directory page " + pageIdx, page, DIRECTORY_KIND);
    int count = in.count("entries", room() / MIN_ENTRY_BYTES, MIN_ENTRY_BYTES);
    if (count == 0) {
      throw in.corrupt("a directory page without entries is all zeros");
    }
    List<StoredFile> entries = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      StoredFile entry = checked(in, () -> entry(in));
      if (entry.pages() != LengthPage.pages(entry.bytes(), pageSize.bytes())) {
        throw in.corrupt(
            "file "
                + entry.path()
                + " has "
                + entry.bytes()
                + " bytes in "
                + entry.pages()
                + " pages");
      }
      entries.add(entry);
    }
    in.expectEnd();
    return entries;
  }

  /** The bytes that an entry takes in a directory page. */
  static int entryBytes(StoredFile file) {
    WireWriter out = new WireWriter();
    entry(out, file);
    return out.size();
  }

  private static void entry(WireWriter out, StoredFile file) {
    out.text(file.path().value(), FilePath.MAX_BYTES)
        .varint(file.bytes())
        .u64(file.modified().toEpochMilli())
        .hash(file.sha256());
    runs(out, file.runs());
  }

  private static StoredFile entry(WireReader in) {
    FilePath path = new FilePath(in.text("path", FilePath.MAX_BYTES));
    long bytes = in.varint("length", 0, Long.MAX_VALUE);
    long millis = in.u64();
    if (millis < -MAX_MILLIS || millis > MAX_MILLIS) {
      throw in.corrupt("a time of " + millis + " ms cannot be");
    }
    return new StoredFile(
        path, bytes, Instant.ofEpochMilli(millis), in.hash(), runs(in, StoredFile.MAX_RUNS));
  }

  private static void runs(WireWriter out, List<PageRun> runs) {
    out.varint(runs.size());
    runs.forEach(run -> out.varint(run.first()).varint(run.pages()));
  }

  private static List<PageRun> runs(WireReader in, int max) {
    int count = in.count("runs", max, 2);
    List<PageRun> runs = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      runs.add(new PageRun(in.varint(), in.varint()));
    }
    return runs;
  }

  private byte[] page(int kind, WireWriter content) {
    WireWriter out = new WireWriter(pageSize.bytes());
    out.header(kind, VERSION)
        .u32(BEFORE_CONTENT + content.size() + WireWriter.SEAL_BYTES)
        .bytes(content.toBytes())
        .seal();
    return Arrays.copyOf(out.toBytes(), pageSize.bytes());
  }

  /** Proves a page and reads its content. */
  private static WireReader open(String name, byte[] page, int kind) {
    WireReader head = new WireReader(name, page);
    head.header(kind, VERSION);
    int length = head.u32();
    if (length < BEFORE_CONTENT + WireWriter.SEAL_BYTES || length > page.length) {
      throw head.corrupt("it tells of " + length + " bytes in a page of " + page.length);
    }
    for (int i = length; i < page.length; i++) {
      if (page[i] != 0) {
        throw head.corrupt("byte " + i + ", behind its end, is not zero");
      }
    }
    WireReader in = WireReader.object(name, page, 0, length, kind, VERSION);
    in.u32();
    return in;
  }

  /** What breaks a rule of a value is damage here. */
  private static <T> T checked(WireReader in, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (GraftException.Misuse broken) {
      throw in.corrupt(String.valueOf(broken.getMessage()));
    }
  }

  private static boolean isZero(byte[] page) {
    return page[0] == 0 && Arrays.equals(page, 0, page.length - 1, page, 1, page.length);
  }
}
