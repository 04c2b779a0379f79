package dev.graft.functions.service;

import dev.graft.auth.KeyRing;
import dev.graft.auth.RevocationLog;
import dev.graft.engine.store.ObjectStore;
import dev.graft.protocol.remote.Remote;
import java.time.InstantSource;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What the functions of one process work with.
 *
 * @param engine answers
 * @param log the store of commits, for ranges of them
 * @param bulk the store of all else, for ranges of segments and for records of volumes
 * @param places for large segments; null when there are none to be had
 * @param gate decides who may ask what
 * @param keys gives the key ring of now, which signs new tokens
 * @param revocations for those who revoke and delete
 * @param limits how much a caller may ask
 * @param observer is told of every request
 * @param clock for {@code graft-time}, tokens and limits
 * @param random a {@link java.security.SecureRandom} wherever it counts; used under a lock
 */
public record Backend(
    Remote engine,
    ObjectStore log,
    ObjectStore bulk,
    @Nullable SegmentPlaces places,
    Gate gate,
    Supplier<KeyRing> keys,
    RevocationLog revocations,
    Limits limits,
    Observer observer,
    InstantSource clock,
    RandomGenerator random) {
  /** With a key ring that stays as it is. */
  public Backend(
      Remote engine,
      ObjectStore log,
      ObjectStore bulk,
      @Nullable SegmentPlaces places,
      Gate gate,
      KeyRing keys,
      RevocationLog revocations,
      Limits limits,
      Observer observer,
      InstantSource clock,
      RandomGenerator random) {
    this(engine, log, bulk, places, gate, () -> keys, revocations, limits, observer, clock, random);
  }
}
