package dev.graft.engine;

import dev.graft.concurrency.Task;
import dev.graft.engine.store.ObjectKey;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameKind;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.id.CheckpointId;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Checkpoint;
import dev.graft.protocol.log.CommitHeader;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.Rollup;
import dev.graft.protocol.log.RootPlace;
import dev.graft.protocol.log.StateRecord;
import dev.graft.protocol.map.Maps;
import dev.graft.protocol.map.Root;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The maps of commits, rollups and checkpoints, and how they cover a range. */
final class History {
  /** A root of 1 MiB and what stands around it. */
  static final int MAX_OBJECT_BYTES = Root.MAX_ENCODED_BYTES + 4096;

  private static final long KEPT_BYTES = 16 << 20;

  private final CommitLog commits;
  private final StateLog states;
  private final StoredMaps maps;
  private final PatientStore bulk;
  private final Rounds rounds;
  private final BoundedCache<ObjectKey, KeptPart> kept =
      new BoundedCache<>(KEPT_BYTES, KeptPart::weight);

  /** A part of an object that never changes. */
  private record KeptPart(Part part, int weight) {}

  History(CommitLog commits, StateLog states, StoredMaps maps, PatientStore bulk, Rounds rounds) {
    this.commits = commits;
    this.states = states;
    this.maps = maps;
    this.bulk = bulk;
    this.rounds = rounds;
  }

  /**
   * The maps that cover (since, upto] or a beginning of it, ascending: from LSN 0 the newest
   * checkpoint not after the end, then rollups and commits. The state must have been refreshed.
   */
  Cover.Found read(VolumeId volume, Lsn since, Lsn upto, Budget budget) {
    Optional<StateRecord.KeptCheckpoint> base =
        since.equals(Lsn.ZERO) ? checkpointFor(volume, upto) : Optional.empty();
    int generation = states.generation(volume);
    Cover cover = new Cover(volume, rounds, block -> part(volume, generation, block), budget);
    if (base.isEmpty()) {
      return cover.read(since, upto);
    }
    budget.take(1);
    Task<Part> checkpoint = rounds.start("checkpoint", () -> checkpoint(volume, base.get()));
    Cover.Found after;
    try {
      after = cover.read(base.get().position().lsn(), upto);
    } finally {
      rounds.await(List.of(checkpoint));
    }
    List<Part> parts = new ArrayList<>();
    parts.add(Rounds.resultOf(checkpoint));
    parts.addAll(after.parts());
    return new Cover.Found(parts, after.missing());
  }

  private Optional<StateRecord.KeptCheckpoint> checkpointFor(VolumeId volume, Lsn upto) {
    return states
        .known(volume)
        .flatMap(state ->
            state.checkpoints().reversed().stream()
                .filter(checkpoint -> !checkpoint.position().lsn().isAfter(upto))
                .findFirst());
  }

  /** The checkpoint of exactly that commit, when the state as it is known names one. */
  Optional<Part> checkpointAt(VolumeId volume, Lsn lsn) {
    return checkpointFor(volume, lsn)
        .filter(named -> named.position().lsn().equals(lsn))
        .map(named -> checkpoint(volume, named));
  }

  /** A checkpoint as it lies in the store, whether or not a state record names it. */
  Optional<Checkpoint> checkpointObject(VolumeId volume, CheckpointId id) {
    ObjectKey key = Keys.checkpoint(volume, id);
    return bulk.whole(volume, key, MAX_OBJECT_BYTES)
        .map(bytes -> Checkpoint.decode(key.value(), volume, id, bytes));
  }

  /** The map of a whole snapshot, as a checkpoint that the state names. */
  Part checkpoint(VolumeId volume, StateRecord.KeptCheckpoint named) {
    ObjectKey key = Keys.checkpoint(volume, named.id());
    Checkpoint read =
        checkpointObject(volume, named.id())
            .orElseThrow(() ->
                new GraftException.Corrupt(
                    key + " is missing, although the state of " + volume + " names it"));
    if (!read.position().equals(named.position())) {
      throw new GraftException.Corrupt(
          key + " is a checkpoint of " + read.position() + " and not of " + named.position());
    }
    return new Part(read.position(), read.time(), read.position(), read.time(), read.root());
  }

