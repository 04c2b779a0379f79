package dev.graft.sim.world;

import dev.graft.sim.Fault;
import dev.graft.sim.FaultHits;
import dev.graft.sim.FaultPlan;
import dev.graft.sim.world.Flaws.Slip;
import java.util.ArrayList;
import java.util.HashSet;
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

  /** The last one that is no clone; null before there is any. */
  private @Nullable Memory primed;

  /**
   * The memory of one that was primed.
   *
   * @param state of its random numbers when it began
   * @param drawn numbers that were drawn while its copies served, or would have been had they not
   *     been seeded anew
   */
  private record Memory(long state, Set<Long> drawn) {}

  Instances(SplittableRandom seeds, FaultPlan plan, FaultHits hits, Set<Slip> slips) {
    this.seeds = seeds;
    this.plan = plan;
    this.hits = hits;
    this.slips = slips;
  }

  /** Another one that is no clone. */
  Instance fresh() {
    return new Instance(new Memory(seeds.nextLong(), new HashSet<>()), false);
  }

  /** Another one, perhaps a clone. */
  Instance next() {
    Memory before = primed;
    if (before != null && plan.draw(seeds, Fault.CLONED_INSTANCE).isPresent()) {
      return new Instance(before, true);
    }
    Memory memory = new Memory(seeds.nextLong(), new HashSet<>());
    primed = memory;
    return new Instance(memory, false);
  }

  /** One of them. */
  final class Instance {
    private final SplittableRandom state;
    private final Set<Long> drawn;
    private final boolean cloned;
    private boolean serving;
    private final List<Source> sources = new ArrayList<>();

    private Instance(Memory memory, boolean cloned) {
      this.state = new SplittableRandom(memory.state);
      this.drawn = memory.drawn;
      this.cloned = cloned;
    }

    /** Random numbers for one part of it: in clones the same for the same part. */
    RandomGenerator random() {
      Source source = new Source(state.split(), drawn);
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
      source.serves(cloned, slips.contains(Slip.KEEPS_SEED));
    }
  }

  /**
   * Random numbers that can be seeded anew. A clone counts where it would have drawn a number that
   * another copy of its memory has drawn or would have drawn, and draws another one.
   */
  private final class Source implements RandomGenerator {
    private final RandomGenerator kept;
    private final Set<Long> drawn;

    /** Of a clone that was seeded anew; null for others. */
    private @Nullable RandomGenerator anew;

    private boolean serves;
    private boolean counts;

    Source(RandomGenerator kept, Set<Long> drawn) {
      this.kept = kept;
      this.drawn = drawn;
    }

    void serves(boolean cloned, boolean keepsSeed) {
      serves = true;
      counts = cloned;
      if (cloned && !keepsSeed) {
        anew = seeds.split();
      }
    }

    @Override
    public long nextLong() {
      long number = kept.nextLong();
      if (serves && !drawn.add(number) && counts) {
        counts = false;
        hits.add(Fault.CLONED_INSTANCE);
      }
      RandomGenerator other = anew;
      return other == null ? number : other.nextLong();
    }
  }
}
