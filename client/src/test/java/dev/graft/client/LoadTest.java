package dev.graft.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.CommitDraft;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.remote.CommitRequest;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who may travel in one commit: each limit, at it and beyond it. */
final class LoadTest {
  private static final PageCount TEN = new PageCount(10);
  private static final PageSet NOTHING = PageSet.empty();

  private final RandomIdSource ids = new RandomIdSource(new Random(1));
  private final VolumeId volume = ids.newVolumeId();
  private final Load load = new Load();

  private CommitRequest request(PageCount count, int transactions, int textBytes, int... frames) {
    Position base = new Position(new Lsn(7), Hash.sha256(new byte[0]));
    String text = "x".repeat(textBytes);
    List<TransactionRecord> records =
        IntStream.range(0, transactions)
            .mapToObj(i ->
                new TransactionRecord(
                    ids.newIdempotencyKey(),
                    Hash.sha256(new byte[] {(byte) i}),
                    Instant.EPOCH,
                    "",
                    text))
            .toList();
    List<byte[]> bytes = IntStream.of(frames).mapToObj(length -> new byte[length]).toList();
    return new CommitRequest(
        volume,
        base,
        base.lsn(),
        count,
        count,
        records,
        new CommitRequest.Content.Inline(bytes, NOTHING));
  }

  private CommitRequest small() {
    return request(TEN, 1, 0, 100);
  }

  private static Footprint writes(long... pages) {
    return new Footprint(TEN, NOTHING, PageSet.of(pages));
  }

  @Test
  void mayTake_whatReadsOrWritesWhatIsWritten_stays() {
    load.add(small(), writes(3));
    load.add(small(), writes(5));
    assertThat(load.mayTake(small(), writes(4))).isTrue();
    assertThat(load.mayTake(small(), writes(3))).isFalse();
    assertThat(load.mayTake(small(), writes(5))).isFalse();
    Footprint reader = new Footprint(TEN, PageSet.of(3), PageSet.of(8));
    assertThat(load.mayTake(small(), reader)).isFalse();
  }

  @Test
  void mayTake_afterAnotherPageCount_nobody() {
    load.add(request(new PageCount(11), 1, 0, 100), writes(11));
    assertThat(load.mayTake(small(), writes(4))).isFalse();
  }

  @Test
  void mayTake_frames_upToTheLimitOfACommit() {
    load.add(request(TEN, 1, 0, 20_000, 10_000), writes(3));
    load.add(request(TEN, 1, 0, 10_000), writes(4));
    int left = Load.MAX_FRAME_BYTES - 40_000;
    assertThat(load.mayTake(request(TEN, 1, 0, left - 1, 1), writes(5))).isTrue();
    assertThat(load.mayTake(request(TEN, 1, 0, left, 1), writes(5))).isFalse();
  }

  @Test
  void mayTake_transactions_upToTheLimitOfACommit() {
    int each = small().transactions().getFirst().encodedBytes();
    int fit = CommitDraft.MAX_TRANSACTION_BYTES / each;
    load.add(request(TEN, 60, 0), writes(3));
    assertThat(load.mayTake(request(TEN, fit - 60, 0), writes(5))).isTrue();
    assertThat(load.mayTake(request(TEN, fit - 59, 0), writes(5))).isFalse();
    load.add(request(TEN, fit - 61, 0), writes(4));
    int left = CommitDraft.MAX_TRANSACTION_BYTES - fit * each;
    assertThat(load.mayTake(request(TEN, 1, left), writes(5))).isTrue();
    assertThat(load.mayTake(request(TEN, 1, left + 1), writes(5))).isFalse();
  }

  @Test
  void mayShare_pagesInSegments_false() {
    CommitRequest revert =
        new CommitRequest(
            volume,
            small().base(),
            Lsn.ZERO,
            TEN,
            TEN,
            small().transactions(),
            new CommitRequest.Content.Revert(Lsn.ZERO));
    assertThat(Load.mayShare(revert)).isFalse();
    assertThat(Load.mayShare(small())).isTrue();
    assertThat(load.mayTake(revert, writes(4))).isFalse();
  }
}
