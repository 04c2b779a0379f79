package dev.graft.protocol.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.Frame;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.frame.PageRuns;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.IdempotencyKey;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.map.HotRange;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.map.LeafPlace;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.page.PageSize;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CommitTest {
  @Test
  void assemble_framesAndClearedPages_areFoundThroughTheRoot() {
    Commit commit = Samples.inlineCommit();

    Commit back = Commit.decode(Samples.NAME, Samples.VOLUME, new Lsn(7), commit.bytes());

    assertThat(back.header()).isEqualTo(commit.header());
    assertThat(back.frames()).isEqualTo(commit.frames()).hasSize(2);
    Root root = ((RootPlace.Inline) back.header().root()).root();
    assertThat(root.count()).isEqualTo(new PageCount(40));
    assertThat(root.smallest()).isEqualTo(new PageCount(30));
    Leaf leaf = ((LeafPlace.Inline) root.layers(0).getFirst().place()).leaf();
    assertThat(leaf.find(5)).isEqualTo(Leaf.CLEARED);
    assertThat(leaf.find(2)).isEqualTo(Leaf.ABSENT);
    FrameRef ref = leaf.frame(leaf.find(4));
    assertThat(ref).isEqualTo(commit.frames().get(1));
    Frame frame = Frame.decode(commit.bytes(), (int) ref.offsetBytes(), ref.lengthBytes(), ref);
    assertThat(frame.page(4)).isEqualTo(Arrays.copyOfRange(Samples.pages(3), 512, 1024));
    assertThat(back.frameBytes(ref))
        .isEqualTo(
            Arrays.copyOfRange(
                commit.bytes(),
                (int) ref.offsetBytes(),
                (int) ref.offsetBytes() + ref.lengthBytes()));
    assertThat(root.hot()).containsExactly(HotRange.of(commit.frames().get(0)));
  }

  @Test
  void decodeHeader_firstBytesOnly_provesTheSameCommit() {
    Commit commit = Samples.inlineCommit();
    int length = commit.header().lengthBytes();
    byte[] first = Arrays.copyOf(commit.bytes(), length);
    CommitHeader header = CommitHeader.decode(Samples.NAME, Samples.VOLUME, new Lsn(7), first);
    assertThat(header).isEqualTo(commit.header());
    assertThat(header.hash()).isEqualTo(Hash.sha256(first));
    assertThat(header.transactions()).isEqualTo(Samples.draft().transactions());
    assertThat(header.base()).isEqualTo(new Position(new Lsn(6), Samples.hash("parent")));
    assertThat(header.inlineFramesSha())
        .isEqualTo(Hash.sha256(commit.bytes(), length, commit.bytes().length - length));
    assertThatThrownBy(() -> CommitHeader.decode(Samples.NAME, Samples.VOLUME, new Lsn(8), first))
        .isInstanceOf(GraftException.Corrupt.class)
        .hasMessageContaining("commit 7");
  }

  @Test
  void assemble_stampedOrNot_givesTheSameBytes() {
    byte[] frame = Samples.frame(false, PageRuns.of(2, 3));
    byte[] stamped = Frame.restamp(frame, new FrameOwner.InCommit(Samples.VOLUME, new Lsn(99)), 17);
    Commit one = Commit.assemble(Samples.draft(), List.of(frame), PageSet.empty());
    Commit two = Commit.assemble(Samples.draft(), List.of(stamped), PageSet.empty());
    assertThat(one.bytes()).isEqualTo(two.bytes());
    assertThat(one.header().hash()).isEqualTo(two.header().hash());
  }

  @Test
  void assemble_noFrames_makesACommitOfCountsAlone() {
    Commit commit = Commit.assemble(Samples.draft(), List.of(), PageSet.of(30, 41, 50));
    Commit back = Commit.decode(Samples.NAME, Samples.VOLUME, new Lsn(7), commit.bytes());
    assertThat(back.frames()).isEmpty();
    assertThat(back.header().inlineFramesSha()).isEqualTo(CommitHeader.NO_FRAMES);
    Root root = ((RootPlace.Inline) back.header().root()).root();
    Leaf leaf = ((LeafPlace.Inline) root.layers(0).getFirst().place()).leaf();
    assertThat(leaf.cleared()).isEqualTo(PageSet.of(30));
  }

  @Test
  void of_segmentsInTheHeaderOrInAFrame_comeBack() {
    for (Commit commit : List.of(Samples.segmentCommit(), Samples.largeCommit())) {
      Commit back = Commit.decode(Samples.NAME, Samples.VOLUME, new Lsn(7), commit.bytes());
      assertThat(back.header().root()).isEqualTo(commit.header().root());
      assertThat(back.header().segments()).isEqualTo(commit.header().segments());
      assertThat(back.frames()).isEmpty();
    }
  }

  @Test
  void assemble_whatDoesNotBelong_isRefused() {
    byte[] frame = Samples.frame(false, PageRuns.of(39, 3));
    assertMisuse(() -> Commit.assemble(Samples.draft(), List.of(frame), PageSet.empty()));
    byte[] two = Samples.frame(false, PageRuns.of(2, 1));
    assertMisuse(() -> Commit.assemble(Samples.draft(), List.of(two, two), PageSet.empty()));
    assertMisuse(() -> Commit.assemble(Samples.draft(), List.of(two), PageSet.of(2)));
    FrameOwner unstamped = new FrameOwner.InCommit(Samples.VOLUME, Lsn.ZERO);
    byte[] large =
        Frame.encodePages(
            unstamped, 0, false, PageSize.DEFAULT, PageRuns.of(1, 1), new byte[4096], 0, 4096);
    assertMisuse(() -> Commit.assemble(Samples.draft(), List.of(large), PageSet.empty()));
    byte[] leaf =
        Frame.encodeMeta(
            dev.graft.protocol.frame.FrameKind.LEAF, unstamped, 0, Samples.PAGE_SIZE, new byte[9]);
    assertMisuse(() -> Commit.assemble(Samples.draft(), List.of(leaf), PageSet.empty()));
    byte[] damaged = two.clone();
    damaged[40] ^= 1;
    assertThatThrownBy(() -> Commit.assemble(Samples.draft(), List.of(damaged), PageSet.empty()))
        .isInstanceOf(GraftException.Corrupt.class);
  }

  @Test
  void assemble_moreThanACommitHolds_isALimit() {
    CommitDraft wide = draft(1 << 30, List.of(Samples.transaction(1)));
    List<byte[]> scattered = new ArrayList<>();
    for (int i = 1; i <= 400; i++) {
      scattered.add(Samples.frame(false, PageRuns.of((long) i << 16, 1)));
    }
    assertThatThrownBy(() -> Commit.assemble(wide, scattered, PageSet.empty()))
        .isInstanceOf(GraftException.Limit.class);
    byte[] raw = new byte[128 * 1024];
    new Random(1).nextBytes(raw);
    FrameOwner unstamped = new FrameOwner.InCommit(Samples.VOLUME, Lsn.ZERO);
    byte[] big =
        Frame.encodePages(
            unstamped, 0, false, Samples.PAGE_SIZE, PageRuns.of(1, 200), raw, 0, 200 * 512);
    assertThatThrownBy(() -> Commit.assemble(wide, List.of(big), PageSet.empty()))
        .isInstanceOf(GraftException.Limit.class)
        .hasMessageContaining("inline frames");
  }

  @Test
  void draft_transactionsWithinTheirLimit_alwaysFitTheHeaderWithTheLargestRoot() {
    List<TransactionRecord> transactions = new ArrayList<>();
    int bytes = 0;
    for (int i = 0; ; i++) {
      TransactionRecord record =
          new TransactionRecord(
              new IdempotencyKey(1, i), Samples.hash("x"), Samples.TIME, "é".repeat(32), "");
      bytes += record.encodedBytes();
      if (bytes > CommitDraft.MAX_TRANSACTION_BYTES) {
        List<TransactionRecord> tooMany = new ArrayList<>(transactions);
        tooMany.add(record);
        assertThatThrownBy(() -> draft(1 << 30, tooMany)).isInstanceOf(GraftException.Limit.class);
        break;
      }
      transactions.add(record);
    }
    CommitDraft draft = draft(1 << 30, transactions);
    Root root = Root.ofCount(draft.count(), draft.smallest());
    List<SegmentEntry> segments = new ArrayList<>();
    for (int i = 0; i < SegmentTable.MAX_INLINE; i++) {
      segments.add(
          new SegmentEntry(
              new dev.graft.protocol.id.SegmentId(1, i), 5, Samples.hash("segment " + i)));
    }
    Commit commit = Commit.of(draft, new RootPlace.Inline(root), new SegmentTable.Inline(segments));
    // What the largest root may add to the empty one is room that must be left.
    int room = CommitHeader.MAX_BYTES - commit.bytes().length;
    assertThat(room).isGreaterThan(RootPlace.Inline.MAX_BYTES - root.encode().length);
    CommitHeader back =
        CommitHeader.decode(Samples.NAME, Samples.VOLUME, new Lsn(7), commit.bytes());
    assertThat(back.transactions()).isEqualTo(transactions);
  }

  @Test
  void draft_thatCannotBe_isRefused() {
    assertMisuse(() ->
        new CommitDraft(
            Samples.VOLUME,
            Samples.PAGE_SIZE,
            new Lsn(7),
            new PageCount(1),
            new PageCount(1),
            Samples.hash("p"),
            Samples.TIME,
            new Lsn(7),
            List.of(Samples.transaction(1))));
    assertThatThrownBy(() -> draft(5, List.of())).isInstanceOf(GraftException.Limit.class);
  }

  private static CommitDraft draft(long count, List<TransactionRecord> transactions) {
    return new CommitDraft(
        Samples.VOLUME,
        Samples.PAGE_SIZE,
        new Lsn(7),
        new PageCount(count),
        new PageCount(count),
        Samples.hash("parent"),
        Samples.TIME,
        new Lsn(6),
        transactions);
  }

  private static void assertMisuse(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(GraftException.Misuse.class);
  }
}
