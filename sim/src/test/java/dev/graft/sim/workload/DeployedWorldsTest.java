package dev.graft.sim.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.http.HttpLimits;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import dev.graft.sim.Fault;
import dev.graft.sim.FaultPlan;
import dev.graft.sim.world.Flaws;
import dev.graft.sim.world.World;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Worlds in which clients speak HTTP to the handlers. */
class DeployedWorldsTest {
  private static final PageSize SIZE = PageSize.DEFAULT;
  private static final int PAGES = 400;

  /** One writes more at once than a function takes, and another one reads of it. */
  private static final class Bulky implements Workload {
    private long largest;

    @Override
    public String name() {
      return "bulky";
    }

    @Override
    public void play(World world) {
      VolumeId volume = world.createVolume(SIZE);
      world
          .open("writer", volume)
          .insist(
              "bulk",
              tx -> {
                SplittableRandom random = new SplittableRandom(1);
                for (long page = 1; page <= PAGES; page++) {
                  byte[] bytes = new byte[SIZE.bytes()];
                  random.nextBytes(bytes);
                  tx.write(page, bytes);
                }
              });
      world.open("reader", volume).read(pages -> pages.read(PAGES / 2));
      ObjectStore objects = world.store().objects();
      for (ObjectKey key : objects.list("volumes/" + volume + "/segments/", "", 100)) {
        if (objects.get(key, 0, 0) instanceof GetOutcome.Found found) {
          largest = Math.max(largest, found.totalBytes());
        }
      }
    }
  }

  @Test
  void play_segmentsThatNoFunctionTakes_goToTheirPlaces() {
    FaultPlan plan = FaultPlan.of(0.2, Set.of(Fault.REMOTE_REQUEST_LOST, Fault.REMOTE_ANSWER_LOST));
    Bulky bulky = new Bulky();
    long hits = 0;
    for (long seed = 1; seed <= 3; seed++) {
      Played played = new Player(bulky, plan, Flaws.NONE, Way.FUNCTIONS).play(seed);
      assertThat(played.findings()).as("seed %s", seed).isEmpty();
      hits += played.hits().values().stream().mapToLong(Long::longValue).sum();
    }
    assertThat(bulky.largest).isGreaterThan(HttpLimits.MAX_UPLOAD_BYTES);
    assertThat(hits).isPositive();
  }

  @Test
  void play_sameSeedTwice_isTheSameHistory() {
    for (Workload workload : new Workload[] {new MergingClients(), new ForkingClients()}) {
      Player player = new Player(workload, Player.USUAL, Flaws.NONE, Way.FUNCTIONS);
      Played one = player.play(5);
      Played two = player.play(5);
      assertThat(one.findings()).isEmpty();
      assertThat(two.trace()).isEqualTo(one.trace());
      assertThat(two.history()).isEqualTo(one.history()).isNotEmpty();
      assertThat(Fault.ofFunctions().stream().mapToLong(f -> one.hits().getOrDefault(f, 0L)).sum())
          .isPositive();
    }
  }

  @Test
  void isDeployed_drawn_isSoForAboutAThirdOfTheSeeds() {
    long deployed = LongStream.rangeClosed(1, 3_000).filter(Way.DRAWN::isDeployed).count();
    assertThat(deployed).isBetween(900L, 1_100L);
    assertThat(Way.named("drawn")).contains(Way.DRAWN);
    assertThat(Way.named("none")).isEmpty();
  }
}
