package dev.graft.protocol.log;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.Frame;
import dev.graft.protocol.frame.FrameHeader;
import dev.graft.protocol.frame.FrameKind;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.map.RootBuilder;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.page.PageSize;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The immutable record of one LSN: a header, then perhaps inline frames.
 *
 * @param header what it says
 * @param frames the places of its inline frames, by number
 * @param bytes the whole object, not to be changed
 */
public record Commit(CommitHeader header, List<FrameRef> frames, byte[] bytes) {
  /** The most bytes of all inline frames of a commit: 64 KiB. */
  public static final int MAX_INLINE_FRAMES_BYTES = 64 * 1024;

  /** No commit is longer. */
  public static final int MAX_BYTES = CommitHeader.MAX_BYTES + MAX_INLINE_FRAMES_BYTES;

  public Commit {
    frames = List.copyOf(frames);
  }

  /**
   * A commit whose pages, if any, lie in segments.
   *
   * @throws GraftException.Limit when the header does not fit
   * @throws GraftException.Misuse when the parts do not belong together
   */
  public static Commit of(CommitDraft draft, RootPlace root, SegmentTable segments) {
    int length = CommitHeader.unpaddedBytes(draft, root, segments, 0);
    CommitHeader header =
        CommitHeader.encode(draft, root, segments, 0, CommitHeader.NO_FRAMES, length);
    return new Commit(header, List.of(), header.toBytes());
  }

  /**
   * A commit that carries its pages in itself. It makes the frames its own: owner and numbers are
   * stamped in, contents stay as they are. The same input always gives the same bytes.
   *
   * @param frames page frames of this volume, stamped or not; their pages do not meet
   * @param cleared pages that read as zeros from now on; those above the page count are left out
   * @throws GraftException.Limit when frames, root or header do not fit: then the pages belong into
   *     a segment
   * @throws GraftException.Misuse when a frame holds no pages, or pages of another size or above
   *     the page count, or when a page is named twice
   * @throws GraftException.Corrupt when a frame cannot be proved
   */
  public static Commit assemble(CommitDraft draft, List<byte[]> frames, PageSet cleared) {
    FrameOwner owner = new FrameOwner.InCommit(draft.volume(), draft.lsn());
    List<byte[]> stamped = new ArrayList<>(frames.size());
    List<FrameHeader> heads = new ArrayList<>(frames.size());
    int framesBytes = 0;
    for (byte[] frame : frames) {
      if (stamped.size() > Frame.MAX_NUMBER) {
        throw new GraftException.Limit(
            "a commit has at most " + (Frame.MAX_NUMBER + 1) + " frames");
      }
      byte[] own = Frame.restamp(frame, owner, stamped.size());
      framesBytes += own.length;
      if (framesBytes > MAX_INLINE_FRAMES_BYTES) {
        throw new GraftException.Limit(
            "inline frames have more than " + MAX_INLINE_FRAMES_BYTES + " bytes; use a segment");
      }
      heads.add(requirePages(draft, Frame.header("inline frame", own, 0, own.length)));
      stamped.add(own);
    }
    PageSet kept = cleared.cut(draft.count().value());
    // The offsets in the root are absolute, so the header's length must be known before it is
    // written. With the largest offsets the root is at its longest: what the header then needs is
    // enough for the true offsets too, and the difference is padding.
    Root longest = root(draft, owner, stamped, heads, kept, CommitHeader.MAX_BYTES);
    int length = unpadded(draft, longest, framesBytes);
    Root root = root(draft, owner, stamped, heads, kept, length);
    while (unpadded(draft, root, framesBytes) > length) {
      length = unpadded(draft, root, framesBytes);
      root = root(draft, owner, stamped, heads, kept, length);
    }
    return join(draft, root, stamped, framesBytes, length);
  }

  private static FrameHeader requirePages(CommitDraft draft, FrameHeader head) {
    if (head.kind() != FrameKind.PAGES || !head.pageSize().equals(draft.pageSize())) {
      throw new GraftException.Misuse(
          "inline frame "
              + head.number()
              + " is of kind "
              + head.kind()
              + " with pages of "
              + head.pageSize()
              + " bytes; a volume with pages of "
              + draft.pageSize()
              + " bytes takes pages only");
    }
    return head;
  }

