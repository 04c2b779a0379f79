package dev.graft.engine;

import dev.graft.engine.store.CountingObjectStore;
import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.MemoryObjectStore;
import dev.graft.engine.store.ObjectKey;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.ChangesOutcome;
import dev.graft.protocol.remote.ChangesRequest;
import dev.graft.protocol.remote.ChangesRequest.Until;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.protocol.remote.Graft;
import java.time.Instant;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A store that can misbehave and counts, a clock, and engines on it. */
final class Stage {
  static final PageSize PAGE_SIZE = new PageSize(512);

  final TestClock clock = new TestClock();
  final TestConcurrency concurrency = new TestConcurrency(clock);
  final MemoryObjectStore memory = new MemoryObjectStore(clock);
  final FaultyObjectStore faulty = new FaultyObjectStore(memory);
  final CountingObjectStore store = new CountingObjectStore(faulty);
  final Random random;
  final RandomIdSource ids;
  final EngineOptions options;
  EngineRemote engine;

  Stage(long seed, EngineOptions options) {
    this.random = new Random(seed);
    this.ids = new RandomIdSource(new Random(seed + 1));
    this.options = options;
    this.engine = newEngine(options);
  }

  Stage(long seed) {
    this(seed, EngineOptions.DEFAULT.withUpkeep(EngineOptions.Upkeep.OFF));
  }

  /** An engine that remembers nothing, as after a restart. */
  EngineRemote newEngine(EngineOptions with) {
    return new EngineRemote(store, store, concurrency, ids, new Random(7), with);
  }

  EngineRemote newEngine() {
    return newEngine(options);
  }

  VolumeId newVolume() {
    VolumeId volume = ids.newVolumeId();
    engine.createVolume(new CreateVolume(volume, PAGE_SIZE));
    return volume;
  }

  Position start(VolumeId volume) {
    return new Position(Lsn.ZERO, engine.volume(volume).recordHash());
  }

  static Graft changes(
      EngineRemote engine, VolumeId volume, @Nullable Position since, Until until, boolean open) {
    ChangesOutcome outcome = engine.changesSince(new ChangesRequest(volume, since, until, open));
    if (outcome instanceof ChangesOutcome.Changed(Graft graft)) {
      return graft;
    }
    throw new AssertionError("diverged: " + outcome);
  }

  Graft changes(VolumeId volume, @Nullable Position since) {
    return changes(engine, volume, since, new Until.Head(), false);
  }

  byte[] object(ObjectKey key) {
    if (memory.get(key, 0, 64 << 20) instanceof GetOutcome.Found(byte[] bytes, long total)) {
      return bytes;
    }
    throw new AssertionError("no object " + key);
  }

  /** Puts other bytes in the place of an object. */
  void replace(ObjectKey key, byte[] bytes) {
    memory.delete(key);
    memory.putIfAbsent(key, bytes, Instant.MAX);
  }
}
