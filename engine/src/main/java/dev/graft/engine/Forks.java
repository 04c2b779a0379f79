package dev.graft.engine;

import dev.graft.concurrency.Task;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.PutOutcome;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.Segment;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Checkpoint;
import dev.graft.protocol.log.Commit;
import dev.graft.protocol.log.CommitHeader;
import dev.graft.protocol.log.Pin;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.StateRecord;
import dev.graft.protocol.log.VolumeRecord;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.remote.ForkRequest;
import dev.graft.protocol.remote.Forked;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Makes forks (rule 5.8): pin, checkpoint, origin commit, volume record, each put once and in this
 * order. Everything after the pin follows from what was put before, so any number of attempts, cut
 * anywhere, make one child. Whether a child is made or given up is decided by the put of its volume
 * record, so never both.
 */
final class Forks {
  /** No pin is longer. */
  private static final int MAX_PIN_BYTES = 4096;

  private final Volumes volumes;
  private final CommitLog commits;
  private final StateLog states;
  private final History history;
  private final SnapshotMaps snapshots;
  private final MapFitter fitter;
  private final PatientStore log;
  private final PatientStore bulk;
  private final IdSource ids;
  private final Rounds rounds;

  Forks(
      Volumes volumes,
      CommitLog commits,
      StateLog states,
      History history,
      SnapshotMaps snapshots,
      StoredMaps maps,
      PatientStore log,
      PatientStore bulk,
      IdSource ids,
      Rounds rounds) {
    this.volumes = volumes;
    this.commits = commits;
    this.states = states;
    this.history = history;
    this.snapshots = snapshots;
    this.fitter = new MapFitter(maps);
    this.log = log;
    this.bulk = bulk;
    this.ids = ids;
    this.rounds = rounds;
  }

  /** See {@link dev.graft.protocol.remote.Remote#fork}. */
  Forked fork(ForkRequest request) {
    VolumeId parent = request.parent();
    VolumeId child = request.child();
    if (request.at().lsn().equals(Lsn.ZERO)) {
      throw new GraftException.Misuse(
          parent + " is empty at commit 0: a fork of it would be a new volume; create one instead");
    }
    if (parent.equals(child)) {
      throw new GraftException.Misuse(parent + " cannot be its own fork; make a new id");
    }
    Task<VolumeRecord> of = rounds.start("parent", () -> volumes.record(parent));
    Task<Optional<VolumeRecord>> taken = rounds.start("child", () -> volumes.stored(child));
    Task<Optional<Pin>> begun = rounds.start("pin", () -> pin(parent, child));
    rounds.await(List.of(of, taken, begun));
    VolumeRecord parentRecord = Rounds.resultOf(of);
    Optional<VolumeRecord> childRecord = Rounds.resultOf(taken);
    if (childRecord.isPresent()) {
      return made(request, childRecord.get());
    }
    Optional<Pin> earlier = Rounds.resultOf(begun);
    return earlier.isPresent()
        ? goOn(request, earlier.get(), checkpoint(earlier.get()))
        : begin(request, parentRecord);
  }

  private Optional<Pin> pin(VolumeId parent, VolumeId child) {
    ObjectKey key = Keys.pin(parent, child);
    return bulk.whole(parent, key, MAX_PIN_BYTES)
        .map(bytes -> Pin.decode(key.value(), parent, child, bytes));
  }

  private Optional<Checkpoint> checkpoint(Pin pin) {
    return history.checkpointObject(pin.child(), pin.checkpoint());
  }

  /** The id is in use: by this very fork, or by another volume. */
  private Forked made(ForkRequest request, VolumeRecord there) {
    if (there.origin() instanceof VolumeRecord.Origin.GivenUp) {
      throw givenUp(request);
    }
    VolumeRecord.Ancestor wanted = new VolumeRecord.Ancestor(request.parent(), request.at());
    if (there.ancestors().isEmpty() || !there.ancestors().getFirst().equals(wanted)) {
      throw new GraftException.Misuse(
          request.child() + " is taken by another volume; make a new id for the fork");
    }
    // One more request, and only here, where a fork is asked for again.
    Deletion.requireAlive(states.newest(request.child()));
    CommitHeader first =
        commits
            .find(request.child(), new Lsn(1))
            .orElseThrow(() ->
                new GraftException.Gone(
                    "the fork "
                        + request.child()
                        + " was made long ago, and its first commit lies below its floor; open it"
                        + " instead"))
            .header();
    return new Forked(Volumes.info(there), first.position(), first.time());
  }

