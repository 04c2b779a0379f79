package dev.graft.engine;

import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.PutOutcome;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.IdempotencyKey;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.CommitDraft;
import dev.graft.protocol.log.CommitHeader;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.StateRecord;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.log.VolumeRecord;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.Graft;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Puts commits at the end of a volume's log (rule 5.2). */
final class Committer {
  private final Volumes volumes;
  private final CommitLog commits;
  private final StateLog states;
  private final History history;
  private final Preparer preparer;
  private final Reverts reverts;
  private final ChangesReader changes;
  private final Heads heads;
  private final Upkeep upkeep;
  private final PatientStore log;
  private final PatientStore bulk;
  private final Backoff backoff;
  private final Rounds rounds;

  Committer(
      Volumes volumes,
      CommitLog commits,
      StateLog states,
      History history,
      Preparer preparer,
      Reverts reverts,
      ChangesReader changes,
      Heads heads,
      Upkeep upkeep,
      PatientStore log,
      PatientStore bulk,
      Backoff backoff,
      Rounds rounds) {
    this.volumes = volumes;
    this.commits = commits;
    this.states = states;
    this.history = history;
    this.preparer = preparer;
    this.reverts = reverts;
    this.changes = changes;
    this.heads = heads;
    this.upkeep = upkeep;
    this.log = log;
    this.bulk = bulk;
    this.backoff = backoff;
    this.rounds = rounds;
  }

  /** See {@link dev.graft.protocol.remote.Remote#commit}. */
  CommitOutcome commit(CommitRequest request) {
    VolumeRecord record = volumes.record(request.volume());
    Set<IdempotencyKey> keys = keys(request.transactions());
    if (request.snapshot().isAfter(request.base().lsn())) {
      throw new GraftException.Misuse(
          "a commit on base "
              + request.base().lsn()
              + " cannot have read commit "
              + request.snapshot());
    }
    Instant parentTime = provedBase(record, request.base());
    Instant now = rounds.now().truncatedTo(ChronoUnit.MILLIS);
    CommitDraft draft =
        new CommitDraft(
            request.volume(),
            record.pageSize(),
            request.base().lsn().next(),
            request.count(),
            request.smallest(),
            request.base().hash(),
            now.isAfter(parentTime) ? now : parentTime,
            request.snapshot(),
            request.transactions());
    return switch (request.content()) {
      case CommitRequest.Content.Revert(Lsn to) -> revert(request, keys, draft, to, parentTime);
      case CommitRequest.Content.Inline inline ->
          put(request, keys, preparer.prepare(draft, request), parentTime);
      case CommitRequest.Content.Segments segments ->
          put(request, keys, preparer.prepare(draft, request), parentTime);
    };
  }

  private CommitOutcome revert(
      CommitRequest request,
      Set<IdempotencyKey> keys,
      CommitDraft draft,
      Lsn to,
      Instant baseTime) {
    // What comes of it takes many reads: not to be done again for a request that has landed.
    Optional<StoredCommit> there = commits.find(request.volume(), draft.lsn());
    if (there.isEmpty()) {
      return reverts.whileKept(draft, to, prepared -> put(request, keys, prepared, baseTime));
    }
    requireStillThere(there.get().header(), baseTime);
    return decide(request, keys, there.get());
  }

  private static Set<IdempotencyKey> keys(List<TransactionRecord> transactions) {
    Set<IdempotencyKey> keys = new HashSet<>();
    for (TransactionRecord transaction : transactions) {
      if (!keys.add(transaction.key())) {
        throw new GraftException.Misuse("transaction " + transaction.key() + " is named twice");
      }
    }
    return keys;
  }

  /** Rule 4.8: a commit is ours when keys, digests and order are equal. */
  private record Named(IdempotencyKey key, Hash digest) {}

  private static List<Named> named(List<TransactionRecord> transactions) {
    return transactions.stream()
        .map(transaction -> new Named(transaction.key(), transaction.digest()))
        .toList();
  }

  /** Step 1: the base exists with that hash. Gives its time. */
  private Instant provedBase(VolumeRecord record, Position base) {
    if (base.lsn().equals(Lsn.ZERO)) {
      require(base, record.start(), record.volume());
      return record.created();
    }
    if (base.lsn().equals(Lsn.MAX)) {
      // No LSN comes after it, which could be below the floor.
      throw notThere(record, base);
    }
    Optional<StoredCommit> there = commits.find(record.volume(), base.lsn());
    if (there.isEmpty() || !there.get().header().position().equals(base)) {
      requireAboveFloor(record.volume(), base.lsn().next());
    }
    if (there.isEmpty()) {
      throw notThere(record, base);
    }
    require(base, there.get().header().position(), record.volume());
    return there.get().header().time();
  }

  private static GraftException notThere(VolumeRecord record, Position base) {
    return new GraftException.Diverged(
        "commit " + base + " is not in " + record.volume() + ", whose log ends before it");
  }

