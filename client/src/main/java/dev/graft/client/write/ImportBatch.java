package dev.graft.client.write;

import dev.graft.protocol.frame.Frame;
import dev.graft.protocol.frame.FrameEncoder;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.PageRuns;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A run of an import's pages on its way from the reader through a compressor. Filled by one thread,
 * packed by another, then taken apart by the first.
 */
final class ImportBatch {
  /** Bytes of pages in a full batch; a power of two, so that batches never straddle windows. */
  static final int BYTES = 4 * 1024 * 1024;

  /** One encoded frame. */
  record PackedFrame(PageRuns pages, byte[] bytes) {}

  /** A page's place in the volume and the hash of its content. */
  record Hashed(long pageIdx, Hash sha256) {}

  private final VolumeId volume;
  private final PageSize pageSize;
  private final boolean hot;

  /** The pages' bytes one after the other, in the order of {@link #pages}. */
  private final byte[] raw;

  /** Ascending within a frame's worth of pages. */
  private final long[] pages;

  private final int count;

  ImportBatch(
      VolumeId volume, PageSize pageSize, boolean hot, byte[] raw, long[] pages, int count) {
    this.volume = volume;
    this.pageSize = pageSize;
    this.hot = hot;
    this.raw = raw;
    this.pages = pages;
    this.count = count;
  }

  int count() {
    return count;
  }

  byte[] raw() {
    return raw;
  }

  /** What became of the batch. */
  record Packed(ImportBatch batch, List<PackedFrame> frames, List<Hashed> hashes) {}

  /** Drops pages of zeros, hashes the others and encodes their frames. */
  Packed pack(FrameEncoder encoder) {
    List<PackedFrame> frames = new ArrayList<>();
    List<Hashed> hashes = new ArrayList<>(count);
    byte[] content = new byte[Frame.MAX_PAGES_BYTES];
    var runs = new PageRuns.Builder();
    int size = pageSize.bytes();
    int length = 0;
    for (int i = 0; i < count; i++) {
      if (!isZero(i * size, size)) {
        hashes.add(new Hashed(pages[i], Hash.sha256(raw, i * size, size)));
        System.arraycopy(raw, i * size, content, length, size);
        runs.add(pages[i]);
        length += size;
      }
      boolean groupEnds = (i + 1) % (Frame.MAX_PAGES_BYTES / size) == 0;
      boolean full = length + size > Frame.MAX_PAGES_BYTES;
      // Hot pages ascend within a group only, so there no frame goes past the end of its group.
      if (length > 0 && (full || i + 1 == count || (hot && groupEnds))) {
        frames.add(encode(encoder, runs.build(), content, length));
        length = 0;
      }
    }
    return new Packed(this, frames, hashes);
  }

  private PackedFrame encode(FrameEncoder encoder, PageRuns runs, byte[] content, int length) {
    // The owner is not known yet: the segment stamps it.
    FrameOwner unstamped = new FrameOwner.InCommit(volume, Lsn.ZERO);
    return new PackedFrame(
        runs, encoder.encodePages(unstamped, 0, hot, pageSize, runs, content, 0, length));
  }

  private boolean isZero(int offset, int length) {
    return raw[offset] == 0
        && Arrays.equals(raw, offset, offset + length - 1, raw, offset + 1, offset + length);
  }
}
