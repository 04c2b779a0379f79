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
  private final Line line;

  Pushing(ReplicaOptions options, Remote remote, ServerClock clock, FrameCache cache, Line line) {
    this.options = options;
    this.remote = remote;
    this.concurrency = options.concurrency();
    this.clock = clock;
    this.cache = cache;
    this.line = line;
  }

  /** The push that was begun, or one of as many of the oldest local commits as fit. */
  OpenPush begin(List<LocalCommit> pending) {
    OpenPush open = line.alone(() -> line.log().push());
    return open != null ? open : prepare(prefix(pending));
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

  private OpenPush prepare(List<LocalCommit> commits) {
    Standing ground = line.ground();
    Root sum = Objects.requireNonNull(Deltas.sum(commits));
    LocalLog log = line.log();
    List<SegmentEntry> segments = new ArrayList<>();
    boolean begun = false;
    try (var packer =
        new CommitPacker(
            options.volume(),
            ground.pageSize,
            sum.count(),
            sum.smallest(),
            cache,
            () -> sink(ground, segments))) {
      CommitRequest.Content content =
          new PushPacker(ground.pageSize, log.frames(), cache).pack(sum, packer);
      CommitRequest request = request(options.volume(), ground.position, commits, sum, content);
      OpenPush push = line.alone(() -> log.begin(commits.size(), request, segments));
      begun = true;
      return push;
    } finally {
      if (!begun) {
        segments.forEach(entry -> log.disk().removeSegment(entry.id()));
      }
    }
  }

  private SegmentSink sink(Standing ground, List<SegmentEntry> segments) {
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
        options.volume(),
        ground.pageSize,
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

  /** Brings what is not in the store yet, several segments at one time, then sends the request. */
  CommitOutcome send(OpenPush push, Progress progress) {
    upload(push, progress);
    return remote.commit(push.request());
  }

  private void upload(OpenPush push, Progress progress) {
    long total = push.segments().stream().mapToLong(SegmentEntry::lengthBytes).sum();
    AtomicLong done = new AtomicLong();
    List<SegmentEntry> left = new ArrayList<>();
    for (SegmentEntry entry : push.segments()) {
      if (push.uploaded().contains(entry.id())) {
        done.addAndGet(entry.lengthBytes());
      } else {
        left.add(entry);
      }
    }
    progress.at(done.get(), total);
    List<Task<SegmentEntry>> running = new ArrayList<>();
    try {
      for (SegmentEntry entry : left) {
        if (running.size() >= options.limits().parallelUploads()) {
          Waits.result(concurrency, running.removeFirst());
        }
        running.add(
            concurrency.fork(
                "upload",
                () -> {
                  bring(push.request().volume(), entry);
                  progress.at(done.addAndGet(entry.lengthBytes()), total);
                  return entry;
                }));
      }
    } finally {
      // What was begun is waited for, whatever became of the others.
      awaitEnd(running);
    }
    running.forEach(task -> Waits.result(concurrency, task));
  }

  private void awaitEnd(List<Task<SegmentEntry>> running) {
    try {
      concurrency.awaitAll(running);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void bring(VolumeId volume, SegmentEntry entry) {
    LocalLog log = line.log();
    SegmentId id = entry.id();
    byte[] bytes = log.disk().readSegment(id, 0, entry.lengthBytes());
    clock.told(remote.upload(volume, id, bytes).serverTime());
    line.alone(() -> {
      log.uploaded(id);
      return id;
    });
  }
}