  private static void require(Position base, Position actual, VolumeId volume) {
    if (!base.equals(actual)) {
      throw new GraftException.Diverged(
          "commit "
              + base.lsn()
              + " of "
              + volume
              + " is "
              + actual
              + " and not "
              + base
              + ": this replica has another history");
    }
  }

  /** Reads the newest state; a commit at or below the floor that it tells can be no success. */
  private void requireAboveFloor(VolumeId volume, Lsn lsn) {
    Optional<StateRecord> state = states.newest(volume);
    Deletion.requireAlive(state);
    if (state.isPresent() && !lsn.isAfter(state.get().floor())) {
      throw new GraftException.Gone(
          "commit "
              + lsn
              + " of "
              + volume
              + " cannot be made: its history up to LSN "
              + state.get().floor()
              + " was given up meanwhile; whether it was made before can no longer be told; do the"
              + " work anew on the newest commit");
    }
  }

  /**
   * Step 5: where the base is not young, the place above it may have been empty because its commit
   * was given up. The floor is published before anything at or below it is removed, so the newest
   * state, read after the put, tells. What was put there is left to those who trim: they know
   * whether it is a commit that others built on before this writer was stopped.
   */
  private void requireStillThere(CommitHeader header, Instant baseTime) {
    if (!Heads.isTrusted(baseTime, rounds.now())) {
      requireAboveFloor(header.volume(), header.lsn());
    }
  }

  /** Steps 2 to 5: one LSN is tried, again and again while the outcome is not certain. */
  private CommitOutcome put(
      CommitRequest request, Set<IdempotencyKey> keys, Prepared prepared, Instant baseTime) {
    CommitHeader header = prepared.commit().header();
    VolumeId volume = request.volume();
    ObjectKey key = Keys.commit(volume, header.lsn());
    PutOutcome outcome = log.put(volume, key, prepared.commit().bytes(), prepared.notAfter());
    Optional<StoredCommit> there =
        PatientStore.behindPut(
            key,
            () -> {
              requireStillThere(header, baseTime);
              return found(outcome, prepared);
            });
    if (there.isEmpty()) {
      throw new GraftException.Unavailable(
          "commit "
              + header.lsn()
              + " of "
              + volume
              + " did not land and will not: the segments that it names were made more than 24"
              + " hours ago; upload them anew under new ids");
    }
    return decide(request, keys, there.get());
  }

  /** What stands in the place of a commit after its put. */
  private Optional<StoredCommit> found(PutOutcome outcome, Prepared prepared) {
    CommitHeader header = prepared.commit().header();
    if (outcome instanceof PutOutcome.Created) {
      StoredCommit made = new StoredCommit(header, prepared.commit().bytes());
      commits.remember(made);
      return Optional.of(made);
    }
    // Taken, perhaps by this very request, now or before; or too late, and then an earlier attempt
    // may have been in time.
    Optional<StoredCommit> there = commits.find(header.volume(), header.lsn());
    if (there.filter(commit -> commit.header().hash().equals(header.hash())).isEmpty()) {
      dropOwn(prepared);
    }
    return there;
  }

  /** Step 3: whose commit is it that stands there? */
  private CommitOutcome decide(
      CommitRequest request, Set<IdempotencyKey> keys, StoredCommit there) {
    CommitHeader header = there.header();
    List<TransactionRecord> stored = header.transactions();
    if (named(stored).equals(named(request.transactions()))) {
      return committed(request, there);
    }
    long known = stored.stream().filter(transaction -> keys.contains(transaction.key())).count();
    if (known > 0) {
      throw new GraftException.Misuse(
          "commit "
              + header.lsn()
              + " of "
              + request.volume()
              + " holds "
              + known
              + " of these transactions, and others, or with other contents: an idempotency key"
              + " was used for two things");
    }
    heads.saw(request.volume(), header.lsn(), header.time());
    backoff.sawWriter(request.volume(), stored.getFirst().author(), rounds.now());
    return new CommitOutcome.Conflict(changes.since(request.volume(), request.base()));
  }

  /** A segment that the engine wrote for a commit which is not in the log: nobody else knows it. */
  private void dropOwn(Prepared prepared) {
    prepared
        .own()
        .ifPresent(own -> {
          VolumeId volume = prepared.commit().header().volume();
          bulk.delete(Keys.segment(volume, own.id()));
        });
  }

  private CommitOutcome committed(CommitRequest request, StoredCommit commit) {
    CommitHeader header = commit.header();
    heads.saw(header.volume(), header.lsn(), header.time());
    Root root =
        PatientStore.behindPut(
            Keys.commit(header.volume(), header.lsn()), () -> history.root(header));
    Graft graft =
        new Graft(
            header.volume(),
            header.pageSize(),
            request.base(),
            header.position(),
            header.time(),
            header.position(),
            root,
            List.of(),
            rounds.now());
    upkeep.committed(header.volume(), header.lsn());
    return new CommitOutcome.Committed(header.position(), header.time(), graft);
  }
}
