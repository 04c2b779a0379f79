package dev.graft.engine;

import dev.graft.concurrency.Concurrency;
import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectStore;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.VolumeRecord;
import dev.graft.protocol.remote.ChangesOutcome;
import dev.graft.protocol.remote.ChangesRequest;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.protocol.remote.ForkRequest;
import dev.graft.protocol.remote.Forked;
import dev.graft.protocol.remote.LogPage;
import dev.graft.protocol.remote.RangeOutcome;
import dev.graft.protocol.remote.Remote;
import dev.graft.protocol.remote.RetainRequest;
import dev.graft.protocol.remote.Retained;
import dev.graft.protocol.remote.UploadReceipt;
import dev.graft.protocol.remote.VolumeInfo;
import dev.graft.protocol.remote.VolumeState;
import dev.graft.protocol.remote.Waiting;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The engine as a {@link Remote} in the same process: the log of volumes on object stores. Any
 * number of engines may work on one store; what they keep in memory is never needed for a right
 * answer. Safe for use by many threads.
 *
 * <p>Every answer is checked against the store at the time of the call. A damaged object is {@link
 * GraftException.Corrupt} with its key and the place of the damage; nothing is ever changed or
 * removed because of it.
 */
public final class EngineRemote implements Remote {
  private final Volumes volumes;
  private final Resolver resolver;
  private final StateLog states;
  private final Uploads uploads;
  private final Committer committer;
  private final ChangesReader changes;
  private final Forks forks;
  private final LogReader logReader;
  private final Retention retention;
  private final Leftovers leftovers;
  private final Deletion deletion;
  private final Upkeep upkeep;
  private final Trimmer trimmer;
  private final Sweep sweep;
  private final ObjectStore bulk;
  private final FrameReader frames;
  private final Background background;

  /**
   * Puts an engine together; nothing is read yet.
   *
   * @param log holds commits and state records
   * @param bulk holds all else; usually the same store
   * @param concurrency for reads in parallel, waits, the clock and work in the background
   * @param ids for the segments and checkpoints that the engine writes itself
   * @param random for the jitter of retries; used under a lock
   * @param options see there
   */
  public EngineRemote(
      ObjectStore log,
      ObjectStore bulk,
      Concurrency concurrency,
      IdSource ids,
      RandomGenerator random,
      EngineOptions options) {
    this(log, bulk, concurrency, ids, random, options, null);
  }

  /**
   * As the other one, for processes that cannot work in the background.
   *
   * @param elsewhere is asked for rollups and checkpoints unless the options turn them off; null
   *     when this engine makes them itself
   */
  public EngineRemote(
      ObjectStore log,
      ObjectStore bulk,
      Concurrency concurrency,
      IdSource ids,
      RandomGenerator random,
      EngineOptions options,
      @Nullable UpkeepPort elsewhere) {
    Rounds rounds = new Rounds(concurrency);
    Backoff backoff = new Backoff(random);
    PatientStore logObjects = new PatientStore(log, rounds, backoff, options.commitDeadline());
    PatientStore bulkObjects = new PatientStore(bulk, rounds, backoff, options.commitDeadline());
    HeadFinder finder = new HeadFinder(log, rounds);
    Heads heads = new Heads();
    CommitLog commits = new CommitLog(logObjects);
    this.volumes = new Volumes(bulkObjects, rounds);
    this.states =
        new StateLog(logObjects, finder, rounds, options.stateMaxAge(), options.retention());
    this.uploads = new Uploads(bulkObjects, rounds);
    this.frames = new FrameReader(commits, logObjects, bulkObjects, rounds);
    StoredMaps maps = new StoredMaps(frames);
    History history = new History(commits, states, maps, bulkObjects, rounds);
    this.background = new Background(concurrency, options.upkeep(), elsewhere);
    NewestCommit newest = new NewestCommit(commits, states, heads, finder, rounds);
    Checkpoints checkpoints = new Checkpoints(history, states, maps, bulkObjects, ids, rounds);
    Rollups rollups = new Rollups(history, maps, frames, bulkObjects, ids, rounds);
    this.upkeep = new Upkeep(background, volumes, states, rollups, checkpoints);
    this.resolver = new Resolver(volumes, commits, states, newest, rounds);
    this.changes =
        new ChangesReader(
            resolver, states, history, maps, frames, bulkObjects, ids, rounds, options, upkeep);
    SnapshotMaps snapshots = new SnapshotMaps(history, upkeep, rounds);
    RequestMap requestMap = new RequestMap(uploads, maps, rounds);
    this.committer =
        new Committer(
            volumes,
            commits,
            states,
            history,
            new Preparer(requestMap, maps, bulkObjects, ids, rounds),
            new Reverts(
                states, new KeptLsns(states, rounds), snapshots, maps, bulkObjects, ids, rounds),
            changes,
            heads,
            upkeep,
            logObjects,
            bulkObjects,
            backoff,
            rounds);
    this.forks =
        new Forks(
            volumes,
            commits,
            states,
            history,
            snapshots,
            maps,
            logObjects,
            bulkObjects,
            ids,
            rounds);
    this.logReader = new LogReader(resolver, states, commits, rounds);
    Roots roots = new Roots(history, commits, newest, rounds);
    Pins pins = new Pins(volumes, history, bulkObjects, rounds);
    this.trimmer = new Trimmer(states, roots, pins, commits, logObjects, maps, rounds);
    this.retention =
        new Retention(volumes, states, newest, commits, checkpoints, pins, trimmer, rounds);
    this.deletion = new Deletion(volumes, states, newest, commits, pins, logObjects, rounds);
    this.leftovers =
        new Leftovers(volumes, states, history, roots, pins, maps, logObjects, bulkObjects, rounds);
    this.sweep =
        new Sweep(volumes, states, newest, rollups, checkpoints, trimmer, leftovers, bulkObjects);
    this.bulk = bulk;
  }

