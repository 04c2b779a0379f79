package dev.graft.client;

import dev.graft.client.http.FacedRemote;
import dev.graft.concurrency.Concurrency;
import dev.graft.engine.EngineOptions;
import dev.graft.engine.EngineRemote;
import dev.graft.engine.store.ObjectStore;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.remote.Remote;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The way in which the tests of this module reach a remote. Another module runs the same tests over
 * its own way when it has this module's test jar on its test path and names an implementation in
 * {@code META-INF/services}. Here it is the engine in process; with {@code
 * -Dgraft.test.remote=http} real HTTP lies between.
 */
public interface RemoteUnderTest {
  /** Percent of the steps that random walks take. */
  String STEPS_PROPERTY = "graft.test.steps";

  /** A new remote over a store, closed by the test. */
  Remote over(ObjectStore store, Concurrency concurrency, IdSource ids, RandomGenerator random);

  /**
   * A remote that asks another one, which is a fake with its own objects.
   *
   * @param objects the whole of an object, or null when there is none
   */
  default Remote passing(
      Remote fake, Concurrency concurrency, Function<FrameOwner, byte @Nullable []> objects) {
    return fake;
  }

  /**
   * The address of an HTTP server before a store, the same at every call with that store; none when
   * remotes are reached in another way. Who made it ends it.
   */
  default Optional<String> served(ObjectStore store, Concurrency concurrency) {
    return Optional.empty();
  }

  /**
   * How many steps of a random walk to take: {@code -Dgraft.test.steps=PERCENT} makes walks shorter
   * where a remote is slow.
   *
   * @param usual elsewhere
   */
  static int steps(int usual) {
    return Math.max(1, usual * Integer.getInteger(STEPS_PROPERTY, 100) / 100);
  }

  /** The one that the test path or a system property names. */
  static RemoteUnderTest chosen() {
    Optional<RemoteUnderTest> given = ServiceLoader.load(RemoteUnderTest.class).findFirst();
    return given.orElseGet(() ->
        "http".equals(System.getProperty("graft.test.remote"))
            ? new FacedRemote.Way()
            : (store, concurrency, ids, random) ->
                new EngineRemote(store, store, concurrency, ids, random, EngineOptions.DEFAULT));
  }
}