  private Forked begin(ForkRequest request, VolumeRecord parent) {
    List<VolumeRecord.Ancestor> ancestors = new ArrayList<>();
    ancestors.add(new VolumeRecord.Ancestor(request.parent(), request.at()));
    ancestors.addAll(parent.ancestors());
    if (ancestors.size() > VolumeRecord.MAX_ANCESTORS) {
      throw new GraftException.Limit(
          request.parent()
              + " has "
              + parent.ancestors().size()
              + " ancestors, the most that a volume may have; export it into a new volume and fork"
              + " that one");
    }
    Deletion.requireAlive(states.known(request.parent()));
    Instant time = provedTime(request);
    Instant now = rounds.now().truncatedTo(ChronoUnit.MILLIS);
    Pin pin =
        new Pin(
            request.parent(),
            request.child(),
            now.isAfter(time) ? now : time,
            parent.pageSize(),
            ids.newCheckpointId(),
            ancestors);
    ObjectKey key = Keys.pin(pin.parent(), pin.child());
    return switch (bulk.put(pin.parent(), key, pin.encode(), deadline(pin))) {
      case PutOutcome.Created() -> goOn(request, pin, Optional.empty());
      case PutOutcome.AlreadyExists() -> {
        // Another attempt, or an earlier try of this put: what stands there counts.
        Pin there =
            pin(pin.parent(), pin.child())
                .orElseThrow(() ->
                    new GraftException.Unavailable(
                        key + " was there and is not any more: the fork was given up; ask again"));
        yield goOn(request, there, checkpoint(there));
      }
      case PutOutcome.TooLate() -> throw late(key);
      case PutOutcome.Unknown(String reason) -> throw late(key);
    };
  }

  private static GraftException late(ObjectKey key) {
    return new GraftException.Unavailable(key + " could not be written in time; ask again");
  }

  /** The commit exists with that hash. Gives its time. */
  private Instant provedTime(ForkRequest request) {
    VolumeId parent = request.parent();
    Position at = request.at();
    Optional<StoredCommit> there = commits.find(parent, at.lsn());
    if (there.isPresent()) {
      requireSame(request, there.get().header().position());
      return there.get().header().time();
    }
    if (states.newest(parent).filter(state -> !state.keeps(at.lsn())).isPresent()) {
      throw gone(request.parent(), at.lsn());
    }
    Part kept =
        history
            .checkpointAt(parent, at.lsn())
            .orElseThrow(() ->
                new GraftException.Diverged(
                    "commit " + at + " is not in " + parent + ", whose log ends before it"));
    requireSame(request, kept.last());
    return kept.lastTime();
  }

  private static void requireSame(ForkRequest request, Position actual) {
    if (!actual.equals(request.at())) {
      throw new GraftException.Diverged(
          "commit "
              + actual.lsn()
              + " of "
              + request.parent()
              + " is "
              + actual
              + " and not "
              + request.at()
              + ": this replica has another history");
    }
  }

  private static Instant deadline(Pin pin) {
    return pin.created().plus(Uploads.NAMED_WITHIN);
  }

  /** Does what is left to do behind a pin. */
  private Forked goOn(ForkRequest request, Pin pin, Optional<Checkpoint> there) {
    if (!pin.at().equals(request.at())) {
      throw new GraftException.Misuse(
          "the fork "
              + pin.child()
              + " of "
              + pin.parent()
              + " was begun at commit "
              + pin.at()
              + " and not "
              + request.at()
              + "; make a new id");
    }
    if (there.isEmpty()) {
      Optional<StateRecord> state = states.newest(pin.parent());
      if (state.filter(newest -> newest.deleted() || !newest.keeps(pin.at().lsn())).isPresent()) {
        return giveUp(request, pin, state.get());
      }
    }
    Checkpoint checkpoint = there.isPresent() ? there.get() : putCheckpoint(pin);
    Commit origin = OriginCommit.of(pin, checkpoint.root());
    if (!origin.header().position().equals(checkpoint.position())) {
      throw new GraftException.Corrupt(
          Keys.checkpoint(pin.child(), pin.checkpoint())
              + " is a checkpoint of "
              + checkpoint.position()
              + " and its pin makes "
              + origin.header().position());
    }
    putOrigin(origin.header(), origin.bytes());
    return putRecord(request, pin, origin.header());
  }

