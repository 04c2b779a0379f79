package dev.graft.client;

import dev.graft.client.cache.FrameCache;
import dev.graft.client.fetch.Waits;
import dev.graft.client.local.LocalCommit;
import dev.graft.client.local.LocalDisk;
import dev.graft.client.local.LocalLog;
import dev.graft.client.local.OpenPush;
import dev.graft.client.local.PushPacker;
import dev.graft.client.write.CommitPacker;
import dev.graft.client.write.SegmentSink;
import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.Task;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.CommitDraft;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.SegmentEntry;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.Remote;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Brings the oldest local commits to the store as one commit: remembered before anything is sent,
 * and sent unchanged until its outcome is known. The caller has the turn of all requests that may
 * move the replica.
 */
final class Pushing {
  private final ReplicaOptions options;
  private final Remote remote;
  private final Concurrency concurrency;
  private final ServerClock clock;
  private final FrameCache cache;
  private final Questions questions;
  private final Line line;
  private final Renewal renewal;

  Pushing(
      ReplicaOptions options,
      Remote remote,
      ServerClock clock,
      FrameCache cache,
      Questions questions,
      Line line) {
    this.options = options;
    this.remote = remote;
    this.concurrency = options.concurrency();
    this.clock = clock;
    this.cache = cache;
    this.questions = questions;
    this.line = line;
    this.renewal = new Renewal(line, clock);
  }

  /** The push that was begun, or one of as many of the oldest local commits as fit. */
  OpenPush begin(List<LocalCommit> pending) {
    OpenPush open = line.alone(() -> line.log().push());
    return open != null ? open : prepare(options.volume(), line.ground().position, prefix(pending));
  }

  /** A push of local commits to a volume, on top of one of its commits. */
  OpenPush begin(VolumeId volume, Position base, List<LocalCommit> pending) {
    OpenPush open = line.alone(() -> line.log().push());
    return open != null ? open : prepare(volume, base, prefix(pending));
  }

  /** The same content on top of another commit, after a rebase. Alone. */
  void beginAgain(OpenPush push, Position base) {
    CommitRequest old = push.request();
    CommitRequest request =
        new CommitRequest(
            old.volume(),
            base,
            old.snapshot(),
            old.count(),
            old.smallest(),
            old.transactions(),
            old.content());
    line.log().begin(push.transactions(), request, push.segments(), push.uploaded());
    line.reused(push.segments().stream().map(SegmentEntry::id).toList());
  }

  /** As many of the oldest as one commit can list. */
  static List<LocalCommit> prefix(List<LocalCommit> pending) {
    int bytes = 0;
    int count = 0;
    for (LocalCommit commit : pending) {
      bytes += commit.work().record().encodedBytes();
      if (count == CommitDraft.MAX_TRANSACTIONS || bytes > CommitDraft.MAX_TRANSACTION_BYTES) {
        break;
      }
      count++;
    }
    return pending.subList(0, count);
  }

  private OpenPush prepare(VolumeId volume, Position base, List<LocalCommit> commits) {
    Root sum = Objects.requireNonNull(Deltas.sum(commits));
    LocalLog log = line.log();
    List<SegmentEntry> segments = new ArrayList<>();
    boolean packed = false;
    try (var packer =
        new CommitPacker(
            volume,
            line.ground().pageSize,
            sum.count(),
            sum.smallest(),
            options.limits().inlineBytes(),
            cache,
            () -> sink(volume, segments))) {
      CommitRequest.Content content =
          new PushPacker(line.ground().pageSize, log.frames(), cache).pack(sum, packer);
      CommitRequest request = request(volume, base, commits, sum, content);
      // From here on a record may name them.
      packed = true;
      return line.alone(() -> log.begin(commits.size(), request, segments));
    } finally {
      if (!packed) {
        segments.forEach(entry -> log.disk().removeSegment(entry.id()));
      }
    }
  }

  private SegmentSink sink(VolumeId volume, List<SegmentEntry> segments) {
    questions.askTime(line.ground().position);
    LocalDisk disk = line.log().disk();
    ReplicaOptions.Limits limits = options.limits();
    return new SegmentSink(
        segment -> {
          disk.writeSegment(segment.id(), segment.bytes());
          SegmentEntry entry = SegmentEntry.of(segment);
          segments.add(entry);
          return concurrency.fork("kept", () -> entry);
        },
        concurrency,
        options.ids(),
        clock,
        volume,
        line.ground().pageSize,
        limits.segmentBytes(),
        limits.parallelUploads());
  }

  private static CommitRequest request(
      VolumeId volume,
      Position base,
      List<LocalCommit> commits,
      Root sum,
      CommitRequest.Content content) {
    List<TransactionRecord> transactions =
        commits.stream().map(commit -> commit.work().record()).toList();
    Lsn snapshot = base.lsn();
    for (LocalCommit commit : commits) {
      Lsn read = commit.work().snapshot().lsn();
      snapshot = read.isBefore(snapshot) ? read : snapshot;
    }
    return new CommitRequest(
        volume, base, snapshot, sum.count(), sum.smallest(), transactions, content);
  }

  /**
   * Brings what is not in the store yet, several segments at one time, then sends the request.
   * Segments that have become too old get new ids first: keys, digests and base stay, by which the
   * store knows an earlier attempt that has landed.
   */
  CommitOutcome send(OpenPush push, Progress progress) {
    OpenPush now = push;
    while (!upload(now, progress)) {
      now = renewal.renew(now, this::sink);
    }
    return remote.commit(now.request());
  }

  /** Whether all segments are in the store; false when some have become too old to be taken. */
  private boolean upload(OpenPush push, Progress progress) {
    long total = push.segments().stream().mapToLong(SegmentEntry::lengthBytes).sum();
    AtomicLong done = new AtomicLong();
    List<SegmentEntry> left = new ArrayList<>();
    for (SegmentEntry entry : push.segments()) {
      if (push.uploaded().contains(entry.id())) {
        if (!Freshness.mayName(entry.id(), clock.instant())) {
          return false;
        }
        done.addAndGet(entry.lengthBytes());
      } else {
        left.add(entry);
      }
    }
    progress.at(done.get(), total);
    List<Task<Boolean>> running = new ArrayList<>();
    boolean all = true;
    try {
      for (SegmentEntry entry : left) {
        if (running.size() >= options.limits().parallelUploads()) {
          all &= Waits.result(concurrency, running.removeFirst());
        }
        if (!all) {
          break;
        }
        running.add(
            concurrency.fork(
                "upload",
                () -> {
                  boolean taken = bring(push.request().volume(), entry);
                  if (taken) {
                    progress.at(done.addAndGet(entry.lengthBytes()), total);
                  }
                  return taken;
                }));
      }
    } finally {
      // What was begun is waited for, whatever became of the others.
      awaitEnd(running);
    }
    for (Task<Boolean> task : running) {
      all &= Waits.result(concurrency, task);
    }
    return all;
  }

  private void awaitEnd(List<? extends Task<?>> running) {
    try {
      concurrency.awaitAll(running);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Brings a segment; false when its id has become too old. */
  private boolean bring(VolumeId volume, SegmentEntry entry) {
    LocalLog log = line.log();
    SegmentId id = entry.id();
    if (!Freshness.mayUpload(id, clock.instant())) {
      return false;
    }
    byte[] bytes = log.disk().readSegment(id, 0, entry.lengthBytes());
    clock.told(remote.upload(volume, id, bytes).serverTime());
    line.alone(() -> {
      log.uploaded(id);
      return id;
    });
    return true;
  }
}
