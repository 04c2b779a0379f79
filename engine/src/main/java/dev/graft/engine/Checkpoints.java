package dev.graft.engine;

import dev.graft.protocol.frame.Segment;
import dev.graft.protocol.id.CheckpointId;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Checkpoint;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.StateRecord;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.map.LeafLayer;
import dev.graft.protocol.map.LeafPlace;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageSize;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes checkpoints and names them in the state (rules 4.6, 4.10, 5.5). */
final class Checkpoints {
  /** Every so many commits there is one. */
  static final long EVERY = 1_024;

  /** A state record names no more checkpoints; then every second of the older half is let go. */
  static final int MAX_NAMED = 1_024;

  /** A checkpoint whose rollups are missing is not worth more reads. */
  private static final int MAX_READS = 4_096;

  private static final Duration DEADLINE = Duration.ofMinutes(5);

  /** Upper leaves are folded into the lowest when they have more than this part of its bytes. */
  private static final int FOLD_PART = 4;

  private final History history;
  private final StateLog states;
  private final StoredMaps maps;
  private final PatientStore bulk;
  private final IdSource ids;
  private final Rounds rounds;

  Checkpoints(
      History history,
      StateLog states,
      StoredMaps maps,
      PatientStore bulk,
      IdSource ids,
      Rounds rounds) {
    this.history = history;
    this.states = states;
    this.maps = maps;
    this.bulk = bulk;
    this.ids = ids;
    this.rounds = rounds;
  }

  /**
   * Makes the checkpoint of a commit that exists, unless the state names one as new.
   *
   * @return whether it was made
   */
  boolean make(VolumeId volume, PageSize pageSize, Lsn lsn) {
    states.refresh(volume);
    if (states.known(volume).filter(state -> isNamed(state, lsn)).isPresent()) {
      return false;
    }
    Budget budget = new Budget(rounds, rounds.now().plus(DEADLINE), MAX_READS);
    List<Part> parts = history.read(volume, Lsn.ZERO, lsn, budget).parts();
    Part last = parts.getLast();
    if (!last.last().lsn().equals(lsn)) {
      return false;
    }
    Instant now = rounds.now();
    Instant notAfter = now.plus(Uploads.NAMED_WITHIN);
    CheckpointId id = ids.newCheckpointId();
    try (NewSegment segment = new NewSegment(volume, pageSize, ids, now)) {
      Root root = new MapFitter(maps).fit(whole(parts), segment);
      Optional<Segment> leaves = segment.finish();
      leaves.ifPresent(
          made -> bulk.put(volume, Keys.segment(volume, made.id()), made.bytes(), notAfter));
      Checkpoint checkpoint = new Checkpoint(volume, id, last.last(), last.lastTime(), root);
      bulk.put(volume, Keys.checkpoint(volume, id), checkpoint.encode(), notAfter);
    }
    return states.publish(
        volume,
        state -> isNamed(state, lsn) ? Optional.empty() : Optional.of(next(state, id, last.last())),
        notAfter);
  }

  private static boolean isNamed(StateRecord state, Lsn lsn) {
    return state.checkpoints().stream()
        .anyMatch(checkpoint -> !checkpoint.position().lsn().isBefore(lsn));
  }

  private Root whole(List<Part> parts) {
    List<Root> newestFirst = new ArrayList<>();
    for (Part part : parts.reversed()) {
      newestFirst.add(part.root());
    }
    Root laid = history.lay(newestFirst);
    Root folded = maps.folded(laid, window -> worthFolding(laid.layers(window)));
    return HotPages.refreshed(folded, newestFirst);
  }

  /** Rule 4.6: a stack that would pass 4, or whose upper leaves exceed a quarter of the lowest. */
  static boolean worthFolding(List<LeafLayer> layers) {
    if (layers.size() < 2) {
      return false;
    }
    long upper = 0;
    for (LeafLayer layer : layers.subList(0, layers.size() - 1)) {
      upper += bytes(layer);
    }
    return layers.size() > 4 || upper * FOLD_PART > bytes(layers.getLast());
  }

  private static long bytes(LeafLayer layer) {
    return switch (layer.place()) {
      case LeafPlace.Inline(Leaf leaf) -> leaf.encode().length;
      case LeafPlace.InFrame place -> place.encodedBytes();
    };
  }

  private StateRecord next(StateRecord state, CheckpointId id, Position position) {
    List<StateRecord.KeptCheckpoint> checkpoints = thinned(state.checkpoints());
    checkpoints.add(new StateRecord.KeptCheckpoint(id, position));
    return new StateRecord(
        state.volume(),
        state.number() + 1,
        state.generation(),
        state.floor(),
        state.retention(),
        checkpoints,
        state.keptLsns(),
        state.deleted(),
        state.pins(),
        rounds.now());
  }

  private static List<StateRecord.KeptCheckpoint> thinned(
      List<StateRecord.KeptCheckpoint> checkpoints) {
    if (checkpoints.size() < MAX_NAMED) {
      return new ArrayList<>(checkpoints);
    }
    List<StateRecord.KeptCheckpoint> kept = new ArrayList<>();
    for (int i = 0; i < checkpoints.size(); i++) {
      if (i >= MAX_NAMED / 2 || i % 2 == 0) {
        kept.add(checkpoints.get(i));
      }
    }
    return kept;
  }
}
