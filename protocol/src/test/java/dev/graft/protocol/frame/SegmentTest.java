package dev.graft.protocol.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.protocol.Mutations;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.wire.WireWriter;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SegmentTest {
  private static final VolumeId VOLUME = new VolumeId(1, 2);
  private static final SegmentId ID = new SegmentId(3L << 16, 4);
  private static final PageSize SMALL = new PageSize(512);

  @Test
  void verify_finishedSegment_listsItsFrames() {
    Segment segment = small();

    SegmentFooter footer = Segment.verify(segment.bytes(), VOLUME, ID);

    assertThat(footer).isEqualTo(segment.footer());
    assertThat(footer.entries()).hasSize(3);
    assertThat(footer.entries().get(0).hot()).isTrue();
    assertThat(footer.entries().get(0).pages()).isEqualTo(PageSet.of(1));
    assertThat(footer.entries().get(1).pages()).isEqualTo(PageSet.of(2, 3, 9));
    assertThat(footer.entries().get(2).kind()).isEqualTo(FrameKind.LEAF);
    assertThat(segment.sha256()).isEqualTo(Hash.sha256(segment.bytes()));
    FrameRef second = footer.entries().get(1).ref();
    Frame frame =
        Frame.decode(segment.bytes(), (int) second.offsetBytes(), second.lengthBytes(), second);
    assertThat(frame.header().pages().position(9)).isEqualTo(2);
  }

  @Test
  void decodeFooter_tailOnly_equalsTheWhole() {
    Segment segment = small();
    byte[] whole = segment.bytes();
    byte[] trailer =
        Arrays.copyOfRange(whole, whole.length - SegmentFooter.TRAILER_BYTES, whole.length);
    int length = SegmentFooter.lengthBytes(VOLUME, ID, trailer, whole.length);
    byte[] tail = Arrays.copyOfRange(whole, whole.length - length, whole.length);
    assertThat(SegmentFooter.decode(VOLUME, ID, tail, whole.length)).isEqualTo(segment.footer());
    assertThatThrownBy(() -> SegmentFooter.decode(VOLUME, ID, trailer, whole.length))
        .isInstanceOf(GraftException.Corrupt.class)
        .hasMessageContaining("were read");
  }

  @Test
  void verify_anotherSegmentOrVolume_isRefused() {
    byte[] bytes = small().bytes();
    assertThatThrownBy(() -> Segment.verify(bytes, new VolumeId(1, 3), ID))
        .isInstanceOf(GraftException.Corrupt.class);
    assertThatThrownBy(() -> Segment.verify(bytes, VOLUME, new SegmentId(3L << 16, 5)))
        .isInstanceOf(GraftException.Corrupt.class);
  }

  @Test
  void verify_everyMutation_isRefused() {
    Mutations.refusesEveryMutation(small().bytes(), b -> Segment.verify(b, VOLUME, ID));
  }

  @Test
  void decodeFooter_everyFlip_isRefused() {
    Segment segment = small();
    int total = segment.bytes().length;
    byte[] trailer = Arrays.copyOfRange(segment.bytes(), total - 14, total);
    int length = SegmentFooter.lengthBytes(VOLUME, ID, trailer, total);
    byte[] tail = Arrays.copyOfRange(segment.bytes(), total - length, total);
    Mutations.refusesEveryFlip(tail, b -> SegmentFooter.decode(VOLUME, ID, b, total));
  }

  @Test
  void verify_frameOfAnotherObjectUnderValidChecksums_isRefused() {
    byte[] bytes = small().bytes();
    FooterEntry leaf = small().footer().entries().get(2);
    int offset = (int) leaf.ref().offsetBytes();
    byte[] frame = Arrays.copyOfRange(bytes, offset, offset + leaf.ref().lengthBytes());
    byte[] other =
        Frame.restamp(frame, new FrameOwner.InSegment(VOLUME, new SegmentId(3L << 16, 9)), 2);
    System.arraycopy(other, 0, bytes, offset, other.length);
    assertThatThrownBy(() -> Segment.verify(bytes, VOLUME, ID))
        .isInstanceOf(GraftException.Corrupt.class)
        .hasMessageContaining("not the one that the footer lists");
  }

  @Test
  void verify_newerFormatVersion_asksForANewerRelease() {
    byte[] bytes = small().bytes();
    bytes[5] = 2;
    int content = Segment.HEADER_BYTES - 4;
    WireWriter.putU32(bytes, content, WireWriter.crc32c(bytes, 0, content));
    assertThatThrownBy(() -> Segment.verify(bytes, VOLUME, ID))
        .isInstanceOf(GraftException.Misuse.class)
        .hasMessageContaining("use a newer release");
  }

  @Test
  void addFrame_frameOfACommit_becomesTheSegmentsOwn() {
    byte[] raw = FrameTest.text(1024);
    byte[] frame =
        Frame.encodePages(
            new FrameOwner.InCommit(VOLUME, new Lsn(7)),
            0,
            true,
            SMALL,
            PageRuns.of(5, 2),
            raw,
            0,
            1024);
    try (FrameEncoder encoder = new FrameEncoder()) {
      SegmentWriter writer = new SegmentWriter(VOLUME, ID, SMALL, encoder);
      writer.addPages(false, PageRuns.of(1, 1), raw, 0, 512);
      FrameRef ref = writer.addFrame(frame, 0, frame.length);
      byte[] bytes = writer.finish().bytes();
      Segment.verify(bytes, VOLUME, ID);
      Frame back = Frame.decode(bytes, (int) ref.offsetBytes(), ref.lengthBytes(), ref);
      assertThat(back.content()).isEqualTo(raw);
      assertThat(back.header().number()).isEqualTo(1);
      assertThat(back.header().hot()).isTrue();
    }
  }

  @Test
  void add_beyondTheLimitOfFrames_isRefused() {
    byte[] raw = new byte[512];
    try (FrameEncoder encoder = new FrameEncoder()) {
      SegmentWriter writer = new SegmentWriter(VOLUME, ID, SMALL, encoder);
      for (int i = 0; i < Segment.MAX_FRAMES; i++) {
        writer.addPages(false, PageRuns.of(i + 1L, 1), raw, 0, 512);
      }
      assertThat(writer.fits(512)).isFalse();
      assertThatThrownBy(() -> writer.addPages(false, PageRuns.of(1, 1), raw, 0, 512))
          .isInstanceOf(GraftException.Limit.class);
      assertThat(Segment.verify(writer.finish().bytes(), VOLUME, ID).entries())
          .hasSize(Segment.MAX_FRAMES);
    }
  }

  @Test
  void add_beyondTheLimitOfBytes_isRefusedAndWhatFitsStaysWithin() {
    byte[] raw = new byte[Frame.MAX_PAGES_BYTES];
    new Random(5).nextBytes(raw);
    try (FrameEncoder encoder = new FrameEncoder()) {
      SegmentWriter writer =
          new SegmentWriter(VOLUME, ID, PageSize.DEFAULT, encoder, Segment.MAX_BYTES);
      long page = 1;
      while (writer.fits(raw.length)) {
        writer.addPages(false, PageRuns.of(page, 32), raw, 0, raw.length);
        page += 32;
      }
      assertThatThrownBy(() -> writer.addPages(false, PageRuns.of(1, 32), raw, 0, raw.length))
          .isInstanceOf(GraftException.Limit.class);
      assertThat(writer.finish().bytes().length)
          .isBetween(Segment.MAX_BYTES - 2 * raw.length, Segment.MAX_BYTES);
    }
  }

  @Test
  void footerEntry_mostScatteredPages_staysBelowItsBound() {
    Random random = new Random(11);
    for (int pages = 1; pages <= PageRuns.MAX_PAGES; pages++) {
      PageSet.Builder set = PageSet.builder();
      random.longs(pages, 1, 0xFFFF_FFFFL).sorted().distinct().forEach(set::add);
      assertThat(set.build().encodedLength() + 20).isLessThan(SegmentFooter.maxEntryBytes(pages));
    }
  }

  private static Segment small() {
    byte[] raw = FrameTest.text(3 * 512);
    try (FrameEncoder encoder = new FrameEncoder()) {
      SegmentWriter writer = new SegmentWriter(VOLUME, ID, SMALL, encoder);
      writer.addPages(true, PageRuns.of(1, 1), raw, 0, 512);
      PageRuns pages = new PageRuns.Builder().add(2, 2).add(9).build();
      writer.addPages(false, pages, raw, 0, raw.length);
      writer.addMeta(FrameKind.LEAF, FrameTest.text(300));
      return writer.finish();
    }
  }
}
