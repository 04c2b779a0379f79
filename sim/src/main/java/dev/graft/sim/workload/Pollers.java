package dev.graft.sim.workload;

import dev.graft.protocol.id.VolumeId;
import dev.graft.sim.world.Session;
import dev.graft.sim.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;

/**
 * Many who ask again and again what is new, mostly nothing, and a writer who now and then commits,
 * sometimes a burst: nobody may be told less than anybody knew.
 */
public final class Pollers implements Workload {
  private static final int POLLERS = 5;
  private static final int POLLS = 70;
  private static final int BURSTS = 8;
  private static final int BURST = 5;
  private static final long PAGES = 30;

  @Override
  public String name() {
    return "polls";
  }

  @Override
  public void play(World world) throws Exception {
    VolumeId volume = world.createVolume(StampedPages.SIZE);
    List<Callable<Boolean>> parts = new ArrayList<>();
    Session writer = world.open("writer", volume);
    SplittableRandom moments = world.random();
    parts.add(() -> {
      for (int burst = 1; burst <= BURSTS; burst++) {
        world.sim().pause(Duration.ofMillis(moments.nextInt(1_500)));
        int commits = moments.nextInt(3) == 0 ? BURST : 1;
        for (int t = 1; t <= commits; t++) {
          long page = 1 + moments.nextLong(PAGES);
          long stamp = burst * 1_000L + t;
          writer.insist("w-" + stamp, tx -> tx.write(page, StampedPages.of(page, stamp)));
        }
      }
      return true;
    });
    for (int i = 1; i <= POLLERS; i++) {
      Session session = world.open("p" + i, volume);
      SplittableRandom random = world.random();
      parts.add(() -> {
        for (int poll = 1; poll <= POLLS; poll++) {
          // Some stay away so long that the short answer would not be safe any more.
          boolean away = random.nextInt(60) == 0;
          world
              .sim()
              .pause(
                  away
                      ? Duration.ofHours(random.nextInt(30))
                      : Duration.ofMillis(random.nextInt(250)));
          session.pull();
          if (random.nextInt(4) == 0) {
            session.read(pages -> pages.read(1 + random.nextLong(PAGES)));
          }
        }
        return true;
      });
    }
    world.together(parts);
  }
}
