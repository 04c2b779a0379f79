package dev.graft.client.files;

import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;
import java.util.OptionalLong;

/**
 * The last page of a volume of bytes whose length is no multiple of the page size: it tells the
 * length. A volume without such a page is as long as its pages.
 */
final class LengthPage {
  static final int KIND = 'B';
  static final int VERSION = 1;

  /** Envelope, length, checksum. */
  static final int ENCODED_BYTES = WireWriter.HEADER_BYTES + 8 + WireWriter.SEAL_BYTES;

  private LengthPage() {}

  /** How many pages hold so many bytes. */
  static long pages(long bytes, int pageBytes) {
    return bytes / pageBytes + (bytes % pageBytes == 0 ? 0 : 1);
  }

  /** A whole page that tells a length. */
  static byte[] encode(long bytes, int pageBytes) {
    byte[] page = new byte[pageBytes];
    byte[] told = new WireWriter(ENCODED_BYTES).header(KIND, VERSION).u64(bytes).seal().toBytes();
    System.arraycopy(told, 0, page, 0, told.length);
    return page;
  }

  /**
   * The length that a volume's last page tells; none when it is a page like others.
   *
   * @param count of the volume, this page included
   */
  static OptionalLong decode(byte[] page, PageCount count) {
    if (!isLengthPage(page)) {
      return OptionalLong.empty();
    }
    long bytes = new WireReader("length page", page, WireWriter.HEADER_BYTES, 8).u64();
    return bytes >= 0 && pages(bytes, page.length) == count.value() - 1
        ? OptionalLong.of(bytes)
        : OptionalLong.empty();
  }

  /** Whether a page could be taken for one that tells a length. */
  static boolean isLengthPage(byte[] page) {
    byte[] same =
        encode(new WireReader("length page", page, WireWriter.HEADER_BYTES, 8).u64(), page.length);
    return java.util.Arrays.equals(same, page);
  }
}
