package dev.graft.client;

import dev.graft.client.cache.FrameCache;
import dev.graft.client.count.CountingRemote;
import dev.graft.client.folder.SavedStanding;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.ChangesRequest.Until;
import java.nio.file.Path;
import java.util.Optional;

/** Opens replicas. */
final class Opening {
  private Opening() {}

  static Replica open(ReplicaOptions options) {
    Home home =
        options.folder().isPresent()
            ? Home.InFolder.take(options.folder().get(), options.volume())
            : new Home.Nowhere();
    try {
      return open(options, home);
    } catch (RuntimeException e) {
      home.close();
      throw e;
    }
  }

  private static Replica open(ReplicaOptions options, Home home) {
    var remote = new CountingRemote(options.remote());
    var clock = new ServerClock(options.concurrency());
    var questions = new Questions(remote, options.volume(), clock);
    SavedStanding saved = home.saved();
    Opened opened = saved != null ? Opened.from(saved) : questions.open(new Until.Head());
    FrameCache cache = cache(home.folder(), opened.pageSize());
    try {
      var replica = new VolumeReplica(options, remote, home, questions, clock, cache, opened);
      replica.start(opened);
      return replica;
    } catch (RuntimeException e) {
      cache.close();
      throw e;
    }
  }

  private static FrameCache cache(Optional<Path> folder, PageSize pageSize) {
    return folder.isPresent()
        ? FrameCache.onFolder(folder.get(), pageSize)
        : FrameCache.inMemory(pageSize);
  }
}
