package dev.graft.sim.world;

import dev.graft.client.http.HeldTokens;
import dev.graft.client.http.HttpOptions;
import dev.graft.client.http.HttpRemote;
import dev.graft.client.http.RemoteAddress;
import dev.graft.client.http.TokenSource;
import dev.graft.concurrency.Concurrency;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.remote.Remote;
import dev.graft.sim.FaultHits;
import dev.graft.sim.FaultPlan;
import dev.graft.sim.SimConcurrency;
import dev.graft.sim.SimObjectStore;
import dev.graft.sim.SimProcess;
import dev.graft.sim.SkewedConcurrency;
import dev.graft.sim.SkewedWriter;
import dev.graft.sim.lambda.Deployed;
import dev.graft.sim.lambda.Ground;
import dev.graft.sim.world.Instances.Instance;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Clients with the real remote over HTTP, and the deployed functions that answer it. Each client
 * has a token of its own, and reads ranges through the edge, or through a function where there is
 * none.
 */
final class OverHttp implements Serving {
  /** Of functions: two of them are never further apart than tokens allow. */
  private static final Duration LARGEST_SKEW = Duration.ofSeconds(25);

  private static final RemoteAddress ADDRESS =
      RemoteAddress.parse("https://functions.simulated", false);

  /** Of so many clients one may do everything with every volume. */
  private static final int CLIENTS_PER_OPERATOR = 4;

  private final SimConcurrency sim;
  private final SplittableRandom random;
  private final SimObjectStore store;
  private final FaultHits hits;
  private final Clocks clocks;
  private final Flaws flaws;
  private final Instances instances;
  private final Deployed deployed;

  OverHttp(
      SimConcurrency sim,
      SimObjectStore store,
      SplittableRandom random,
      FaultPlan plan,
      FaultHits hits,
      Flaws flaws,
      Edge edge,
      Instances instances) {
    this.sim = sim;
    this.random = random;
    this.store = store;
    this.hits = hits;
    this.clocks = new Clocks(plan, random.split());
    this.flaws = flaws;
    this.instances = instances;
    this.deployed =
        new Deployed(
            new Ground(
                sim,
                store,
                random.split(),
                plan,
                hits,
                edge::read,
                this::machine,
                target -> flaws.stores().apply(target, sim),
                flaws.remotes()));
  }

  private Ground.Machine machine() {
    Instance instance = instances.next();
    Duration ahead = clocks.next(LARGEST_SKEW);
    return ahead.isZero()
        ? new Ground.Machine(sim, instance.random(), UnaryOperator.identity(), instance::serves)
        : new Ground.Machine(
            new SkewedConcurrency(sim, ahead),
            instance.random(),
            target -> new SkewedWriter(target, store, hits),
            instance::serves);
  }

  @Override
  public Remote operator() {
    return remote(sim, sim, new HeldTokens(deployed.operatorToken()), random.nextBoolean());
  }

  @Override
  public Function<SimProcess, Remote> client(VolumeId volume, Instance instance, Duration ahead) {
    boolean isOperator = random.nextInt(CLIENTS_PER_OPERATOR) == 0;
    String token = isOperator ? deployed.operatorToken() : deployed.token(volume);
    boolean behindEdge = random.nextBoolean();
    Map<VolumeId, String> learned = new HashMap<>();
    return process -> {
      Concurrency clock = ahead.isZero() ? process : new SkewedConcurrency(process, ahead);
      TokenSource tokens = new HeldTokens(token, learned, learned::put);
      return flaws.clients().apply(remote(process, clock, tokens, behindEdge), sim);
    };
  }

  private Remote remote(
      Concurrency process, Concurrency clock, TokenSource tokens, boolean behindEdge) {
    // Who does not ask again when he learns nothing does not do so below either.
    HttpOptions options =
        flaws.outcomes() == Flaws.OnUnknown.ASKS_AGAIN
            ? HttpOptions.DEFAULT
            : HttpOptions.DEFAULT.once();
    return new HttpRemote(
        ADDRESS, deployed.transport(process, behindEdge), tokens, clock, random.split(), options);
  }

  /**
   * {@inheritDoc}
   *
   * @throws AssertionError when a function failed in a way that nobody foresaw
   */
  @Override
  public void end() {
    deployed.quiesce();
    deployed
        .failure()
        .ifPresent(failure -> {
          throw new AssertionError("a function failed, and nobody foresaw how", failure);
        });
  }
}
