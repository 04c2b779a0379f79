package dev.graft.sim.judge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.sim.judge.ReferenceWorld.Client;
import dev.graft.sim.judge.ReferenceWorld.Pinned;
import dev.graft.sim.judge.ReferenceWorld.Work;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a world does that keeps its promises, the judge finds nothing; and much is planted. */
class CleanHistoryTest {
  private static final long FIRST_SEED = Long.getLong("graft.seed", 1);
  private static final int SEEDS = 60;
  private static final int STEPS = 400;
  private static final int PAGES = 12;

  static Stream<Long> seeds() {
    return Stream.iterate(FIRST_SEED, seed -> seed + 1).limit(SEEDS);
  }

  /** A client, a transaction that it has begun, and an answer that it has not heard. */
  private static final class Actor {
    final Client client;
    @Nullable Pinned begun;
    Event.@Nullable Told unheard;

    Actor(Client client) {
      this.client = client;
    }
  }

  static List<Event> random(long seed) {
    Random random = new Random(seed);
    ReferenceWorld world = new ReferenceWorld();
    List<Actor> actors = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      actors.add(new Actor(world.client("c" + i, i < 3 ? "v" : "w")));
    }
    for (int step = 0; step < STEPS; step++) {
      act(world, actors, actors.get(random.nextInt(actors.size())), step, random);
    }
    for (Actor actor : actors) {
      if (actor.unheard != null) {
        world.hear(actor.unheard);
      }
      world.standing(actor.client);
    }
    world.volumes.forEach((volume, states) -> {
      for (int lsn = states.size() - 1; lsn >= 1; lsn -= 1 + random.nextInt(9)) {
        world.whole("observer", volume, lsn);
      }
    });
    for (Actor actor : actors) {
      long head = world.head(actor.client.volume);
      for (int i = 0; i < 3; i++) {
        world.past(actor.client, random.nextLong(head + 1), pages(random));
      }
    }
    return world.history();
  }

  private static void act(
      ReferenceWorld world, List<Actor> actors, Actor actor, int step, Random random) {
    Client client = actor.client;
    if (actor.unheard != null) {
      world.hear(actor.unheard);
      actor.unheard = null;
      return;
    }
    if (actor.begun != null) {
      Work work = work(client.name + "-" + step, random);
      if (client.pending.isEmpty()) {
        String policy = random.nextInt(3) == 0 ? "merge" : "reject";
        actor.unheard = world.commit(client, actor.begun, work, policy);
      }
      actor.begun = null;
      return;
    }
    switch (random.nextInt(17)) {
      case 0, 1, 2, 3 -> actor.begun = world.pin(client);
      case 4, 5 -> world.commitLocal(client, work(client.name + "-" + step, random));
      case 6 -> world.push(client, random.nextBoolean() ? "merge" : "reject");
      case 7, 8 -> world.pull(client);
      case 9 -> world.read(client, pages(random));
      case 10 -> {
        if (random.nextInt(3) == 0) {
          world.discard(client);
        }
      }
      case 11 -> world.restart(client);
      case 12 -> {
        if (client.pending.isEmpty() && random.nextInt(4) == 0 && actors.size() < 8) {
          String child = "f" + step;
          world.fork(client, child);
          actors.add(new Actor(world.client("c" + actors.size(), child)));
          world.pull(actors.getLast().client);
        }
      }
      case 13 -> {
        boolean can =
            client.pending.isEmpty() && client.lsn == world.head(client.volume) && client.lsn > 1;
        if (can && random.nextInt(3) == 0) {
          world.revert(client, "r" + step, 1 + random.nextInt((int) client.lsn - 1));
        }
      }
      case 14 -> world.dated(client, 1 + random.nextInt(1 + (int) world.head(client.volume)));
      default -> world.shown(client);
    }
  }

  private static Set<Long> pages(Random random) {
    Set<Long> pages = new TreeSet<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      pages.add(1L + random.nextInt(PAGES));
    }
    return pages;
  }

  private static Work work(String name, Random random) {
    if (random.nextInt(12) == 0) {
      return ReferenceWorld.cut(name, random.nextInt(PAGES));
    }
    long[] writes = pages(random).stream().mapToLong(Long::longValue).toArray();
    return ReferenceWorld.work(name, pages(random), writes);
  }

  private static Verdict judge(List<Event> events) {
    return Judge.judge(events.stream().map(EventWriter::line).toList());
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void judge_cleanHistory_findsNothing(long seed) {
    List<Event> history = random(seed);
    Verdict verdict = judge(history);
    assertThat(verdict.violations()).as("seed %s", seed).isEmpty();
    assertThat(verdict.commits()).isGreaterThan(10);
    assertThat(verdict.reads()).isGreaterThan(50);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void judge_anyReadContentExchanged_isFound(long seed) {
    List<Event> history = random(seed);
    Random random = new Random(seed);
    List<Integer> withReads = new ArrayList<>();
    for (int i = 0; i < history.size(); i++) {
      if (history.get(i) instanceof Event.Read read && !read.reads().isEmpty()) {
        withReads.add(i);
      }
    }
    int place = withReads.get(random.nextInt(withReads.size()));
    Event.Read read = (Event.Read) history.get(place);
    long page = read.reads().keySet().iterator().next();
    var reads = new TreeMap<>(read.reads());
    reads.put(page, "no such content");
    history.set(place, Draft.with(read, "reads", reads));
    assertThat(judge(history).violations())
        .as("seed %s", seed)
        .hasSize(1)
        .first()
        .satisfies(found -> assertThat(found.lines()).containsExactly(place + 1));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void judge_anyLoggedCommitEmptied_isFound(long seed) {
    List<Event> history = random(seed);
    Random random = new Random(seed);
    Set<String> acknowledged = new HashSet<>();
    for (Event event : history) {
      if (event instanceof Event.Commit commit && !commit.writes().isEmpty()) {
        acknowledged.add(commit.transaction());
      }
    }
    List<Integer> full = new ArrayList<>();
    for (int i = 0; i < history.size(); i++) {
      if (history.get(i) instanceof Event.Logged logged
          && logged.transactions().stream().anyMatch(acknowledged::contains)) {
        full.add(i);
      }
    }
    int place = full.get(random.nextInt(full.size()));
    Event.Logged logged = (Event.Logged) history.get(place);
    history.set(
        place,
        new Event.Logged(
            logged.time(),
            logged.volume(),
            logged.lsn(),
            List.of(),
            logged.count(),
            logged.commitTime(),
            -1,
            -1));
    assertThat(judge(history).violations())
        .as("seed %s", seed)
        .extracting(Violation::kind)
        .contains(Violation.Kind.LOST_COMMIT);
  }
}
