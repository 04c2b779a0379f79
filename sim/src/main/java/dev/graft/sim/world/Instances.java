package dev.graft.sim.world;

import dev.graft.sim.Fault;
import dev.graft.sim.FaultHits;
import dev.graft.sim.FaultPlan;
import dev.graft.sim.world.Flaws.Slip;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Where instances, each an engine and perhaps a client, have their random numbers from. Some are
 * clones: restored from the memory of one that was primed, they begin with the same random state,
 * and are seeded anew before they serve.
 */
final class Instances {
  private final SplittableRandom seeds;
  private final FaultPlan plan;
  private final FaultHits hits;
  private final Set<Slip> slips;

  /** Of the last one that is no clone; null before there is any. */
  private @Nullable Long primed;

  Instances(SplittableRandom seeds, FaultPlan plan, FaultHits hits, Set<Slip> slips) {
    this.seeds = seeds;
    this.plan = plan;
    this.hits = hits;
    this.slips = slips;
  }

  /** Another one that is no clone. */
  Instance fresh() {
    return new Instance(seeds.split(), false);
  }

  /** Another one, perhaps a clone. */
  Instance next() {
    Long before = primed;
    if (before != null && plan.draw(seeds, Fault.CLONED_INSTANCE).isPresent()) {
      return new Instance(new SplittableRandom(before), true);
    }
    long state = seeds.nextLong();
    primed = state;
    return new Instance(new SplittableRandom(state), false);
  }

  /** One of them. */
  final class Instance {
    private final SplittableRandom state;
    private final boolean cloned;
    private boolean serving;
    private final List<Source> sources = new ArrayList<>();

    private Instance(SplittableRandom state, boolean cloned) {
      this.state = state;
      this.cloned = cloned;
    }

    /** Random numbers for one part of it: in clones the same for the same part. */
    RandomGenerator random() {
      Source source = new Source(state.split());
      sources.add(source);
      if (serving) {
        restore(source);
      }
      return source;
    }

    /** It is primed, and serves from now on. */
    void serves() {
      serving = true;
      sources.forEach(this::restore);
    }

    private void restore(Source source) {
      if (cloned) {
        source.restored(slips.contains(Slip.KEEPS_SEED));
      }
    }
  }

  /** Random numbers that can be seeded anew. */
  private final class Source implements RandomGenerator {
    private RandomGenerator random;
    private boolean counts;

    Source(RandomGenerator random) {
      this.random = random;
    }

    void restored(boolean keepsSeed) {
      counts = true;
      if (!keepsSeed) {
        random = seeds.split();
      }
    }

    @Override
    public long nextLong() {
      if (counts) {
        counts = false;
        hits.add(Fault.CLONED_INSTANCE);
      }
      return random.nextLong();
    }
  }
}
