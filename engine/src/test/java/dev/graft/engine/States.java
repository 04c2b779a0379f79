package dev.graft.engine;

import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.StateRecord;
import java.time.Instant;
import java.util.List;

/** State records as tests want them. */
final class States {
  private States() {}

  static StateRecord newest(Stage stage, VolumeId volume) {
    var key = stage.memory.list(Keys.statePrefix(volume), "", 1).getFirst();
    return StateRecord.decode(key.value(), volume, Keys.numberOf(key), stage.object(key));
  }

  /** Puts the next record, with another floor and other kept LSNs. */
  static void publish(Stage stage, VolumeId volume, long floor, List<Lsn> kept) {
    StateRecord last = newest(stage, volume);
    StateRecord next =
        new StateRecord(
            volume,
            last.number() + 1,
            last.generation(),
            new Lsn(floor),
            last.retention(),
            last.checkpoints(),
            kept,
            false,
            last.pins(),
            stage.clock.instant());
    stage.memory.putIfAbsent(Keys.state(volume, next.number()), next.encode(), Instant.MAX);
  }
}
