package dev.graft.sim.workload;

import dev.graft.protocol.id.VolumeId;
import dev.graft.sim.world.Changes;
import dev.graft.sim.world.Session;
import dev.graft.sim.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;

/**
 * Clients that commit locally; who meets others' commits when he pushes brings his to a fork, and
 * goes on with the volume.
 */
public final class ForkingPushes implements Workload {
  private static final int CLIENTS = 3;
  private static final int TRIPS = 8;
  private static final int MOST_ON_A_TRIP = 5;
  private static final long PAGES = 40;

  @Override
  public String name() {
    return "fork-policy";
  }

  @Override
  public void play(World world) throws Exception {
    VolumeId volume = world.createVolume(StampedPages.SIZE);
    List<Callable<Boolean>> parts = new ArrayList<>();
    for (int i = 1; i <= CLIENTS; i++) {
      Session session = world.open("c" + i, volume);
      SplittableRandom random = world.random();
      int number = i;
      parts.add(() -> {
        for (int trip = 1; trip <= TRIPS; trip++) {
          int transactions = 1 + random.nextInt(MOST_ON_A_TRIP);
          for (int t = 1; t <= transactions; t++) {
            long stamp = number * 1_000_000L + trip * 1_000L + t;
            String work = "c" + number + "-" + trip + "-" + t;
            session.transactLocally(work, tx -> change(tx, stamp, random));
            session.read(pages -> pages.read(1 + random.nextLong(PAGES)));
          }
          world.sim().pause(Duration.ofMillis(random.nextInt(300)));
          session.pushForking();
          session.read(pages -> pages.read(1 + random.nextLong(PAGES)));
          world.sim().pause(Duration.ofMillis(random.nextInt(3_000)));
          session.pull();
        }
        return true;
      });
    }
    world.together(parts);
  }

  private static void change(Changes tx, long stamp, SplittableRandom random) {
    if (random.nextInt(12) == 0) {
      tx.cut(random.nextLong(tx.count() + 1));
    }
    tx.read(1 + random.nextLong(PAGES));
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      long page = 1 + random.nextLong(PAGES);
      tx.write(page, StampedPages.of(page, stamp));
    }
  }
}
