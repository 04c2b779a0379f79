package dev.graft.sqlite;

import dev.graft.client.Replica;
import dev.graft.client.Snapshot;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
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
  private final AtomicLong names = new AtomicLong();
  private final ReplicaDoor door;

  Registry(ReplicaDoor door) {
    this.door = door;
  }

  /** Makes an application's own replica known; gives the name to open it by. */
  String bring(Replica replica) {
    String name = "graft-replica-" + names.incrementAndGet();
    brought.put(name, new OpenVolume(replica));
    return name;
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
      VolumeFile file = file(volume, parameters, () -> release(address.key()));
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
    return new VolumeFile(volume, at == null ? null : past(volume.replica(), at), onClose);
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
