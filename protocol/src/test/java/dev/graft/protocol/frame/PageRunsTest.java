package dev.graft.protocol.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.page.PageIdx;
import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PageRunsTest {
  @Test
  void build_randomPages_findsEachAtItsRankAndComesBack() {
    long seed = 4711;
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      long bound = random.nextBoolean() ? 600 : PageIdx.MAX_VALUE;
      List<Long> pages =
          random
              .longs(1 + random.nextInt(PageRuns.MAX_PAGES), 1, bound + 1)
              .distinct()
              .sorted()
              .boxed()
              .toList();
      PageRuns.Builder builder = new PageRuns.Builder();
      pages.forEach(builder::add);
      PageRuns runs = builder.build();

      assertThat(runs.count()).as("seed %d", seed).isEqualTo(pages.size());
      assertThat(runs.first()).isEqualTo(pages.getFirst());
      assertThat(runs.last()).isEqualTo(pages.getLast());
      for (int rank = 0; rank < pages.size(); rank++) {
        assertThat(runs.position(pages.get(rank))).isEqualTo(rank);
        assertThat(runs.pageAt(rank)).isEqualTo(pages.get(rank));
        assertThat(runs.position(pages.get(rank) + 1))
            .isEqualTo(pages.contains(pages.get(rank) + 1) ? rank + 1 : -1);
      }
      List<Long> seen = new ArrayList<>();
      runs.forEachRun((first, count) -> {
        for (int i = 0; i < count; i++) {
          seen.add(first + i);
        }
      });
      assertThat(seen).isEqualTo(pages);
      assertThat(decode(encode(runs), PageRuns.MAX_PAGES)).isEqualTo(runs);
      assertThat(SegmentFooter.pageSet(runs).cardinality()).isEqualTo(pages.size());
    }
  }

  @Test
  void build_touchingRuns_areOneRun() {
    PageRuns runs = new PageRuns.Builder().add(1, 2).add(3).add(5, 4).build();
    assertThat(runs.runs()).isEqualTo(2);
    assertThat(runs.runCount(0)).isEqualTo(3);
    assertThat(runs).hasToString("1-3,5-8");
    assertThat(runs).isEqualTo(new PageRuns.Builder().add(1, 3).add(5, 2).add(7, 2).build());
  }

  @Test
  void add_whatCannotBe_isRefused() {
    assertMisuse(() -> PageRuns.of(0, 1));
    assertMisuse(() -> PageRuns.of(1, 0));
    assertMisuse(() -> PageRuns.of(PageIdx.MAX_VALUE, 2));
    assertMisuse(() -> PageRuns.of(1, PageRuns.MAX_PAGES + 1));
    assertMisuse(() -> new PageRuns.Builder().add(5).add(5));
  }

  @Test
  void decode_moreThanAFrameHoldsOrBeyondTheLastPage_isRefused() {
    byte[] three = encode(PageRuns.of(7, 3));
    assertThatThrownBy(() -> decode(three, 2)).isInstanceOf(GraftException.Corrupt.class);
    byte[] beyond = new WireWriter().varint(1).varint(PageIdx.MAX_VALUE - 1).varint(1).toBytes();
    assertThatThrownBy(() -> decode(beyond, 256)).isInstanceOf(GraftException.Corrupt.class);
  }

  private static byte[] encode(PageRuns runs) {
    WireWriter out = new WireWriter();
    runs.encode(out);
    return out.toBytes();
  }

  private static PageRuns decode(byte[] bytes, int maxPages) {
    WireReader in = new WireReader("page runs", bytes);
    PageRuns runs = PageRuns.decode(in, maxPages);
    in.expectEnd();
    return runs;
  }

  private static void assertMisuse(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(GraftException.Misuse.class);
  }
}