  @Override
  public VolumeInfo createVolume(CreateVolume request) {
    VolumeRecord record = volumes.create(request.volume(), request.pageSize());
    if (!states.begin(request.volume())) {
      Deletion.requireAlive(states.newest(request.volume()));
    }
    return Volumes.info(record);
  }

  @Override
  public VolumeInfo volume(VolumeId volume) {
    VolumeRecord record = volumes.record(volume);
    Deletion.requireAlive(states, volume);
    return Volumes.info(record);
  }

  @Override
  public ChangesOutcome changesSince(ChangesRequest request) {
    return changes.answer(request);
  }

  @Override
  public UploadReceipt upload(VolumeId volume, SegmentId segment, byte[] bytes) {
    VolumeRecord record = volumes.record(volume);
    Deletion.requireAlive(states, volume);
    return uploads.upload(volume, record.pageSize(), segment, bytes);
  }

  @Override
  public CommitOutcome commit(CommitRequest request) {
    return committer.commit(request);
  }

  @Override
  public RangeOutcome readRange(FrameOwner owner, long offset, int length) {
    if (offset < 0 || length < 1 || offset + length > FrameRef.MAX_OBJECT_BYTES) {
      throw new GraftException.Misuse(
          "cannot read " + length + " bytes at offset " + offset + " of " + owner);
    }
    return switch (frames.get(owner, offset, length)) {
      case GetOutcome.Missing() -> new RangeOutcome.Missing();
      case GetOutcome.Found(byte[] bytes, long totalBytes) -> {
        if (bytes.length != length) {
          throw new GraftException.Corrupt(
              Keys.of(owner)
                  + " ends at byte "
                  + totalBytes
                  + ", before the end of the asked "
                  + length
                  + " bytes at "
                  + offset);
        }
        yield new RangeOutcome.Found(bytes);
      }
    };
  }

  @Override
  public LogPage log(VolumeId volume, @Nullable Lsn newest, int max) {
    return logReader.page(volume, newest, max);
  }

  @Override
  public Forked fork(ForkRequest request) {
    return forks.fork(request);
  }

  @Override
  public VolumeState state(VolumeId volume) {
    return retention.state(volume);
  }

  @Override
  public Retained retain(RetainRequest request) {
    return retention.retain(request);
  }

  @Override
  public Waiting waiting(VolumeId volume) {
    return leftovers.waiting(volume);
  }

  @Override
  public VolumeState delete(VolumeId volume) {
    return deletion.delete(volume);
  }

  /** Does upkeep that this or another engine asked for; returns when it is done. */
  public void upkeep(UpkeepTask task) {
    switch (task) {
      case UpkeepTask.AfterCommit after -> upkeep.afterCommit(after);
      case UpkeepTask.Fill fill -> upkeep.fill(fill);
      case UpkeepTask.Trim(VolumeId volume) -> trimmer.trim(volume);
    }
  }

  /**
   * Looks after a whole volume: makes at most 1,024 missing rollups and a missing checkpoint,
   * removes commits that the floor gave up, and counts what else waits to be removed. Reads every
   * map that can be asked for and lists all objects.
   *
   * @throws GraftException.Misuse when the store does not list in order
   */
  public Swept sweep(VolumeId volume) {
    return sweep.sweep(volume);
  }

  /**
   * The volumes of the store in the order of their ids, by a listing for each; deleted ones and
   * forks that were given up are among them.
   *
   * @param after gives only those after this one; null for all
   * @param max the most to give
   */
  public List<VolumeId> volumes(@Nullable VolumeId after, int max) {
    return VolumeList.volumes(bulk, after == null ? "" : after.toString(), max);
  }

  /** Waits until all rollups and checkpoints that were started have been made or given up. */
  public void quiesce() throws InterruptedException {
    background.quiesce();
  }

  /**
   * How many rollups and checkpoints failed, and were left to the next reader: a count to watch.
   */
  public long upkeepFailures() {
    return background.failures();
  }

  /** The last of these failures, for a message. */
  public @Nullable RuntimeException lastUpkeepFailure() {
    return background.lastFailure();
  }

  /** Waits for work in the background, and is done. */
  @Override
  public void close() {
    try {
      background.quiesce();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
