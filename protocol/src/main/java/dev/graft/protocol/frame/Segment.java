package dev.graft.protocol.frame;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;
import java.util.Arrays;

/**
 * A whole segment: header, frames one after the other, footer.
 *
 * @param bytes all of it, not to be changed
 * @param sha256 of the bytes
 * @param footer what its footer says
 */
public record Segment(byte[] bytes, Hash sha256, SegmentFooter footer) {
  /** No segment is longer: 64 MiB. */
  public static final int MAX_BYTES = 64 * 1024 * 1024;

  /** No segment has more frames. */
  public static final int MAX_FRAMES = Frame.MAX_NUMBER + 1;

  /** The length at which an import begins the next segment: 16 MiB. */
  public static final int IMPORT_BYTES = 16 * 1024 * 1024;

  /** Magic, kind, version, volume, segment, page size, checksum. */
  public static final int HEADER_BYTES = WireWriter.HEADER_BYTES + 16 + 16 + 1 + 4;

  private static final int KIND = 'S';
  private static final int VERSION = 1;

  /** Its id. */
  public SegmentId id() {
    return footer.owner().segment();
  }

  static void encodeHeader(WireWriter out, FrameOwner.InSegment owner, PageSize pageSize) {
    out.header(KIND, VERSION).volume(owner.volume()).segment(owner.segment());
    out.u8(pageSize.log2()).seal();
  }

  /**
   * Proves a whole segment: header, footer, and every frame's checksum, owner, number and place.
   * Contents are not decompressed: the checksums stand for them.
   *
   * @return what is proved
   * @throws GraftException.Corrupt when anything in it is not as the segment of that volume and id
   *     must be
   * @throws GraftException.Limit when it is longer than {@link #MAX_BYTES}
   * @throws GraftException.Misuse when it is of a newer format version
   */
  public static SegmentFooter verify(byte[] whole, VolumeId volume, SegmentId segment) {
    String name = ObjectNames.segment(volume, segment);
    if (whole.length > MAX_BYTES) {
      throw new GraftException.Limit(
          name + " has " + whole.length + " bytes; a segment has at most " + MAX_BYTES);
    }
    if (whole.length < HEADER_BYTES + SegmentFooter.TRAILER_BYTES) {
      throw new GraftException.Corrupt(
          name + " is damaged: it has only " + whole.length + " bytes");
    }
    WireReader in = WireReader.object(name, whole, 0, HEADER_BYTES, KIND, VERSION);
    FrameOwner.InSegment owner = new FrameOwner.InSegment(in.volume(), in.segment());
    int log2 = in.u8();
    int footerBytes =
        SegmentFooter.lengthBytes(
            volume, segment, tail(whole, SegmentFooter.TRAILER_BYTES), whole.length);
    SegmentFooter footer =
        SegmentFooter.decode(volume, segment, tail(whole, footerBytes), whole.length);
    if (!owner.equals(footer.owner()) || log2 != footer.pageSize().log2()) {
      throw in.corrupt("it is the header of " + owner);
    }
    for (FooterEntry entry : footer.entries()) {
      verifyFrame(whole, entry, footer.pageSize());
    }
    return footer;
  }

  private static byte[] tail(byte[] whole, int length) {
    return Arrays.copyOfRange(whole, whole.length - length, whole.length);
  }

  private static void verifyFrame(byte[] whole, FooterEntry entry, PageSize pageSize) {
    FrameRef ref = entry.ref();
    String name = FrameDecoder.nameOf(ref);
    // The footer proved that the frames lie within the segment, one after the other.
    int offset = (int) ref.offsetBytes();
    FrameHeader header = Frame.header(name, whole, offset, ref.lengthBytes());
    int crcAt = offset + ref.lengthBytes() - WireWriter.SEAL_BYTES;
    int crc32c = new WireReader(name, whole, crcAt, WireWriter.SEAL_BYTES).u32();
    if (!header.owner().equals(ref.owner())
        || header.number() != ref.number()
        || header.kind() != entry.kind()
        || header.hot() != entry.hot()
        || header.rawBytes() != entry.rawBytes()
        || !header.pageSize().equals(pageSize)
        || crc32c != entry.crc32c()
        || !SegmentFooter.pageSet(header.pages()).equals(entry.pages())) {
      throw new GraftException.Corrupt(name + " is not the one that the footer lists");
    }
  }
}
