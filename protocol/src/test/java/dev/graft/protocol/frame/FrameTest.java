package dev.graft.protocol.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameTest {
  private static final VolumeId VOLUME = new VolumeId(1, 2);
  private static final FrameOwner SEGMENT =
      new FrameOwner.InSegment(VOLUME, new SegmentId(3L << 16, 4));
  private static final FrameOwner UNSTAMPED = new FrameOwner.InCommit(VOLUME, Lsn.ZERO);

  @Test
  void decode_encodedPages_givesThemBack() {
    byte[] raw = text(3 * 4096);
    PageRuns pages = new PageRuns.Builder().add(7).add(9, 2).build();
    byte[] frame = Frame.encodePages(SEGMENT, 5, true, PageSize.DEFAULT, pages, raw, 0, raw.length);
    FrameRef ref = new FrameRef(SEGMENT, 5, 100, frame.length);

    Frame back = Frame.decode(frame, 0, frame.length, ref);

    assertThat(back.content()).isEqualTo(raw);
    assertThat(back.header().pages()).isEqualTo(pages);
    assertThat(back.header().hot()).isTrue();
    assertThat(back.header().codec()).isEqualTo(Codec.ZSTD);
    assertThat(back.page(10)).isEqualTo(Arrays.copyOfRange(raw, 2 * 4096, 3 * 4096));
    assertThat(back.pageOffset(8)).isEqualTo(-1);
    assertThat(frame.length).isLessThan(raw.length);
  }

  @Test
  void encode_incompressibleContent_isStoredRaw() {
    byte[] raw = new byte[4096];
    new Random(1).nextBytes(raw);
    byte[] frame =
        Frame.encodePages(
            SEGMENT, 0, false, PageSize.DEFAULT, PageRuns.of(1, 1), raw, 0, raw.length);
    Frame back = Frame.decode(frame, 0, frame.length, new FrameRef(SEGMENT, 0, 0, frame.length));
    assertThat(back.header().codec()).isEqualTo(Codec.RAW);
    assertThat(back.content()).isEqualTo(raw);
  }

  @Test
  void decodeInto_heapAndDirectBuffers_equalTheArray() {
    byte[] raw = text(8 * 4096);
    byte[] frame =
        Frame.encodePages(
            SEGMENT, 1, false, PageSize.DEFAULT, PageRuns.of(1, 8), raw, 0, raw.length);
    FrameRef ref = new FrameRef(SEGMENT, 1, 0, frame.length);
    try (FrameDecoder decoder = new FrameDecoder()) {
      for (ByteBuffer target :
          new ByteBuffer[] {
            ByteBuffer.allocate(raw.length + 10), ByteBuffer.allocateDirect(raw.length + 10)
          }) {
        target.position(5);
        decoder.decodeInto(frame, 0, frame.length, ref, target);
        assertThat(target.position()).isEqualTo(5 + raw.length);
        byte[] got = new byte[raw.length];
        target.get(5, got);
        assertThat(got).isEqualTo(raw);
      }
      assertThatThrownBy(
              () -> decoder.decodeInto(frame, 0, frame.length, ref, ByteBuffer.allocate(10)))
          .isInstanceOf(GraftException.Misuse.class);
    }
  }

  @Test
  void decode_anotherFrameThanAsked_isRefused() {
    byte[] raw = text(4096);
    byte[] frame =
        Frame.encodePages(
            SEGMENT, 1, false, PageSize.DEFAULT, PageRuns.of(1, 1), raw, 0, raw.length);
    assertThatThrownBy(
            () -> Frame.decode(frame, 0, frame.length, new FrameRef(SEGMENT, 2, 77, frame.length)))
        .isInstanceOf(GraftException.Corrupt.class)
        .hasMessageContaining("frame 2 at byte 77")
        .hasMessageContaining("frame 1 of");
    assertThatThrownBy(
            () -> Frame.decode(frame, 0, frame.length, new FrameRef(UNSTAMPED, 1, 0, frame.length)))
        .isInstanceOf(GraftException.Corrupt.class);
    assertThatThrownBy(() -> Frame.decode(frame, 0, frame.length, new FrameRef(SEGMENT, 1, 0, 100)))
        .isInstanceOf(GraftException.Corrupt.class)
        .hasMessageContaining("were read");
  }

  @Test
  void restamp_unstampedFrame_equalsOneMadeForTheCommit() {
    byte[] raw = text(2 * 4096);
    FrameOwner commit = new FrameOwner.InCommit(VOLUME, new Lsn(42));
    PageRuns pages = PageRuns.of(11, 2);
    byte[] unstamped =
        Frame.encodePages(UNSTAMPED, 0, false, PageSize.DEFAULT, pages, raw, 0, raw.length);
    byte[] direct =
        Frame.encodePages(commit, 3, false, PageSize.DEFAULT, pages, raw, 0, raw.length);

    assertThat(Frame.restamp(unstamped, commit, 3)).isEqualTo(direct);
    assertThat(Frame.restamp(direct, UNSTAMPED, 0)).isEqualTo(unstamped);
  }

  @Test
  void decode_newerFormatVersion_asksForANewerRelease() {
    byte[] frame = Frame.encodeMeta(FrameKind.LEAF, SEGMENT, 0, PageSize.DEFAULT, text(500));
    frame[0] = 2;
    dev.graft.protocol.wire.WireWriter.putU32(
        frame,
        frame.length - 4,
        dev.graft.protocol.wire.WireWriter.crc32c(frame, 0, frame.length - 4));
    assertThatThrownBy(
            () -> Frame.decode(frame, 0, frame.length, new FrameRef(SEGMENT, 0, 0, frame.length)))
        .isInstanceOf(GraftException.Misuse.class)
        .hasMessageContaining("use a newer release");
  }

  @Test
  void encode_moreContentThanTheKindAllows_isRefused() {
    byte[] tooMuch = new byte[Frame.MAX_MAP_BYTES + 1];
    assertThatThrownBy(
            () -> Frame.encodeMeta(FrameKind.LEAF, SEGMENT, 0, PageSize.DEFAULT, tooMuch))
        .isInstanceOf(GraftException.Misuse.class);
    assertThatThrownBy(() ->
            Frame.encodePages(
                SEGMENT, 0, false, PageSize.DEFAULT, PageRuns.of(1, 2), tooMuch, 0, 4096))
        .isInstanceOf(GraftException.Misuse.class);
  }

  static byte[] text(int length) {
    Random random = new Random(length);
    byte[] out = new byte[length];
    for (int i = 0; i < length; i++) {
      out[i] = (byte) "etaoin shrdlu".charAt(random.nextInt(13));
    }
    return out;
  }
}
