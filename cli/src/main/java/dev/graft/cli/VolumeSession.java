package dev.graft.cli;

import dev.graft.client.Replica;
import dev.graft.client.ReplicaOptions;
import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.remote.Remote;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A named volume with its remote and its replica, for the length of one command. */
final class VolumeSession implements AutoCloseable {
  private final VolumesFile.Entry entry;
  private final Remote remote;
  private final Replica replica;

  private VolumeSession(VolumesFile.Entry entry, Remote remote, Replica replica) {
    this.entry = entry;
    this.remote = remote;
    this.replica = replica;
  }

  /** Opens the replica of a named volume, which is no view. */
  static VolumeSession open(VolumesFile file, String name) {
    VolumesFile.Entry entry = file.require(name);
    if (entry.at().isPresent()) {
      throw Failure.usage(Views.refusal(entry));
    }
    return open(file, entry);
  }

  /** Opens what a name means, to read: a volume or a view. */
  static VolumeSession toRead(VolumesFile file, String name) {
    return open(file, file.require(name));
  }

  /** Which snapshot is meant by an option that may not be given. */
  Moment moment(@Nullable String at) {
    return Views.moment(entry, at);
  }

  /** Opens the replica of a volume. */
  static VolumeSession open(VolumesFile file, VolumesFile.Entry entry) {
    return open(entry, file.cacheBytes(), Remotes.open(entry, file.folder()));
  }

  /** The same, asking the store only for what is not here: for a replica that was there before. */
  static VolumeSession openHere(VolumesFile file, String name) {
    VolumesFile.Entry entry = file.require(name);
    if (entry.at().isPresent()) {
      throw Failure.usage(Views.refusal(entry));
    }
    return open(entry, file.cacheBytes(), new LazyRemote(() -> Remotes.open(entry, file.folder())));
  }

  private static VolumeSession open(VolumesFile.Entry entry, OptionalLong room, Remote remote) {
    try {
      ReplicaOptions options =
          ReplicaOptions.inMemory(remote, entry.volume(), concurrency(), ids()).on(entry.dir());
      Replica replica =
          Replica.open(
              room.isPresent()
                  ? options.with(ReplicaOptions.Limits.DEFAULT.withCacheBytes(room.getAsLong()))
                  : options);
      return new VolumeSession(entry, remote, replica);
    } catch (RuntimeException failure) {
      remote.close();
      throw failure;
    }
  }

  /** How this process runs tasks. */
  static Concurrency concurrency() {
    return new ThreadConcurrency(InstantSource.system());
  }

  /** Where this process takes its ids from. */
  static IdSource ids() {
    return new RandomIdSource(new SecureRandom());
  }

  VolumesFile.Entry entry() {
    return entry;
  }

  Remote remote() {
    return remote;
  }

  Replica replica() {
    return replica;
  }

  @Override
  public void close() {
    try (remote) {
      replica.close();
    }
  }
}
