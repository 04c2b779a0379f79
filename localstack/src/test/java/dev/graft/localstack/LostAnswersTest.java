package dev.graft.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.client.CommitOptions;
import dev.graft.client.CommitResult;
import dev.graft.client.Replica;
import dev.graft.client.Snapshot;
import dev.graft.client.http.HttpRemote;
import dev.graft.client.http.UrlTransport;
import dev.graft.functions.service.Group;
import dev.graft.localstack.HopMishaps.Hop;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.remote.LogPage;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A commit whose request or answer is lost at any hop, or that is delivered twice or late, or whose
 * repeat is refused, is there once, is found again as its own, and changes nothing else.
 */
@Timeout(60)
class LostAnswersTest {
  private static final int COMMITS = 12;

  /** Every other commit meets one. */
  private static final int EVERY = 2;

  @ParameterizedTest
  @EnumSource
  void commit_thatMeetsAMishap_isThereOnce(Hop hop) {
    HopMishaps mishaps =
        new HopMishaps(hop, path -> path.endsWith("/commits"), key -> key.contains("/log/"));
    try (HttpStage stage =
        new HttpStage(
            mishaps::atTheStore,
            options -> options.withMishaps(mishaps.atTheEdge(), mishaps.atTheFunctions()))) {
      HttpRemote remote = stage.remote(mishaps.atTheClient(new UrlTransport(stage.concurrency)));
      VolumeId volume = stage.create(remote);
      Replica replica = stage.open(remote, volume);
      for (int i = 1; i <= COMMITS; i++) {
        mishaps.arm(i % EVERY == 0 ? 1 : 0);
        CommitResult result = HttpStage.commit(replica, CommitOptions.NONE, 1 + i % 3, i);
        assertThat(result).isInstanceOf(CommitResult.Committed.class);
        assertThat(((CommitResult.Committed) result).position().lsn()).isEqualTo(new Lsn(i));
        assertThat(mishaps.left()).as("%s at commit %d", hop, i).isZero();
      }
      assertThat(mishaps.happened()).isEqualTo(COMMITS / EVERY);
      assertThat(mishaps.refused())
          .isEqualTo(
              hop == Hop.STORE_LOSES_THE_ANSWER_AND_REFUSES_THE_REPEAT ? COMMITS / EVERY : 0);
      LogPage before = remote.log(volume, null, 100);
      int late = stage.stack.late();
      assertThat(late).isEqualTo(hop == Hop.FUNCTION_RUNS_LATE ? COMMITS / EVERY : 0);
      LogPage log = remote.log(volume, null, 100);
      assertThat(log).isEqualTo(before);
      assertThat(log.head().lsn()).isEqualTo(new Lsn(COMMITS));
      assertThat(log.commits()).hasSize(COMMITS);
      Set<Object> keys = new HashSet<>();
      log.commits().forEach(commit -> keys.add(keysOf(commit)));
      assertThat(keys).hasSize(COMMITS);
      assertInvocations(stage, hop);
      Replica reader = stage.open(stage.remote(), volume);
      try (Snapshot snapshot = reader.snapshot()) {
        for (int i = COMMITS - 2; i <= COMMITS; i++) {
          assertThat(HttpStage.read(snapshot, 1 + i % 3)).isEqualTo(HttpStage.page(i));
        }
      }
    }
  }

  private static Object keysOf(LogPage.Entry commit) {
    return commit.transactions().stream().map(TransactionRecord::key).toList();
  }

  /** How often the function ran for the commits. */
  private static void assertInvocations(HttpStage stage, Hop hop) {
    int more =
        switch (hop) {
          case FUNCTION_LOSES_THE_ANSWER,
              FUNCTION_RUNS_TWICE,
              FUNCTION_RUNS_TWICE_AT_ONCE,
              FUNCTION_RUNS_LATE,
              EDGE_LOSES_THE_ANSWER,
              EDGE_CUTS_THE_ANSWER,
              EDGE_TIMES_OUT,
              CLIENT_LOSES_THE_ANSWER,
              STORE_LOSES_THE_ANSWER_AND_REFUSES_THE_REPEAT ->
              COMMITS / EVERY;
          case FUNCTION_IS_THROTTLED,
              EDGE_LOSES_THE_REQUEST,
              STORE_LOSES_THE_ANSWER,
              STORE_REPORTS_ITS_OWN_WRITE_AS_TAKEN ->
              0;
        };
    assertThat(stage.stack.invocations(Group.COMMIT)).as("%s", hop).isEqualTo(COMMITS + more);
  }
}
