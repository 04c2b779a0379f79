package dev.graft.sim.workload;

import dev.graft.protocol.id.VolumeId;
import dev.graft.sim.world.Session;
import dev.graft.sim.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;

/** Several volumes in one store, and clients that work on all of them. */
public final class ManyVolumes implements Workload {
  private static final int VOLUMES = 5;
  private static final int CLIENTS = 3;
  private static final int TRANSACTIONS = 40;
  private static final long PAGES = 30;

  @Override
  public String name() {
    return "many-volumes";
  }

  @Override
  public void play(World world) throws Exception {
    List<VolumeId> volumes = new ArrayList<>();
    for (int i = 0; i < VOLUMES; i++) {
      volumes.add(world.createVolume(StampedPages.SIZE));
    }
    List<Callable<Boolean>> parts = new ArrayList<>();
    for (int i = 1; i <= CLIENTS; i++) {
      List<Session> sessions = new ArrayList<>();
      for (int v = 0; v < VOLUMES; v++) {
        sessions.add(world.open("c" + i + "-v" + v, volumes.get(v)));
      }
      SplittableRandom random = world.random();
      int number = i;
      parts.add(() -> {
        for (int t = 1; t <= TRANSACTIONS; t++) {
          world.sim().pause(Duration.ofMillis(random.nextInt(40)));
          Session session = sessions.get(random.nextInt(VOLUMES));
          long stamp = number * 1_000_000L + t;
          session.insist(
              session.client() + "-t" + t,
              tx -> {
                long page = 1 + random.nextLong(PAGES);
                tx.read(1 + random.nextLong(PAGES));
                tx.write(page, StampedPages.of(page, stamp));
              });
        }
        return true;
      });
    }
    world.together(parts);
  }
}
