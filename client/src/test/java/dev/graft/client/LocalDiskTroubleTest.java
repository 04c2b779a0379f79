package dev.graft.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.page.PageSize;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of local commits and pushes when the disk refuses. */
@Timeout(60)
final class LocalDiskTroubleTest {
  private static final PageSize SIZE = PageSize.DEFAULT;

  @TempDir Path folder;
  private final Steps steps = new Steps();

  private Replica open(Embedded at) {
    return Opening.open(at.options().on(folder), disk -> new DyingDisk(disk, steps));
  }

  @Test
  void commitLocal_diskFull_isALimitAndMayBeRepeated() {
    try (Embedded at = new Embedded(1, SIZE)) {
      try (Replica replica = open(at)) {
        LocalContract.local(replica, 1, 11);
        steps.failOnce("before made", new GraftException.Limit("planned: the disk is full"));
        try (Transaction transaction = replica.begin()) {
          Pages.write(transaction, 1, Pages.of(SIZE, 111));
          assertThatExceptionOfType(GraftException.Limit.class)
              .isThrownBy(() -> transaction.commit(LocalContract.LOCAL));
          assertThat(steps.hasFailed()).isTrue();
          LocalContract.assertPage(replica, 1, 11);
          assertThat(transaction.commit(LocalContract.LOCAL)).isEqualTo(new CommitResult.Local(2));
        }
      }
      try (Replica again = open(at)) {
        LocalContract.assertPage(again, 1, 111);
        assertThat(again.pending()).hasSize(2);
      }
    }
  }

  @Test
  void commitLocal_syncFails_isNotCommittedHereOrAfterwards() {
    try (Embedded at = new Embedded(2, SIZE)) {
      try (Replica replica = open(at)) {
        LocalContract.local(replica, 1, 11);
        steps.failOnce("before sync", new GraftException.Unavailable("planned: the disk is gone"));
        assertThatExceptionOfType(GraftException.Unavailable.class)
            .isThrownBy(() -> LocalContract.local(replica, 1, 111));
        assertThat(steps.hasFailed()).isTrue();
        LocalContract.assertPage(replica, 1, 11);
        LocalContract.local(replica, 2, 22);
      }
      try (Replica again = open(at)) {
        LocalContract.assertPage(again, 1, 11);
        LocalContract.assertPage(again, 2, 22);
        assertThat(again.pending()).hasSize(2);
      }
    }
  }

  @Test
  void push_diskFullForItsRecord_isALimitAndLosesNothing() {
    try (Embedded at = new Embedded(3, SIZE);
        Replica replica = open(at)) {
      LocalContract.local(replica, 1, 11);
      for (String step : new String[] {"before push", "before sync", "before settled"}) {
        steps.failOnce(step, new GraftException.Limit("planned: the disk is full"));
        assertThatExceptionOfType(GraftException.Limit.class)
            .isThrownBy(() -> replica.push(new Policy.Reject()));
        assertThat(steps.hasFailed()).as(step).isTrue();
        LocalContract.assertPage(replica, 1, 11);
      }
      // It had landed; only the note of it was missing.
      assertThat(replica.push(new Policy.Reject())).isInstanceOf(PushResult.Nothing.class);
      assertThat(replica.status().state()).isEqualTo(ReplicaStatus.State.UP_TO_DATE);
      LocalContract.local(replica, 1, 111);
      assertThat(replica.push(new Policy.Reject())).isInstanceOf(PushResult.Pushed.class);
      try (Replica other = at.open()) {
        LocalContract.assertPage(other, 1, 111);
      }
      assertThat(at.remote.log(at.volume, null, 9).commits()).hasSize(2);
    }
  }
}
