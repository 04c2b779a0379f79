package dev.graft.protocol.log;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The beginning of a commit, provable by itself: everything but the inline frames, whose SHA-256 it
 * holds. Its own hash is the commit's, so the chain of parents covers every byte of commits and
 * their segments. Immutable; equal headers are equal bytes.
 */
public final class CommitHeader {
  /** The most bytes of a header: one range read of this length proves any commit. */
  public static final int MAX_BYTES = 16 * 1024;

  /** What stands for the inline frames of a commit that has none. */
  public static final Hash NO_FRAMES = Hash.sha256(new byte[0]);

  static final int KIND = 'C';
  static final int VERSION = 1;

  private static final int LENGTH_AT = WireWriter.HEADER_BYTES;

  private final CommitDraft draft;
  private final RootPlace root;
  private final SegmentTable segments;
  private final int inlineFramesBytes;
  private final Hash inlineFramesSha;
  private final byte[] encoded;
  private final Hash hash;

  private CommitHeader(
      CommitDraft draft,
      RootPlace root,
      SegmentTable segments,
      int inlineFramesBytes,
      Hash inlineFramesSha,
      byte[] encoded) {
    this.draft = draft;
    this.root = root;
    this.segments = segments;
    this.inlineFramesBytes = inlineFramesBytes;
    this.inlineFramesSha = inlineFramesSha;
    this.encoded = encoded;
    this.hash = Hash.sha256(encoded);
  }

  /** Which volume. */
  public VolumeId volume() {
    return draft.volume();
  }

  /** The page size of the volume. */
  public PageSize pageSize() {
    return draft.pageSize();
  }

  /** Its number. */
  public Lsn lsn() {
    return draft.lsn();
  }

  /** The page count after it. */
  public PageCount count() {
    return draft.count();
  }

  /** The smallest page count since its base. */
  public PageCount smallest() {
    return draft.smallest();
  }

  /** The hash of the commit before. */
  public Hash parent() {
    return draft.parent();
  }

  /** The commit time. */
  public Instant time() {
    return draft.time();
  }

  /** The LSN that its transactions read. */
  public Lsn snapshot() {
    return draft.snapshot();
  }

  /** Its transactions, in local order. */
  public List<TransactionRecord> transactions() {
    return draft.transactions();
  }

  /** Where its map begins. */
  public RootPlace root() {
    return root;
  }

  /** Its new segments. */
  public SegmentTable segments() {
    return segments;
  }

  /** How many bytes of inline frames follow the header. */
  public int inlineFramesBytes() {
    return inlineFramesBytes;
  }

  /** The SHA-256 of the inline frames. */
  public Hash inlineFramesSha() {
    return inlineFramesSha;
  }

  /** What was given to make it. */
  CommitDraft draft() {
    return draft;
  }

  /** How long the header is; the inline frames begin there. */
  public int lengthBytes() {
    return encoded.length;
  }

  /** The commit's hash: the SHA-256 of the encoded header. */
  public Hash hash() {
    return hash;
  }

  /** Its number and hash. */
  public Position position() {
    return new Position(lsn(), hash);
  }

  /** The base that it went on top of. */
  public Position base() {
    return new Position(new Lsn(lsn().value() - 1), parent());
  }

  /** A copy of the encoded header. */
  public byte[] toBytes() {
    return encoded.clone();
  }

  /** How long a header with these parts is when nothing is padded. */
  static int unpaddedBytes(
      CommitDraft draft, RootPlace root, SegmentTable segments, int inlineFramesBytes) {
    WireWriter out = new WireWriter(1024);
    fields(out, draft, root, segments, inlineFramesBytes, NO_FRAMES);
    return out.size() + WireWriter.SEAL_BYTES;
  }

  /**
   * Encodes a header of exactly that length.
   *
   * @throws GraftException.Limit when it does not fit
   */
  static CommitHeader encode(
      CommitDraft draft,
      RootPlace root,
      SegmentTable segments,
      int inlineFramesBytes,
      Hash inlineFramesSha,
      int lengthBytes) {
    require(draft, root, segments, inlineFramesBytes);
    WireWriter out = new WireWriter(lengthBytes);
    fields(out, draft, root, segments, inlineFramesBytes, inlineFramesSha);
    int unpadded = out.size() + WireWriter.SEAL_BYTES;
    if (lengthBytes > MAX_BYTES || unpadded > lengthBytes) {
      throw new GraftException.Limit(
          "a commit header of " + unpadded + " bytes does not fit the limit of " + MAX_BYTES);
    }
    byte[] padded = out.bytes(new byte[lengthBytes - unpadded]).toBytes();
    padded[LENGTH_AT] = (byte) (lengthBytes >>> 8);
    padded[LENGTH_AT + 1] = (byte) lengthBytes;
    byte[] encoded = new WireWriter(lengthBytes).bytes(padded).seal().toBytes();
    return new CommitHeader(draft, root, segments, inlineFramesBytes, inlineFramesSha, encoded);
  }

  private static void fields(
      WireWriter out,
      CommitDraft draft,
      RootPlace root,
      SegmentTable segments,
      int inlineFramesBytes,
      Hash inlineFramesSha) {
    // The length of the header is put in its place when it is known.
    out.header(KIND, VERSION).u16(0);
    out.volume(draft.volume()).u8(draft.pageSize().log2()).u64(draft.lsn().value());
    out.u32((int) draft.count().value()).u32((int) draft.smallest().value());
    out.hash(draft.parent());
    Fields.time(out, draft.time());
    out.u64(draft.snapshot().value());
    out.varint(draft.transactions().size());
    draft.transactions().forEach(transaction -> transaction.encode(out));
    RootPlace.encode(out, draft.volume(), root);
    SegmentTable.encode(out, draft.volume(), segments);
    out.varint(inlineFramesBytes);
    if (inlineFramesBytes > 0) {
      out.hash(inlineFramesSha);
    }
  }

