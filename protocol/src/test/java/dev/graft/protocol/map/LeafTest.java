package dev.graft.protocol.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameOwner.InCommit;
import dev.graft.protocol.frame.FrameOwner.InSegment;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSet;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LeafTest {
  private static final VolumeId VOLUME = new VolumeId(1, 2);
  private static final FrameOwner SEGMENT = new InSegment(VOLUME, new SegmentId(3, 4));
  private static final FrameOwner COMMIT = new InCommit(VOLUME, new Lsn(7));
  private static final FrameRef A = new FrameRef(SEGMENT, 0, 64, 1000);
  private static final FrameRef B = new FrameRef(SEGMENT, 1, 1064, 900);
  private static final FrameRef C = new FrameRef(COMMIT, 0, 300, 80);

  @Test
  void find_tellsFrameClearedOrAbsent() {
    Leaf leaf =
        Leaf.builder(0)
            .addFrame(C, true, PageSet.of(9))
            .addFrame(A, false, PageSet.ofRange(1, 8))
            .clear(20, 29)
            .build();
    assertThat(leaf.frameCount()).isEqualTo(2);
    assertThat(leaf.frame(leaf.find(1))).isEqualTo(A);
    assertThat(leaf.frame(leaf.find(8))).isEqualTo(A);
    assertThat(leaf.frame(leaf.find(9))).isEqualTo(C);
    assertThat(leaf.hot(leaf.find(9))).isTrue();
    assertThat(leaf.hot(leaf.find(8))).isFalse();
    assertThat(leaf.find(10)).isEqualTo(Leaf.ABSENT);
    assertThat(leaf.find(20)).isEqualTo(Leaf.CLEARED);
    assertThat(leaf.find(65_536 + 9)).isEqualTo(Leaf.ABSENT);
    assertThat(leaf.live()).isEqualTo(PageSet.ofRange(1, 9));
    assertThat(leaf.cleared()).isEqualTo(PageSet.ofRange(20, 29));
    assertThat(leaf.live(leaf.find(1))).isEqualTo(PageSet.ofRange(1, 8));
    assertThat(leaf.livePages(leaf.find(9))).isEqualTo(1);
    List<String> extents = new ArrayList<>();
    leaf.forEachExtent((first, count, frame) -> extents.add(first + "+" + count + ":" + frame));
    assertThat(extents).containsExactly("1+8:0", "9+1:1");
    assertThat(Leaf.decode(leaf.encode())).isEqualTo(leaf);
  }

  @Test
  void build_frameThatStraddlesWindows_isInBothLeaves() {
    PageSet pages = PageSet.of(65_534, 65_535, 65_536, 65_540);
    Leaf low = Leaf.builder(0).addFrame(A, false, pages).build();
    Leaf high = Leaf.builder(1).addFrame(A, false, pages).build();
    assertThat(low.live()).isEqualTo(PageSet.of(65_534, 65_535));
    assertThat(high.live()).isEqualTo(PageSet.of(65_536, 65_540));
    assertThat(high.frame(high.find(65_540))).isEqualTo(A);
    assertThat(Leaf.decode(high.encode())).isEqualTo(high);
  }

  @Test
  void build_contradictions_areRefused() {
    Leaf.Builder twice = Leaf.builder(0).frame(A, false).live(1, 5).frame(B, false).live(5, 6);
    assertThatThrownBy(twice::build)
        .isInstanceOf(GraftException.Misuse.class)
        .hasMessageContaining("page 5 is mentioned twice");
    FrameRef moved = new FrameRef(SEGMENT, 0, 70, 1000);
    Leaf.Builder places = Leaf.builder(0).frame(A, false).live(1, 1).frame(moved, false).live(2, 2);
    assertThatThrownBy(places::build).isInstanceOf(GraftException.Misuse.class);
    FrameRef overlapping = new FrameRef(SEGMENT, 1, 1063, 900);
    Leaf.Builder overlap =
        Leaf.builder(0).frame(A, false).live(1, 1).frame(overlapping, false).live(2, 2);
    assertThatThrownBy(overlap::build).isInstanceOf(GraftException.Misuse.class);
    assertThatThrownBy(() -> Leaf.builder(0).frame(A, false).live(0, 1))
        .isInstanceOf(GraftException.Misuse.class);
  }

  @Test
  void fold_newestThatMentionsDecides_underCeilings() {
    Leaf newest = Leaf.builder(0).addFrame(C, false, PageSet.of(3)).clear(5, 5).build();
    Leaf middle = Leaf.builder(0).addFrame(B, false, PageSet.ofRange(4, 20)).build();
    Leaf oldest = Leaf.builder(0).addFrame(A, false, PageSet.ofRange(1, 30)).build();
    Leaf folded =
        Leaf.fold(
            List.of(
                new LayeredLeaf(newest, LeafLayer.NO_CEILING),
                new LayeredLeaf(middle, 10),
                new LayeredLeaf(oldest, 6)));
    assertThat(folded)
        .isEqualTo(
            Leaf.builder(0)
                .addFrame(A, false, PageSet.of(1, 2))
                .addFrame(C, false, PageSet.of(3))
                .addFrame(B, false, PageSet.of(4, 6, 7, 8, 9, 10))
                .clear(5, 5)
                .build());
    assertThat(folded.find(11)).isEqualTo(Leaf.ABSENT);
    Leaf hidesAll = Leaf.builder(0).addFrame(B, false, PageSet.ofRange(1, 30)).build();
    Leaf only =
        Leaf.fold(
            List.of(
                new LayeredLeaf(hidesAll, LeafLayer.NO_CEILING),
                new LayeredLeaf(oldest, LeafLayer.NO_CEILING)));
    assertThat(only).isEqualTo(hidesAll);
  }

  @Test
  void fold_frameThatBothName_isThereOnce() {
    Leaf newer =
        Leaf.builder(0)
            .addFrame(A, false, PageSet.ofRange(1, 4))
            .addFrame(C, false, PageSet.of(12))
            .build();
    Leaf older =
        Leaf.builder(0)
            .addFrame(A, false, PageSet.ofRange(3, 8))
            .addFrame(B, false, PageSet.of(9))
            .addFrame(C, false, PageSet.of(12, 13))
            .build();
    Leaf folded =
        Leaf.fold(
            List.of(
                new LayeredLeaf(newer, LeafLayer.NO_CEILING),
                new LayeredLeaf(older, LeafLayer.NO_CEILING)));
    assertThat(folded.frameCount()).isEqualTo(3);
    assertThat(folded)
        .isEqualTo(
            Leaf.builder(0)
                .addFrame(A, false, PageSet.ofRange(1, 8))
                .addFrame(B, false, PageSet.of(9))
                .addFrame(C, false, PageSet.of(12, 13))
                .build());
  }

  @Test
  void cut_takesPagesAboveAndTheirFramesAway() {
    Leaf leaf =
        Leaf.builder(1)
            .addFrame(A, false, PageSet.ofRange(65_536, 65_550))
            .addFrame(B, false, PageSet.ofRange(65_551, 65_560))
            .build();
    assertThat(leaf.cut(LeafLayer.NO_CEILING)).isSameAs(leaf);
    assertThat(leaf.cut(65_560)).isSameAs(leaf);
    assertThat(leaf.cut(65_540))
        .isEqualTo(Leaf.builder(1).addFrame(A, false, PageSet.ofRange(65_536, 65_540)).build());
    assertThat(leaf.cut(65_551).live()).isEqualTo(PageSet.ofRange(65_536, 65_551));
    assertThat(leaf.cut(65_535).isEmpty()).isTrue();
    assertThat(leaf.cut(0).isEmpty()).isTrue();
  }
}
