package dev.graft.client.local;

import dev.graft.concurrency.Concurrency;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.frame.SegmentFooter;
import dev.graft.protocol.id.IdempotencyKey;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.SegmentEntry;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.remote.CommitRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The durable memory of local transactions: which there are, what they lie on, and which push or
 * rebase was begun. The caller lets one thread at a time change it; {@link #sync} may be called by
 * all.
 */
public final class LocalLog implements AutoCloseable {
  private static final String NAME = "the local log";

  /** The log may grow to this many bytes that nobody needs before it is written anew. */
  static final long MAX_DEAD_BYTES = 1 << 20;

  private final LocalDisk disk;
  private final VolumeId volume;
  private final LocalFrames frames;
  private final GroupSync sync;
  private LocalState state = new LocalState();
  private LocalDisk.Log log;
  private LocalFrames.Source source;

  /** What the entries of the state became, by their keys. */
  private final Map<IdempotencyKey, LocalCommit> commits = new HashMap<>();

  private LocalLog(LocalDisk disk, VolumeId volume, Concurrency concurrency) {
    this.disk = disk;
    this.volume = volume;
    this.frames = new LocalFrames(disk, volume);
    this.log =
        disk.open((payload, offset) -> state.apply(decoded(payload), offset, payload.length));
    this.source = new LocalFrames.Source(log);
    this.sync = new GroupSync(concurrency, () -> log, log.sizeBytes());
  }

  /** A record without its frames: these stay in the log. */
  private static LocalRecord decoded(byte[] payload) {
    LocalRecord record = LocalCodec.decode(NAME, payload);
    return record instanceof LocalRecord.Made made
        ? made.slim(payload.length - LocalRecord.Body.lengthHere(made.body()))
        : record;
  }

  /**
   * Reads what an earlier process left, which the caller then tells where the replica stands:
   * {@link #standsOn}.
   *
   * @throws GraftException.Corrupt when the log is damaged before its end: nobody else has these
   *     transactions
   */
  public static LocalLog open(LocalDisk disk, VolumeId volume, Concurrency concurrency) {
    return new LocalLog(disk, volume, concurrency);
  }

  /**
   * What the local commits lie on, as far as the log knows; null when there are none. The replica
   * has to stand there or beyond.
   */
  public @Nullable Position base() {
    return state.base;
  }

  /**
   * Decides what was not settled when the last process ended, and makes the local commits readable.
   *
   * @throws GraftException.Corrupt when the replica stands elsewhere than the local commits lie
   */
  public void standsOn(Position standing) {
    LocalRecord.Settled decided = state.decide(standing);
    if (decided != null) {
      settle(decided);
    }
    Position base = state.base;
    if (base != null && !base.equals(standing)) {
      throw new GraftException.Corrupt(
          "the local transactions lie on commit "
              + base
              + " and the replica stands on "
              + standing
              + ": the folder was put together from two; put back the whole of one");
    }
    state.drafts.clear();
    Set<SegmentId> named = new HashSet<>();
    for (LocalState.Entry entry : state.pending) {
      LocalRecord.Made made = whole(entry);
      Root delta = Delta.of(volume, made.work(), made.body(), disk, NAME);
      named.addAll(take(entry, delta).owners());
    }
    LocalRecord.Push push = state.push;
    if (push != null) {
      for (SegmentEntry segment : push.segments()) {
        named.add(segment.id());
        frames.add(segment.id(), segment.lengthBytes());
      }
    }
    for (SegmentId left : disk.segments()) {
      if (!named.contains(left)) {
        disk.removeSegment(left);
      }
    }
    trim();
  }

  /** The record of an entry with its frames. */
  private LocalRecord.Made whole(LocalState.Entry entry) {
    byte[] payload = log.read(entry.offset(), entry.length());
    if (LocalCodec.decode(NAME, payload) instanceof LocalRecord.Made made) {
      return made;
    }
    throw new GraftException.Corrupt(
        NAME + " holds another record at byte " + entry.offset() + " than it did before");
  }

  /** Makes an entry's frames readable. */
  private LocalCommit take(LocalState.Entry entry, Root delta) {
    List<SegmentId> owners =
        switch (entry.made().body()) {
          case LocalRecord.Body.Here here -> {
            frames.add(here.owner(), source, entry.offset() + here.offset(), here.length());
            yield List.of(here.owner());
          }
          case LocalRecord.Body.InSegments(List<SegmentId> segments) -> {
            segments.forEach(segment -> frames.add(segment, disk.segmentBytes(segment)));
            yield segments;
          }
        };
    long bytes =
        entry.length()
            + (entry.made().body() instanceof LocalRecord.Body.InSegments
                ? owners.stream().mapToLong(disk::segmentBytes).sum()
                : 0);
    LocalCommit commit = new LocalCommit(entry.made().work(), delta, owners, bytes);
    commits.put(commit.key(), commit);
    return commit;
  }

  /** The local commits, oldest first. */
  public List<LocalCommit> pending() {
    return state.pending.stream().map(this::commit).toList();
  }

  private LocalCommit commit(LocalState.Entry entry) {
    LocalCommit commit = commits.get(entry.made().work().key());
    if (commit == null) {
      throw new IllegalStateException("entry " + entry.made().work().key() + " was not taken");
    }
    return commit;
  }

  /** Where their frames can be read. */
  public LocalFrames frames() {
    return frames;
  }

  /** Where things are kept. */
  public LocalDisk disk() {
    return disk;
  }

  /** What the footer of a kept segment says. */
  public SegmentFooter footer(VolumeId of, SegmentId segment) {
    return Delta.footer(of, segment, disk);
  }

  /** A frame of a kept segment, as it lies there. */
  public byte[] frameBytes(SegmentId segment, FrameRef ref) {
    return disk.readSegment(segment, ref.offsetBytes(), ref.lengthBytes());
  }

  /** How many syncs of the log were made by this process. */
  public long syncs() {
    return sync.syncs();
  }

  /** The push whose outcome is not known; null when there is none. */
  public @Nullable OpenPush push() {
    LocalRecord.Push push = state.push;
    return push == null
        ? null
        : new OpenPush(push.transactions(), push.request(), push.segments(), state.uploaded);
  }

  /**
   * Adds a local commit; it is kept when {@link #sync} has returned for what this returns.
   *
   * @param base the commit in the store that it lies on, perhaps with local commits between
   * @throws GraftException.Limit when the disk is full; the log is as it was
   */
  public Added append(LocalMaker.Made made, Position base) {
    return append(made, base, 0);
  }

  /**
   * A commit that was added.
   *
   * @param commit as it can be read now
   * @param upTo the size of the log with it
   */
  public record Added(LocalCommit commit, long upTo) {}

  /**
   * Adds a local commit that counts only when a rebase with this number does.
   *
   * @param draft the number, not 0
   */
  public Added draft(LocalMaker.Made made, Position base, long draft) {
    return append(made, base, draft);
  }

  /** Forgets drafts that will not count. */
  public void dropDrafts() {
    for (LocalState.Entry draft : state.drafts) {
      LocalCommit commit = commits.remove(draft.made().work().key());
      if (commit != null) {
        frames.release(commit.owners());
      }
    }
    state.drafts.clear();
  }

  private Added append(LocalMaker.Made made, Position base, long draft) {
    var record = new LocalRecord.Made(base, draft, made.work(), made.body());
    byte[] payload = LocalCodec.encode(record);
    long offset;
    try {
      offset = log.append(payload);
    } catch (GraftException e) {
      // It is not in the log, so nothing names what lies beside it.
      if (made.body() instanceof LocalRecord.Body.InSegments(List<SegmentId> segments)) {
        segments.forEach(disk::removeSegment);
      }
      throw e;
    }
    LocalRecord.Made slim = record.slim(payload.length - LocalRecord.Body.lengthHere(made.body()));
    state.apply(slim, offset, payload.length);
    LocalCommit commit = take(new LocalState.Entry(slim, offset, payload.length), made.delta());
    return new Added(commit, log.sizeBytes());
  }

  /** Returns when the log is durable up to that size; shares syncs with other threads. */
  public void sync(long upTo) {
    sync.upTo(upTo);
  }

  /** Returns when all of the log is durable. */
  private void sync() {
    sync.upTo(log.sizeBytes());
  }

  /** Whether a commit that was added is durable. */
  public boolean isSynced(long upTo) {
    return sync.synced() >= upTo;
  }

  /**
   * Takes back the newest commits, which could not be made durable.
   *
   * @param from the first of them
   */
  public void takeBack(List<LocalCommit> newest) {
    for (LocalCommit commit : newest) {
      state.pending.removeIf(entry -> entry.made().work().key().equals(commit.key()));
      commits.remove(commit.key());
    }
    if (state.pending.isEmpty()) {
      state.base = null;
    }
    long good = sync.synced();
    log.cut(good);
    sync.restart(good);
    // Only now that no record can name them.
    newest.forEach(commit -> frames.release(commit.owners()));
  }

  /** Remembers a push before anything of it is sent; durable when it returns. */
  public OpenPush begin(int transactions, CommitRequest request, List<SegmentEntry> segments) {
    return begin(transactions, request, segments, Set.of());
  }

  /**
   * The same with segments of a push before, some of which are in the store.
   *
   * @param uploaded those that are
   */
  public OpenPush begin(
      int transactions,
      CommitRequest request,
      List<SegmentEntry> segments,
      Set<SegmentId> uploaded) {
    write(new LocalRecord.Push(transactions, request, segments));
    segments.forEach(segment -> frames.add(segment.id(), disk.segmentBytes(segment.id())));
    uploaded.forEach(this::uploaded);
    return new OpenPush(transactions, request, segments, uploaded);
  }

  /** Remembers that a segment of the push is in the store; not synced, for it can be told again. */
  public void uploaded(SegmentId segment) {
    LocalRecord record = new LocalRecord.Uploaded(segment);
    byte[] payload = LocalCodec.encode(record);
    state.apply(record, log.append(payload), payload.length);
  }

  /**
   * The push has landed, and the replica stands on its commit.
   *
   * @return what nobody but older snapshots needs any more, to be given up with {@link
   *     LocalFrames#release}
   */
  public List<SegmentId> landed(Position at) {
    return settle(new LocalRecord.Settled(true, at));
  }

  /**
   * Nothing of the push landed or can land.
   *
   * @return as {@link #landed}
   */
  public List<SegmentId> refused(Position standing) {
    return settle(new LocalRecord.Settled(false, standing));
  }

  /**
   * Ends a push or rebase that came about and could not be noted, or a rebase that did not.
   *
   * @param standing what the replica stands on
   * @return as {@link #landed}; null when there is nothing to end
   */
  public @Nullable List<SegmentId> decide(Position standing) {
    LocalRecord.Settled decided = state.decide(standing);
    return decided == null ? null : settle(decided);
  }

  private List<SegmentId> settle(LocalRecord.Settled settled) {
    return change(settled);
  }

  /**
   * The local commits go over to another commit of the store as soon as the replica stands on it;
   * durable when it returns. The push that was begun is over: nothing of it landed or can land.
   *
   * @param draft 0 when they go as they are; else those of that number take their place
   * @return the segments of that push, which may serve the next
   */
  public List<SegmentId> rebase(Position to, long draft) {
    LocalRecord.Push push = state.push;
    write(new LocalRecord.Rebase(to, draft));
    return push == null ? List.of() : push.segments().stream().map(SegmentEntry::id).toList();
  }

  /**
   * The replica stands where the rebase leads.
   *
   * @return as {@link #landed}
   */
  public List<SegmentId> rebased(Position at) {
    return settle(new LocalRecord.Settled(true, at));
  }

  /**
   * The local commits go to a fork, or have come so far; durable when it returns. Ends the push of
   * a part of them.
   *
   * @param at the newest commit of the fork that is ours; what it is forked from as long as there
   *     is none
   * @param transactions how many of the oldest local commits are in it
   * @return as {@link #landed}
   */
  public List<SegmentId> forking(VolumeId child, Position at, int transactions) {
    return change(new LocalRecord.Forking(child, at, transactions));
  }

  /** The fork that the local commits go to; null when there is none. */
  public @Nullable Fork fork() {
    LocalState.Fork fork = state.fork;
    return fork == null ? null : new Fork(fork.child(), fork.at(), fork.transactions());
  }

  /**
   * A fork that was begun.
   *
   * @param child the new volume
   * @param at its newest commit that is ours
   * @param transactions how many of the oldest local commits are in it
   */
  public record Fork(VolumeId child, Position at, int transactions) {}

  /**
   * All local commits are given up; durable when it returns.
   *
   * @return as {@link #landed}
   */
  public List<SegmentId> drop() {
    return change(new LocalRecord.Dropped());
  }

  /** Writes a record that ends a push, and tells what is not needed any more. */
  private List<SegmentId> change(LocalRecord record) {
    List<LocalState.Entry> before = List.copyOf(state.pending);
    LocalRecord.Push push = state.push;
    write(record);
    List<SegmentId> left = new ArrayList<>();
    Set<LocalState.Entry> kept = Collections.newSetFromMap(new IdentityHashMap<>());
    kept.addAll(state.pending);
    for (LocalState.Entry entry : before) {
      LocalCommit commit = kept.contains(entry) ? null : commits.remove(entry.made().work().key());
      if (commit != null) {
        left.addAll(commit.owners());
      }
    }
    if (push != null) {
      push.segments().forEach(segment -> left.add(segment.id()));
    }
    return left;
  }

  private void write(LocalRecord record) {
    byte[] payload = LocalCodec.encode(record);
    long before = log.sizeBytes();
    long offset = log.append(payload);
    try {
      sync();
    } catch (RuntimeException e) {
      log.cut(before);
      sync.forgive();
      throw e;
    }
    state.apply(record, offset, payload.length);
  }

  /** Writes the log anew without what nobody needs, when that is much. Best effort. */
  public void trim() {
    long live = state.pending.stream().mapToLong(LocalState.Entry::length).sum();
    boolean busy = state.push != null || state.rebase != null || state.fork != null;
    if (busy || log.sizeBytes() - live <= Math.max(MAX_DEAD_BYTES, live)) {
      return;
    }
    Position base = state.base;
    List<byte[]> records = new ArrayList<>();
    if (base != null) {
      for (LocalState.Entry entry : state.pending) {
        LocalRecord.Made made = whole(entry);
        records.add(LocalCodec.encode(new LocalRecord.Made(base, 0, made.work(), made.body())));
      }
    }
    LocalState fresh = new LocalState();
    LocalDisk.Log replaced;
    try {
      replaced =
          disk.replace(
              records, (payload, offset) -> fresh.apply(decoded(payload), offset, payload.length));
    } catch (GraftException.Limit | GraftException.Unavailable | GraftException.Unauthorized e) {
      // The log stays as it is, which is right, too.
      return;
    }
    LocalFrames.Source old = source;
    log = replaced;
    source = new LocalFrames.Source(replaced);
    state = fresh;
    for (LocalState.Entry entry : fresh.pending) {
      if (entry.made().body() instanceof LocalRecord.Body.Here here) {
        frames.add(here.owner(), source, entry.offset() + here.offset(), here.length());
      }
    }
    frames.replaced(old);
    sync.restart(replaced.sizeBytes());
  }

  @Override
  public void close() {
    frames.close();
    log.close();
    disk.close();
  }
}
