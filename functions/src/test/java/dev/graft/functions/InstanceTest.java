package dev.graft.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.auth.KeyId;
import dev.graft.auth.KeyRing;
import dev.graft.auth.SigningKey;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.store.MemoryObjectStore;
import dev.graft.functions.service.Answer;
import dev.graft.functions.service.Group;
import dev.graft.functions.service.JsonLines;
import dev.graft.functions.service.Limits;
import dev.graft.functions.service.Observer;
import dev.graft.functions.service.Request;
import dev.graft.functions.service.Service;
import dev.graft.functions.service.WatchedStore;
import dev.graft.http.Headers;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.crac.Context;
import org.crac.Resource;
import org.junit.jupiter.api.Test;

/** Rule of SnapStart: two processes made from one snapshot share nothing that must be one's own. */
class InstanceTest {
  private static final KeyRing KEYS =
      new KeyRing(List.of(new SigningKey(new KeyId("k"), new byte[32], false)));

  private static Settings settings() {
    return Settings.of(Map.of("GRAFT_STORE", "folder:none", "GRAFT_KEY_RING", KEYS.toJson()));
  }

  private final List<String> closed = new ArrayList<>();

  private Deployment deployment(RandomGenerator random) {
    InstantSource clock = InstantSource.system();
    MemoryObjectStore store = new MemoryObjectStore(clock);
    return Deployment.of(
        new Deployment.Parts(
            store,
            store,
            null,
            KEYS,
            Limits.DEFAULT,
            1,
            null,
            new ThreadConcurrency(clock),
            random,
            line -> {}),
        List.of(() -> closed.add("closed")));
  }

  private Instance<Service> instance(Supplier<RandomGenerator> randoms, Runnable priming) {
    return new Instance<>(
        () -> deployment(randoms.get()),
        made -> new Service(Set.of(Group.CHANGES), made.backend()),
        priming);
  }

  /** The name that the function gives a request that has none: made from its random. */
  private static List<String> names(Instance<Service> instance) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Answer answer = instance.get().answer(new Request("POST", "/", "", Map.of(), new byte[0]));
      names.add(String.valueOf(answer.headers().get(Headers.REQUEST)));
    }
    return names;
  }

  @SuppressWarnings("NullAway") // as Lambda calls it
  private static void checkpoint(Instance<Service> instance) {
    Context<? extends Resource> none = null;
    instance.beforeCheckpoint(none);
  }

  @SuppressWarnings("NullAway") // as Lambda calls it
  private static void restore(Instance<Service> instance) {
    Context<? extends Resource> none = null;
    instance.afterRestore(none);
  }

  /** What stands in the memory of a process when it is copied: the state of its randoms. */
  private static Supplier<RandomGenerator> copied() {
    return () -> new Random(42);
  }

  @Test
  void restore_twoProcessesOfOneSnapshot_makeDifferentIds() {
    // Before the snapshot both are one process: its random is the same in both.
    boolean[] isRestored = {false};
    Supplier<RandomGenerator> randoms = () -> isRestored[0] ? new SecureRandom() : new Random(42);
    Instance<Service> one = instance(randoms, () -> {});
    Instance<Service> two = instance(randoms, () -> {});
    assertThat(names(one)).as("one process, copied").isEqualTo(names(two));
    checkpoint(one);
    checkpoint(two);
    isRestored[0] = true;
    restore(one);
    restore(two);
    Set<String> all = new HashSet<>(names(one));
    all.addAll(names(two));
    assertThat(all).hasSize(10);
  }

  @Test
  void noRestore_twoCopiesOfOneProcess_wouldMakeEqualIds() {
    Instance<Service> one = instance(copied(), () -> {});
    Instance<Service> two = instance(copied(), () -> {});
    names(one);
    names(two);
    // No hook is run: what was made before goes on in both copies.
    assertThat(names(one)).isEqualTo(names(two));
  }

  @Test
  void checkpoint_whatWasOpenIsClosedAndPrimed_restoreOpensAnew() {
    List<String> done = new ArrayList<>();
    int[] opened = {0};
    Instance<Service> instance =
        instance(
            () -> {
              opened[0]++;
              return new SecureRandom();
            },
            () -> done.add("primed"));
    instance.get();
    Service before = instance.get();
    assertThat(opened[0]).isEqualTo(1);
    checkpoint(instance);
    assertThat(closed).containsExactly("closed");
    assertThat(done).containsExactly("primed");
    assertThat(opened[0]).as("nothing is opened for the snapshot").isEqualTo(1);
    restore(instance);
    assertThat(opened[0]).isEqualTo(2);
    assertThat(instance.get()).isNotSameAs(before);
  }

  @Test
  void priming_runsThroughAllPathsAndTouchesNothing() {
    Settings settings = settings();
    Priming.run(
        new Settings(
            "s3://no-such-bucket/x",
            "s3://no-such-bucket/x",
            settings.keyRing(),
            Limits.DEFAULT,
            Optional.empty(),
            0,
            Optional.empty(),
            settings.retention(),
            settings.metricsNamespace()));
    assertThat(closed).isEmpty();
  }

  @Test
  void metrics_haveTheNameSpaceThatTheEnvironmentSays() {
    assertThat(settings().metricsNamespace()).isEqualTo("Graft");
    assertThat(withNamespace("Graft/Shop").metricsNamespace()).isEqualTo("Graft/Shop");
    assertThatThrownBy(() -> withNamespace("a b")).hasMessageContaining("GRAFT_METRICS_NAMESPACE");
    List<String> lines = new ArrayList<>();
    new JsonLines(
            List.of(new WatchedStore(new MemoryObjectStore(InstantSource.system()))),
            0,
            InstantSource.system(),
            new Random(1),
            lines::add,
            "Graft/Shop")
        .begin()
        .end(
            new Observer.Seen(
                "r", "changes", null, null, null, null, 503, null, null, Duration.ZERO, 0, 0));
    assertThat(lines.getFirst()).contains("\"Namespace\":\"Graft/Shop\"", "\"Failed\":1");
  }

  private static Settings withNamespace(String name) {
    return Settings.of(
        Map.of(
            "GRAFT_STORE",
            "folder:none",
            "GRAFT_KEY_RING",
            KEYS.toJson(),
            "GRAFT_METRICS_NAMESPACE",
            name));
  }
}
