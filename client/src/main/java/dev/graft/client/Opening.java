package dev.graft.client;

import dev.graft.client.cache.CacheBound;
import dev.graft.client.cache.FrameCache;
import dev.graft.client.count.CountingRemote;
import dev.graft.client.fetch.Lender;
import dev.graft.client.folder.SavedStanding;
import dev.graft.client.local.FolderDisk;
import dev.graft.client.local.LocalDisk;
import dev.graft.client.local.LocalLog;
import dev.graft.client.local.MemoryDisk;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.ChangesRequest.Until;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Opens replicas. */
final class Opening {
  private Opening() {}

  static Replica open(ReplicaOptions options) {
    return open(options, UnaryOperator.identity());
  }

  /**
   * Opens a replica whose local disk may fail as a test wishes.
   *
   * @param disks is given the disk and returns the one to use
   */
  static Replica open(ReplicaOptions options, UnaryOperator<LocalDisk> disks) {
    Home home = home(options, disks);
    try {
      return open(options, home);
    } catch (RuntimeException e) {
      home.close();
      throw e;
    }
  }

  private static Home home(ReplicaOptions options, UnaryOperator<LocalDisk> disks) {
    VolumeId volume = options.volume();
    if (options.folder().isEmpty()) {
      LocalDisk disk = disks.apply(new MemoryDisk());
      return new Home.Nowhere(LocalLog.open(disk, volume, options.concurrency()));
    }
    Path folder = options.folder().get();
    return Home.InFolder.take(
        folder,
        volume,
        () -> LocalLog.open(disks.apply(FolderDisk.in(folder)), volume, options.concurrency()));
  }

  private static Replica open(ReplicaOptions options, Home home) {
    var remote = new CountingRemote(options.remote());
    var clock = new ServerClock(options.concurrency());
    var questions = new Questions(remote, options.volume(), clock);
    Opened opened = opened(home, questions);
    home.local().standsOn(opened.position());
    FrameCache cache = cache(options, home.folder(), opened.pageSize());
    try {
      var replica =
          new VolumeReplica(options, remote, home, questions, clock, cache, Lender.NONE, opened);
      replica.start(opened);
      return replica;
    } catch (RuntimeException e) {
      cache.close();
      throw e;
    }
  }

  /** What the folder remembers, or what the remote says that local commits lie on, or the head. */
  private static Opened opened(Home home, Questions questions) {
    SavedStanding saved = home.saved();
    Position base = home.local().base();
    if (base == null) {
      return saved != null ? Opened.from(saved) : questions.open(new Until.Head());
    }
    if (saved != null && !saved.position().lsn().isBefore(base.lsn())) {
      return Opened.from(saved);
    }
    // The end of the standing log was lost, which a crash alone does not do.
    return questions.open(new Until.AtLsn(base.lsn()));
  }

  /** A replica in memory beside another one, that counts. */
  static Rehearsal rehearsal(ReplicaOptions of, Opened here, boolean cold, FrameCache theirs) {
    ReplicaOptions options = of.inMemory();
    var remote = new CountingRemote(options.remote());
    var clock = new ServerClock(options.concurrency());
    var questions = new Questions(remote, options.volume(), clock);
    Opened opened = cold ? questions.open(new Until.AtLsn(here.position().lsn())) : here;
    FrameCache cache = cache(options, Optional.empty(), opened.pageSize());
    Borrowing borrowing = new Borrowing(theirs);
    var replica =
        new VolumeReplica(
            options,
            remote,
            home(options, UnaryOperator.identity()),
            questions,
            clock,
            cache,
            cold ? Lender.NONE : borrowing,
            opened);
    replica.start(opened);
    return new Rehearsal(
        replica,
        new Rehearsal.Borrowed() {
          @Override
          public long frames() {
            return borrowing.frames();
          }

          @Override
          public long bytes() {
            return borrowing.bytes();
          }
        });
  }

  private static FrameCache cache(
      ReplicaOptions options, Optional<Path> folder, PageSize pageSize) {
    CacheBound bound = options.cacheBound();
    return folder.isPresent()
        ? FrameCache.onFolder(folder.get(), pageSize, bound, options.concurrency())
        : FrameCache.inMemory(pageSize, bound, options.concurrency());
  }
}
