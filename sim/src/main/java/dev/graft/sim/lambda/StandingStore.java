package dev.graft.sim.lambda;

import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.engine.store.PutOutcome;
import dev.graft.protocol.id.Hash;
import dev.graft.sim.Fault;
import dev.graft.sim.SimConcurrency;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The store as one instance of a function reaches it, which may be frozen in the middle of an
 * invocation: all its tasks stand still where they ask the store, for seconds or days, and go on
 * with what they knew.
 */
final class StandingStore implements ObjectStore {
  private static final Duration SHORT = Duration.ofSeconds(60);
  private static final Duration LONG = Duration.ofDays(3);
  private static final int LONG_PERCENT = 20;

  private final ObjectStore store;
  private final SimConcurrency sim;
  private final Luck luck;
  private Instant thaws = Instant.MIN;

  StandingStore(ObjectStore store, SimConcurrency sim, Luck luck) {
    this.store = store;
    this.sim = sim;
    this.luck = luck;
  }

  private <T> T ask(Supplier<T> request) {
    if (luck.draw(Fault.INSTANCE_FROZEN).isPresent()) {
      Duration stands = luck.upTo(luck.below(100) < LONG_PERCENT ? LONG : SHORT);
      Instant until = sim.instant().plus(stands);
      if (until.isAfter(thaws)) {
        luck.hit(Fault.INSTANCE_FROZEN, "at a request");
        thaws = until;
      }
    }
    stand();
    T answer = request.get();
    stand();
    return answer;
  }

  private void stand() {
    while (sim.instant().isBefore(thaws)) {
      sim.sleepUntil(thaws);
    }
  }

  @Override
  public GetOutcome get(ObjectKey key, long offset, int maxBytes) {
    return ask(() -> store.get(key, offset, maxBytes));
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
    return ask(() -> store.putIfAbsent(key, bytes, notAfter));
  }

  @Override
  public Optional<Hash> sha256(ObjectKey key) {
    return ask(() -> store.sha256(key));
  }

  @Override
  public boolean listsInOrder() {
    return store.listsInOrder();
  }

  @Override
  public List<ObjectKey> list(String prefix, String startAfter, int maxKeys) {
    return ask(() -> store.list(prefix, startAfter, maxKeys));
  }

  @Override
  public void delete(ObjectKey key) {
    ask(() -> {
      store.delete(key);
      return key;
    });
  }
}