  /** What holds between the parts; each part has held its own invariants when it was made. */
  private static void require(
      CommitDraft draft, RootPlace root, SegmentTable segments, int inlineFramesBytes) {
    if (inlineFramesBytes < 0 || inlineFramesBytes > Commit.MAX_INLINE_FRAMES_BYTES) {
      throw new GraftException.Limit(
          "inline frames of "
              + inlineFramesBytes
              + " bytes do not fit a commit, which has "
              + Commit.MAX_INLINE_FRAMES_BYTES);
    }
    if (inlineFramesBytes > 0
        && !(root instanceof RootPlace.Inline && segments.equals(SegmentTable.Inline.NONE))) {
      throw new GraftException.Misuse("a commit with inline frames has no segments");
    }
    if (root instanceof RootPlace.Inline(Root map)
        && !(map.count().equals(draft.count()) && map.smallest().equals(draft.smallest()))) {
      throw new GraftException.Misuse(
          "the root has page counts "
              + map.count()
              + " and "
              + map.smallest()
              + ", the commit "
              + draft.count()
              + " and "
              + draft.smallest());
    }
    if (root instanceof RootPlace.OfFork
        && !(draft.lsn().value() == 1 && segments.equals(SegmentTable.Inline.NONE))) {
      throw new GraftException.Misuse(
          "commit " + draft.lsn() + " cannot begin a fork: only LSN 1 does, without segments");
    }
    if (segments instanceof SegmentTable.Inline inline
        && root instanceof RootPlace.InFrame place
        && inline.segments().stream()
            .noneMatch(entry ->
                place
                    .frame()
                    .owner()
                    .equals(new FrameOwner.InSegment(draft.volume(), entry.id())))) {
      throw new GraftException.Misuse("the root's frame is not in a segment of the commit");
    }
    if (segments instanceof SegmentTable.External external
        && !external
            .table()
            .owner()
            .equals(new FrameOwner.InSegment(draft.volume(), external.last().id()))) {
      throw new GraftException.Misuse("the segment table is not in the last segment");
    }
  }

  /**
   * Proves and reads a header.
   *
   * @param name the object's key, for messages
   * @param volume whose commit it must be
   * @param lsn the number that it must have
   * @param bytes the first {@link #MAX_BYTES} of the object, or all of it when it is shorter
   * @throws GraftException.Corrupt when they do not begin with exactly that header
   * @throws GraftException.Misuse when it is of a newer format version
   */
  public static CommitHeader decode(String name, VolumeId volume, Lsn lsn, byte[] bytes) {
    WireReader peek = new WireReader(name, bytes);
    if (peek.u32() != WireWriter.MAGIC) {
      throw peek.corrupt("it does not begin with GRFT");
    }
    peek.u16();
    int length = peek.u16();
    if (length > MAX_BYTES || length > bytes.length) {
      throw peek.corrupt(
          "a header of " + length + " bytes is not within the first " + bytes.length);
    }
    WireReader in = WireReader.object(name, bytes, 0, length, KIND, VERSION);
    in.u16();
    byte[] encoded = Arrays.copyOf(bytes, length);
    CommitHeader header = Fields.checked(in, () -> decodeFields(in, encoded));
    while (in.remaining() > 0) {
      if (in.u8() != 0) {
        throw in.corrupt("its padding is not zero");
      }
    }
    if (!header.volume().equals(volume) || !header.lsn().equals(lsn)) {
      throw in.corrupt("it is commit " + header.lsn() + " of volume " + header.volume());
    }
    return header;
  }

  private static CommitHeader decodeFields(WireReader in, byte[] encoded) {
    VolumeId volume = in.volume();
    CommitDraft draft =
        new CommitDraft(
            volume,
            Fields.pageSize(in),
            new Lsn(in.u64()),
            Fields.pageCount(in),
            Fields.pageCount(in),
            in.hash(),
            Fields.time(in),
            new Lsn(in.u64()),
            transactions(in));
    RootPlace root = RootPlace.decode(in, volume);
    SegmentTable segments = SegmentTable.decode(in, volume);
    int inlineFramesBytes =
        in.varintInt("length of inline frames", 0, Commit.MAX_INLINE_FRAMES_BYTES);
    Hash sha = inlineFramesBytes == 0 ? NO_FRAMES : in.hash();
    require(draft, root, segments, inlineFramesBytes);
    return new CommitHeader(draft, root, segments, inlineFramesBytes, sha, encoded);
  }

  private static List<TransactionRecord> transactions(WireReader in) {
    int count =
        in.count(
            "transaction count", CommitDraft.MAX_TRANSACTIONS, TransactionRecord.MIN_ENCODED_BYTES);
    List<TransactionRecord> transactions = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      transactions.add(TransactionRecord.decode(in));
    }
    return transactions;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CommitHeader header && hash.equals(header.hash);
  }

  @Override
  public int hashCode() {
    return hash.hashCode();
  }

  @Override
  public String toString() {
    return "commit " + lsn() + " of " + volume();
  }
}
