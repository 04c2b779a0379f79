package dev.graft.engine;

import dev.graft.protocol.frame.Segment;
import dev.graft.protocol.id.CheckpointId;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Checkpoint;
import dev.graft.protocol.log.StateRecord;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.map.LeafLayer;
import dev.graft.protocol.map.LeafPlace;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageSize;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
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
    Instant notAfter = rounds.now().plus(Uploads.NAMED_WITHIN);
    Optional<StateRecord.KeptCheckpoint> made = write(volume, pageSize, lsn, MAX_READS, notAfter);
    return made.isPresent()
        && states.publish(
            volume,
            state ->
                isNamed(state, lsn)
                    ? Optional.empty()
                    : Optional.of(
                        state
                            .next(rounds.now())
                            .withCheckpoints(added(thinned(state), made.get()))),
            notAfter);
  }

  /**
   * Writes the checkpoint of a commit, which counts only when a state record names it. The state
   * must have been refreshed.
   *
   * @param notAfter the last moment for its objects, not more than 24 hours ahead
   * @return nothing when it would take more reads than are allowed
   */
  Optional<StateRecord.KeptCheckpoint> write(
      VolumeId volume, PageSize pageSize, Lsn lsn, int maxReads, Instant notAfter) {
    Budget budget = new Budget(rounds, rounds.now().plus(DEADLINE), maxReads);
    List<Part> parts = history.read(volume, Lsn.ZERO, lsn, budget).parts();
    Part last = parts.getLast();
    if (!last.last().lsn().equals(lsn)) {
      return Optional.empty();
    }
    Instant now = rounds.now();
    CheckpointId id = ids.newCheckpointId();
    try (NewSegment segment = new NewSegment(volume, pageSize, ids, now)) {
      Root root = new MapFitter(maps).fit(whole(parts), segment);
      Optional<Segment> leaves = segment.finish();
      leaves.ifPresent(
          made -> bulk.put(volume, Keys.segment(volume, made.id()), made.bytes(), notAfter));
      Checkpoint checkpoint = new Checkpoint(volume, id, last.last(), last.lastTime(), root);
      bulk.put(volume, Keys.checkpoint(volume, id), checkpoint.encode(), notAfter);
    }
    return Optional.of(new StateRecord.KeptCheckpoint(id, last.last()));
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

  /** The checkpoints with one more, ascending. */
  static List<StateRecord.KeptCheckpoint> added(
      List<StateRecord.KeptCheckpoint> checkpoints, StateRecord.KeptCheckpoint more) {
    List<StateRecord.KeptCheckpoint> all = new ArrayList<>(checkpoints);
    all.add(more);
    all.sort(Comparator.comparing(checkpoint -> checkpoint.position().lsn()));
    return all;
  }

  /** Those up to the floor are the only way to their LSNs and are never let go here. */
  private static List<StateRecord.KeptCheckpoint> thinned(StateRecord state) {
    List<StateRecord.KeptCheckpoint> checkpoints = state.checkpoints();
    if (checkpoints.size() < MAX_NAMED) {
      return checkpoints;
    }
    List<StateRecord.KeptCheckpoint> kept = new ArrayList<>();
    for (int i = 0; i < checkpoints.size(); i++) {
      boolean isNeeded = !checkpoints.get(i).position().lsn().isAfter(state.floor());
      if (isNeeded || i >= MAX_NAMED / 2 || i % 2 == 0) {
        kept.add(checkpoints.get(i));
      }
    }
    return kept;
  }
}
