package dev.graft.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.client.CommitOptions;
import dev.graft.client.Replica;
import dev.graft.client.http.HttpRemote;
import dev.graft.engine.store.ObjectKey;
import dev.graft.protocol.id.VolumeId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What functions leave to others is done by the maintenance function, invoked beside them. */
@Timeout(60)
class MaintenanceInStackTest {
  private static final int BLOCK = 32;

  @Test
  void commits_thatCompleteABlock_haveTheMaintenanceFunctionRollItUp() throws InterruptedException {
    try (HttpStage stage = new HttpStage()) {
      HttpRemote remote = stage.remote();
      VolumeId volume = stage.create(remote);
      Replica replica = stage.open(remote, volume);
      for (int i = 1; i < BLOCK; i++) {
        HttpStage.commit(replica, CommitOptions.NONE, 1, i);
      }
      stage.stack.quiesce();
      assertThat(stage.stack.maintenances()).isZero();
      assertThat(rollups(stage, volume)).isEmpty();

      HttpStage.commit(replica, CommitOptions.NONE, 1, BLOCK);
      stage.stack.quiesce();
      assertThat(stage.stack.maintenances()).isEqualTo(1);
      assertThat(rollups(stage, volume)).hasSize(1);

      stage.stack.sweep();
      stage.stack.quiesce();
      assertThat(stage.stack.maintenances()).isEqualTo(2);
    }
  }

  private static List<ObjectKey> rollups(HttpStage stage, VolumeId volume) {
    return stage.store.list("volumes/" + volume + "/derived/", "", 100);
  }
}