  private static Root root(
      CommitDraft draft,
      FrameOwner owner,
      List<byte[]> frames,
      List<FrameHeader> heads,
      PageSet cleared,
      int headerBytes) {
    RootBuilder root = Root.builder(draft.count(), draft.smallest());
    long offset = headerBytes;
    for (int i = 0; i < frames.size(); i++) {
      FrameRef ref = new FrameRef(owner, i, offset, frames.get(i).length);
      boolean hot = heads.get(i).hot();
      heads
          .get(i)
          .pages()
          .forEachRun((first, count) -> root.addFrame(ref, hot, first, first + count - 1));
      offset += ref.lengthBytes();
    }
    return root.clear(cleared).build();
  }

  private static int unpadded(CommitDraft draft, Root root, int framesBytes) {
    return CommitHeader.unpaddedBytes(
        draft, new RootPlace.Inline(root), SegmentTable.Inline.NONE, framesBytes);
  }

  private static Commit join(
      CommitDraft draft, Root root, List<byte[]> frames, int framesBytes, int headerBytes) {
    byte[] bytes = new byte[headerBytes + framesBytes];
    List<FrameRef> refs = new ArrayList<>(frames.size());
    FrameOwner owner = new FrameOwner.InCommit(draft.volume(), draft.lsn());
    int offset = headerBytes;
    for (byte[] frame : frames) {
      System.arraycopy(frame, 0, bytes, offset, frame.length);
      refs.add(new FrameRef(owner, refs.size(), offset, frame.length));
      offset += frame.length;
    }
    CommitHeader header =
        CommitHeader.encode(
            draft,
            new RootPlace.Inline(root),
            SegmentTable.Inline.NONE,
            framesBytes,
            Hash.sha256(bytes, headerBytes, framesBytes),
            headerBytes);
    System.arraycopy(header.toBytes(), 0, bytes, 0, headerBytes);
    return new Commit(header, refs, bytes);
  }

  /**
   * Proves and reads a whole commit: the header, that exactly its inline frames follow, and each of
   * them but for its content.
   *
   * @param name the object's key, for messages
   * @param volume whose commit it must be
   * @param lsn the number that it must have
   * @param bytes the whole object
   * @throws GraftException.Corrupt when it is not exactly that
   * @throws GraftException.Misuse when it is of a newer format version
   */
  public static Commit decode(String name, VolumeId volume, Lsn lsn, byte[] bytes) {
    CommitHeader header = CommitHeader.decode(name, volume, lsn, bytes);
    int start = header.lengthBytes();
    int framesBytes = bytes.length - start;
    if (framesBytes != header.inlineFramesBytes()
        || !Hash.sha256(bytes, start, framesBytes).equals(header.inlineFramesSha())) {
      throw new GraftException.Corrupt(
          name
              + " is damaged from byte "
              + start
              + " on: its inline frames are not the "
              + header.inlineFramesBytes()
              + " bytes that its header proves");
    }
    FrameOwner owner = new FrameOwner.InCommit(volume, lsn);
    List<FrameRef> frames = new ArrayList<>();
    int offset = start;
    while (offset < bytes.length) {
      String frameName = "frame " + frames.size() + " at byte " + offset + " of " + name;
      int length = Frame.lengthBytes(frameName, bytes, offset, bytes.length - offset);
      FrameHeader head = Frame.header(frameName, bytes, offset, length);
      requireOwn(frameName, head, owner, frames.size(), header.pageSize());
      frames.add(new FrameRef(owner, frames.size(), offset, length));
      offset += length;
    }
    return new Commit(header, frames, bytes);
  }

  private static void requireOwn(
      String name, FrameHeader head, FrameOwner owner, int number, PageSize pageSize) {
    if (!head.owner().equals(owner)
        || head.number() != number
        || head.kind() != FrameKind.PAGES
        || !head.pageSize().equals(pageSize)) {
      throw new GraftException.Corrupt(
          name
              + " says that it is frame "
              + head.number()
              + " of "
              + head.owner()
              + ", of kind "
              + head.kind()
              + " with pages of "
              + head.pageSize()
              + " bytes");
    }
  }

  /** A copy of the bytes of one inline frame. */
  public byte[] frameBytes(FrameRef frame) {
    int offset = (int) frame.offsetBytes();
    return Arrays.copyOfRange(bytes, offset, offset + frame.lengthBytes());
  }
}
