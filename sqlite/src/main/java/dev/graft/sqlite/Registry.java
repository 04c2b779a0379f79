package dev.graft.sqlite;

import dev.graft.client.Replica;
import dev.graft.client.Snapshot;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import java.lang.ref.WeakReference;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The replicas that connections of this process have open. Those opened by name are found by their
 * folder, shared by all connections to it, and closed with the last one. Those that an application
 * brought itself go by a made-up name and are never closed here. For many threads.
 */
final class Registry {
  /** The one of this process. */
  static final Registry PROCESS = new Registry(ReplicaDoor.byProviders());

  /** A replica that is shared; the count is guarded by the registry's lock. */
  private static final class Shared {
    private final ReplicaDoor.Opened opened;
    private final OpenVolume volume;
    private int users;

    Shared(ReplicaDoor.Opened opened) {
      this.opened = opened;
      this.volume = new OpenVolume(opened.replica());
    }
  }

  private final Map<String, Shared> byKey = new HashMap<>();
  private final Map<String, OpenVolume> brought = new ConcurrentHashMap<>();
  private final Map<Replica, WeakReference<OpenVolume>> byReplica = new WeakHashMap<>();
  private final AtomicLong names = new AtomicLong();
  private final ReplicaDoor door;

  Registry(ReplicaDoor door) {
    this.door = door;
  }

  /** Makes an application's own replica known; gives the name to open it by. */
  String bring(Replica replica) {
    String name = "graft-replica-" + names.incrementAndGet();
    brought.put(name, openVolume(replica));
    return name;
  }

  /** One for each replica, however often it is brought: its connections take turns to write. */
  private OpenVolume openVolume(Replica replica) {
    synchronized (byReplica) {
      WeakReference<OpenVolume> known = byReplica.get(replica);
      OpenVolume volume = known == null ? null : known.get();
      if (volume == null) {
        volume = new OpenVolume(replica);
        byReplica.put(replica, new WeakReference<>(volume));
      }
      return volume;
    }
  }

  /** Forgets a name. Open connections go on. */
  void forget(String name) {
    brought.remove(name);
  }

  /** Opens a file for a connection. */
  VolumeFile open(String name, Map<String, String> parameters) {
    OpenVolume own = brought.get(name);
    if (own != null) {
      return file(own, parameters, () -> {});
    }
    VolumeAddress address = VolumeAddress.find(name, parameters);
    OpenVolume volume = acquire(address);
    boolean opened = false;
    try {
      Map<String, String> settings = new HashMap<>(address.parameters());
      settings.putAll(parameters);
      VolumeFile file = file(volume, settings, () -> release(address.key()));
      opened = true;
      return file;
    } finally {
      if (!opened) {
        release(address.key());
      }
    }
  }

  private static VolumeFile file(
      OpenVolume volume, Map<String, String> parameters, Runnable onClose) {
    String at = parameters.get("at");
    CommitSettings settings = CommitSettings.of(parameters);
    Snapshot past = at == null ? null : past(volume.replica(), at);
    return new VolumeFile(volume, past, settings, onClose);
  }

  private static Snapshot past(Replica replica, String at) {
    try {
      return at.chars().allMatch(c -> c >= '0' && c <= '9')
          ? replica.at(new Lsn(Long.parseUnsignedLong(at)))
          : replica.at(Instant.parse(at));
    } catch (NumberFormatException | DateTimeParseException e) {
      throw new GraftException.Misuse(
          "at=" + at + " is neither an LSN nor a time such as 2026-01-31T12:00:00Z");
    }
  }

  private synchronized OpenVolume acquire(VolumeAddress address) {
    Shared shared = byKey.get(address.key());
    if (shared == null) {
      shared = new Shared(door.open(address));
      byKey.put(address.key(), shared);
    }
    shared.users++;
    return shared.volume;
  }

  /** Under the lock: whoever opens the folder anew must find it free. */
  private synchronized void release(String key) {
    Shared shared = byKey.get(key);
    if (shared != null && --shared.users == 0) {
      byKey.remove(key);
      shared.opened.close();
    }
  }
}