  private Checkpoint putCheckpoint(Pin pin) {
    VolumeId child = pin.child();
    Root whole = snapshots.between(pin.parent(), Lsn.ZERO, pin.at().lsn());
    Instant notAfter = deadline(pin);
    try (NewSegment segment = new NewSegment(child, pin.pageSize(), ids, rounds.now())) {
      Root fit = fitter.fit(whole, segment);
      // The child begins with nothing beneath this map.
      Root root = new Root(fit.count(), PageCount.ZERO, fit.windows(), fit.branches(), fit.hot());
      Optional<Segment> leaves = segment.finish();
      leaves.ifPresent(
          made -> bulk.put(child, Keys.segment(child, made.id()), made.bytes(), notAfter));
      CommitHeader origin = OriginCommit.of(pin, root).header();
      Checkpoint made =
          new Checkpoint(child, pin.checkpoint(), origin.position(), origin.time(), root);
      ObjectKey key = Keys.checkpoint(child, pin.checkpoint());
      byte[] bytes = made.encode();
      if (bulk.put(child, key, bytes, notAfter) instanceof PutOutcome.Created) {
        return made;
      }
      // Another attempt was first, or it is too late: what stands there counts, if anything does.
      Optional<Checkpoint> there = checkpoint(pin);
      if (there.isEmpty() || !Arrays.equals(there.get().encode(), bytes)) {
        leaves.ifPresent(unnamed -> bulk.delete(Keys.segment(child, unnamed.id())));
      }
      return there.orElseThrow(() ->
          new GraftException.Unavailable(
              "the fork "
                  + child
                  + " of "
                  + pin.parent()
                  + " was begun at "
                  + pin.created()
                  + ", more than 24 hours ago, and cannot be finished any more; make a new id"));
    }
  }

  private void putOrigin(CommitHeader header, byte[] bytes) {
    VolumeId child = header.volume();
    if (!(log.put(child, Keys.commit(child, header.lsn()), bytes, Instant.MAX)
        instanceof PutOutcome.Created)) {
      Optional<StoredCommit> there = commits.find(child, header.lsn());
      if (there.isEmpty() || !there.get().header().equals(header)) {
        throw new GraftException.Misuse(
            child + " is taken by another volume; make a new id for the fork");
      }
    }
    commits.remember(new StoredCommit(header, bytes));
  }

  /** From here on the child exists, unless it was given up. */
  private Forked putRecord(ForkRequest request, Pin pin, CommitHeader origin) {
    VolumeRecord record = pin.childRecord();
    ObjectKey key = Keys.volume(pin.child());
    if (!(bulk.put(pin.child(), key, record.encode(), Instant.MAX) instanceof PutOutcome.Created)) {
      VolumeRecord there = volumes.stored(pin.child()).orElseThrow();
      if (!there.equals(record)) {
        bulk.delete(Keys.pin(pin.parent(), pin.child()));
        return made(request, there);
      }
    }
    states.begin(pin.child());
    return new Forked(Volumes.info(record), origin.position(), origin.time());
  }

  /**
   * The history that the fork needs is given up: so is the fork. Another attempt may have read the
   * state before the floor rose and be at work still; it finds this in the place of its record.
   * Only then may the pin go.
   */
  private Forked giveUp(ForkRequest request, Pin pin, StateRecord state) {
    VolumeRecord tombstone =
        new VolumeRecord(
            pin.child(),
            pin.pageSize(),
            pin.created(),
            new VolumeRecord.Origin.GivenUp(pin.parent()));
    ObjectKey key = Keys.volume(pin.child());
    if (!(bulk.put(pin.child(), key, tombstone.encode(), Instant.MAX)
        instanceof PutOutcome.Created)) {
      VolumeRecord there = volumes.stored(pin.child()).orElseThrow();
      if (there.equals(pin.childRecord())) {
        return made(request, there);
      }
    }
    bulk.delete(Keys.pin(pin.parent(), pin.child()));
    Deletion.requireAlive(Optional.of(state));
    throw gone(pin.parent(), pin.at().lsn());
  }

  private static GraftException gone(VolumeId parent, Lsn lsn) {
    return new GraftException.Gone(
        "commit "
            + lsn
            + " of "
            + parent
            + " lies below its floor: its history was given up, and it cannot be forked there;"
            + " fork at a later commit");
  }

  private static GraftException givenUp(ForkRequest request) {
    return new GraftException.Gone(
        "the fork "
            + request.child()
            + " of "
            + request.parent()
            + " was begun and given up, since the history that it needs is gone; fork at a later"
            + " commit, under a new id");
  }
}
