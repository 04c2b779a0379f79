package dev.graft.client.count;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How rounds are told apart. */
final class CountingRemoteTest {
  private final Tally tally = new Tally();

  @Test
  void rounds_requestsOneAfterTheOther_countEach() {
    for (int i = 0; i < 3; i++) {
      tally.end(tally.begin(Tally.Kind.READ, 0), 10);
    }
    assertThat(tally.counts().rounds()).isEqualTo(3);
    assertThat(tally.counts().bytesIn()).isEqualTo(30);
  }

  @Test
  void rounds_requestsTogether_countOnce() {
    long first = tally.begin(Tally.Kind.READ, 0);
    long second = tally.begin(Tally.Kind.READ, 0);
    tally.end(first, 0);
    tally.end(second, 0);
    assertThat(tally.counts().rounds()).isEqualTo(1);
    assertThat(tally.counts().requests()).isEqualTo(2);
  }

  @Test
  void rounds_beginAfterAnyEnd_isOneDeeper() {
    long slow = tally.begin(Tally.Kind.READ, 0);
    tally.end(tally.begin(Tally.Kind.CHANGES, 0), 0);
    // Begins while the slow one goes on, but after the quick one ended.
    long third = tally.begin(Tally.Kind.READ, 0);
    tally.end(third, 0);
    tally.end(slow, 0);
    assertThat(tally.counts().rounds()).isEqualTo(2);
  }

  @Test
  void minus_earlierReading_leavesWhatCameAfter() {
    tally.end(tally.begin(Tally.Kind.COMMIT, 7), 0);
    Counts before = tally.counts();
    tally.end(tally.begin(Tally.Kind.UPLOAD, 5), 0);
    Counts after = tally.counts().minus(before);
    assertThat(after).isEqualTo(new Counts(1, 0, 0, 1, 0, 0, 5, 1));
  }
}
