package dev.graft.protocol.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Random pages through packer, writer and decoder, against a plain map of pages. */
class SegmentRoundTripTest {
  private static final VolumeId VOLUME = new VolumeId(1, 2);

  private record Packed(boolean hot, PageRuns pages, int lengthBytes) {}

  @Test
  void segment_randomPages_givesEachPageBack() {
    long seed = 20261121;
    Random random = new Random(seed);
    try (FrameEncoder encoder = new FrameEncoder();
        FrameDecoder decoder = new FrameDecoder()) {
      for (int round = 0; round < 60; round++) {
        PageSize size = PageSize.ofLog2(9 + random.nextInt(8));
        SegmentId id = new SegmentId(random.nextLong(), random.nextLong());
        Map<Long, byte[]> model = new HashMap<>();
        SegmentWriter writer = new SegmentWriter(VOLUME, id, size, encoder);
        FramePacker packer =
            new FramePacker(
                size, (hot, pages, raw, length) -> writer.addPages(hot, pages, raw, 0, length));
        long bound = random.nextBoolean() ? 300 : 0xFFFF_FFFFL;
        TreeSet<Long> pages = new TreeSet<>();
        random.longs(1 + random.nextInt(200), 1, bound + 1).forEach(pages::add);
        byte[] scratch = new byte[size.bytes() + 7];
        for (long page : pages) {
          fill(random, scratch);
          model.put(page, java.util.Arrays.copyOfRange(scratch, 7, scratch.length));
          packer.add(page, random.nextInt(4) == 0, scratch, 7);
        }
        packer.flush();
        Segment segment = writer.finish();
        assertThat(Segment.verify(segment.bytes(), VOLUME, id)).isEqualTo(segment.footer());
        assertThat(writer.lengthBytes()).isGreaterThan(0);
        for (FooterEntry entry : segment.footer().entries()) {
          FrameRef ref = entry.ref();
          Frame frame =
              decoder.decode(segment.bytes(), (int) ref.offsetBytes(), ref.lengthBytes(), ref);
          entry
              .pages()
              .forEach(page ->
                  assertThat(frame.page(page))
                      .as("page %d, seed %d", page, seed)
                      .isEqualTo(model.remove(page)));
        }
        assertThat(model).as("pages not found, seed %d", seed).isEmpty();
      }
    }
  }

  private static void fill(Random random, byte[] page) {
    switch (random.nextInt(3)) {
      case 0 -> java.util.Arrays.fill(page, (byte) 0);
      case 1 -> random.nextBytes(page);
      default -> {
        for (int i = 0; i < page.length; i++) {
          page[i] = (byte) ('a' + random.nextInt(3));
        }
      }
    }
  }

  @Test
  void packer_hotAndOtherPages_neverShareAFrame() {
    List<Packed> packed = new ArrayList<>();
    FramePacker packer =
        new FramePacker(
            PageSize.DEFAULT,
            (hot, pages, raw, length) -> packed.add(new Packed(hot, pages, length)));
    byte[] page = new byte[4096];
    for (long idx = 1; idx <= 70; idx++) {
      packer.add(idx, idx % 10 == 1, page, 0);
    }
    packer.flush();
    assertThat(packed).extracting(Packed::hot).containsExactly(false, true, false);
    assertThat(packed.get(0).lengthBytes()).isEqualTo(Frame.MAX_PAGES_BYTES);
    assertThat(packed.get(0).pages().count()).isEqualTo(32);
    assertThat(packed.get(0).pages().position(11)).isEqualTo(-1);
    assertThat(packed.get(1).pages()).hasToString("1,11,21,31,41,51,61");
    assertThat(packed.get(2).pages().count()).isEqualTo(70 - 32 - 7);
  }

  @Test
  void packer_pagesOutOfOrder_areRefusedUntilFlushed() {
    FramePacker packer = new FramePacker(PageSize.DEFAULT, (hot, pages, raw, length) -> {});
    byte[] page = new byte[4096];
    packer.add(5, false, page, 0);
    assertThatThrownBy(() -> packer.add(5, true, page, 0))
        .isInstanceOf(GraftException.Misuse.class);
    packer.flush();
    packer.add(1, false, page, 0);
  }

  @Test
  void packer_largestPages_twoToAFrame() {
    List<Packed> packed = new ArrayList<>();
    FramePacker packer =
        new FramePacker(
            new PageSize(65536),
            (hot, pages, raw, length) -> packed.add(new Packed(hot, pages, length)));
    for (long idx = 1; idx <= 3; idx++) {
      packer.add(idx, false, new byte[65536], 0);
    }
    packer.flush();
    assertThat(packed).extracting(p -> p.pages().toString()).containsExactly("1-2", "3");
  }
}
