package dev.graft.protocol.log;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageIdx;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.wire.WireWriter;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * Digests what a transaction read and wrote, so that two attempts at the same work are known as the
 * same and different work under one key is known as different. It never sees base, LSN, time, frame
 * or segment ids: those change between attempts. For one thread at a time.
 */
public final class ContentDigest {
  private static final int KIND = 'D';
  private static final int VERSION = 1;

  private final MessageDigest digest = Hash.newDigest();
  private long last;

  /**
   * Begins the digest of one transaction.
   *
   * @param snapshot what it read
   * @param count page count after it
   * @param smallest the smallest page count since its snapshot
   * @param revertTo the LSN that it goes back to, or null when it does not
   * @param readSet the pages that it read, or null when that was not tracked: all of them
   * @param cleared pages that it makes read as zeros
   */
  public ContentDigest(
      Position snapshot,
      PageCount count,
      PageCount smallest,
      @Nullable Lsn revertTo,
      @Nullable PageSet readSet,
      PageSet cleared) {
    WireWriter out = new WireWriter();
    out.header(KIND, VERSION);
    snapshot.encode(out);
    out.u32((int) count.value()).u32((int) smallest.value());
    if (revertTo == null) {
      out.u8(0);
    } else {
      out.u8(1).u64(revertTo.value());
    }
    if (readSet == null) {
      out.u8(0);
    } else {
      out.u8(1).prefixed(readSet.toBytes());
    }
    out.prefixed(cleared.toBytes());
    digest.update(out.toBytes());
  }

  /**
   * Adds a page that it wrote, above all those added before.
   *
   * @param bytes holds the page's bytes from {@code offset} on
   */
  public ContentDigest page(PageIdx idx, byte[] bytes, int offset, int length) {
    return page(idx, Hash.sha256(bytes, offset, length));
  }

  /**
   * Adds a page that it wrote, above all those added before.
   *
   * @param contentSha the SHA-256 of its raw bytes
   */
  public ContentDigest page(PageIdx idx, Hash contentSha) {
    if (idx.value() <= last) {
      throw new GraftException.Misuse("page " + idx + " does not come after page " + last);
    }
    last = idx.value();
    WireWriter entry = new WireWriter(4 + Hash.LENGTH).u32((int) idx.value()).hash(contentSha);
    digest.update(entry.toBytes());
    return this;
  }

  /** The digest; nothing can be added afterwards. */
  public Hash finish() {
    return Hash.of(digest.digest());
  }
}
