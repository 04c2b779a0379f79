package dev.graft.engine;

import dev.graft.engine.store.ObjectKey;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.CheckpointId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Checkpoint;
import dev.graft.protocol.log.Pin;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.Rollup;
import dev.graft.protocol.log.StateRecord;
import dev.graft.protocol.map.Root;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads and proves the small objects of a volume: states, checkpoints, rollups and pins. */
final class RecordCheck {
  private static final int MAX_BYTES = Root.MAX_ENCODED_BYTES + 4096;

  private final VolumeId volume;
  private final PatientStore log;
  private final PatientStore bulk;
  private final Findings findings;
  private final Doctor.Count count;

  RecordCheck(
      VolumeId volume, PatientStore log, PatientStore bulk, Findings findings, Doctor.Count count) {
    this.volume = volume;
    this.log = log;
    this.bulk = bulk;
    this.findings = findings;
    this.count = count;
  }

  private static byte[] whole(PatientStore store, VolumeId volume, ObjectKey key) {
    return store
        .whole(volume, key, MAX_BYTES)
        .orElseThrow(() -> new GraftException.NotFound(key + " was listed and cannot be read"));
  }

  /** State records: each proved, and none missing between the first and the newest. */
  void states(List<ObjectKey> keys) {
    long expected = -1;
    for (ObjectKey key : keys) {
      Optional<Long> number = findings.check(key, () -> Keys.numberOf(key));
      if (number.isEmpty()) {
        continue;
      }
      findings.check(
          key,
          () -> StateRecord.decode(key.value(), volume, number.get(), whole(log, volume, key)));
      for (; expected > number.get(); expected--) {
        findings.add(Keys.state(volume, expected), "state record " + expected + " is missing");
      }
      expected = number.get() - 1;
      count.done(1);
    }
    for (; expected > 0; expected--) {
      findings.add(Keys.state(volume, expected), "state record " + expected + " is missing");
    }
  }

  void pins(List<ObjectKey> keys) {
    for (ObjectKey key : keys) {
      findings.check(
          key,
          () -> {
            String id = key.value().substring(Keys.pinPrefix(volume).length());
            return Pin.decode(key.value(), volume, VolumeId.parse(id), whole(bulk, volume, key));
          });
      count.done(1);
    }
  }

  /** Checkpoints: each proved, those that the state names there and of the right commit. */
  void checkpoints(List<ObjectKey> keys, StateRecord state, LogCheck commits) {
    Set<CheckpointId> there = new HashSet<>();
    for (ObjectKey key : keys) {
      findings
          .check(
              key,
              () -> {
                String id = key.value().substring(Keys.checkpointsPrefix(volume).length());
                CheckpointId checkpoint = CheckpointId.parse(id);
                there.add(checkpoint);
                return Checkpoint.decode(key.value(), volume, checkpoint, whole(bulk, volume, key));
              })
          .ifPresent(checkpoint -> requireSame(key, checkpoint.position(), commits));
      count.done(1);
    }
    for (StateRecord.KeptCheckpoint named : state.checkpoints()) {
      if (!there.contains(named.id())) {
        findings.add(
            Keys.checkpoint(volume, named.id()),
            "the checkpoint of commit " + named.position().lsn() + " is missing");
      }
    }
  }

  private void requireSame(ObjectKey key, Position position, LogCheck commits) {
    Position actual = commits.position(position.lsn());
    if (actual != null && !actual.equals(position)) {
      findings.add(key, "it is of commit " + position + ", but the log has " + actual);
    }
  }

  /** Rollups: each proved, and of the commits that are in the log. */
  void rollups(List<ObjectKey> keys, StateRecord state, LogCheck commits) {
    for (ObjectKey key : keys) {
      Optional<Block> block = Keys.blockOf(volume, state.generation(), key);
      if (block.isPresent()) {
        findings
            .check(
                key,
                () ->
                    Rollup.decode(
                        key.value(),
                        volume,
                        state.generation(),
                        block.get().level(),
                        block.get().index(),
                        whole(bulk, volume, key)))
            .ifPresent(rollup -> {
              requireSame(key, rollup.first(), commits);
              requireSame(key, rollup.last(), commits);
              if (rollup.pack() != null) {
                commits.name(key, rollup.pack());
              }
            });
      }
      count.done(1);
    }
  }
}