  /** The map of one block: a commit, or a rollup; nothing when it is not there. */
  Optional<Part> part(VolumeId volume, int generation, Block block) {
    return block.level() == 0
        ? commits.find(volume, block.last()).map(commit -> part(commit.header()))
        : rollup(volume, generation, block);
  }

  /** As {@link #part}, with the inline frames of a commit read along, for those who pack. */
  Optional<Part> partWithFrames(VolumeId volume, int generation, Block block) {
    return block.level() == 0
        ? commits.findWhole(volume, block.last()).map(commit -> part(commit.header()))
        : rollup(volume, generation, block);
  }

  private Optional<Part> rollup(VolumeId volume, int generation, Block block) {
    ObjectKey key = Keys.rollup(volume, generation, block);
    KeptPart known = kept.get(key);
    if (known != null) {
      return Optional.of(known.part);
    }
    return bulk.whole(volume, key, MAX_OBJECT_BYTES)
        .map(bytes ->
            remember(
                key,
                Rollup.decode(key.value(), volume, generation, block.level(), block.index(), bytes),
                bytes.length));
  }

  /** Keeps a rollup that was read or written. */
  Part remember(ObjectKey key, Rollup rollup, int lengthBytes) {
    Part part =
        new Part(
            rollup.first(), rollup.firstTime(), rollup.last(), rollup.lastTime(), rollup.root());
    kept.put(key, new KeptPart(part, lengthBytes));
    return part;
  }

  private Part part(CommitHeader header) {
    Position position = header.position();
    return new Part(position, header.time(), position, header.time(), root(header));
  }

  /** The map of one commit. */
  Root root(CommitHeader header) {
    return switch (header.root()) {
      case RootPlace.Inline(Root root) -> root;
      case RootPlace.InFrame(FrameRef frame, Hash sha256) ->
          opened(frame, sha256, maps.content(frame, FrameKind.ROOT));
      case RootPlace.OfFork fork -> beginning(header, fork);
    };
  }

  /** The map that a fork began with. */
  private Root beginning(CommitHeader header, RootPlace.OfFork fork) {
    ObjectKey key = Keys.checkpoint(header.volume(), fork.checkpoint());
    KeptPart known = kept.get(key);
    if (known != null) {
      return known.part.root();
    }
    Checkpoint read =
        checkpointObject(header.volume(), fork.checkpoint())
            .orElseThrow(() ->
                new GraftException.Corrupt(key + " is missing, although " + header + " names it"));
    Root root = read.root();
    byte[] encoded = root.encode();
    if (!read.position().equals(header.position())
        || !root.count().equals(header.count())
        || !Hash.sha256(encoded).equals(fork.sha256())) {
      throw new GraftException.Corrupt(key + " does not hold the map that " + header + " names");
    }
    Position position = header.position();
    Part part = new Part(position, header.time(), position, header.time(), root);
    kept.put(key, new KeptPart(part, encoded.length));
    return root;
  }

  /** Proves and reads a root that lies in a frame. */
  static Root opened(FrameRef frame, Hash sha256, byte[] content) {
    if (!Hash.sha256(content).equals(sha256)) {
      throw new GraftException.Corrupt(
          Keys.of(frame.owner())
              + " is damaged at byte "
              + frame.offsetBytes()
              + ": the root there has another SHA-256 than its commit says");
    }
    return Root.decode(content);
  }

  /** Lays maps over each other; a branch is read where a newer map has one over older pages. */
  Root lay(List<Root> newestFirst) {
    if (newestFirst.stream().limit(newestFirst.size() - 1L).allMatch(r -> r.branches().isEmpty())) {
      return Maps.lay(newestFirst);
    }
    Root laid = newestFirst.getLast();
    for (Root newer : newestFirst.reversed().subList(1, newestFirst.size())) {
      laid = Maps.lay(newer, laid, maps);
    }
    return laid;
  }
}
