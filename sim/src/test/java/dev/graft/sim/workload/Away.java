package dev.graft.sim.workload;

import dev.graft.protocol.id.VolumeId;
import dev.graft.sim.judge.Event.Outcome;
import dev.graft.sim.world.Changes;
import dev.graft.sim.world.Session;
import dev.graft.sim.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;

/** Clients that commit pages locally that cannot be compressed, read them, and push. */
final class Away implements Workload {
  private static final int CLIENTS = 2;
  private static final int TRIPS = 4;
  private static final int TRANSACTIONS = 4;
  private static final int PAGES = 20;
  private static final int WRITTEN = 5;

  @Override
  public String name() {
    return "away";
  }

  @Override
  public void play(World world) throws Exception {
    VolumeId volume = world.createVolume(StampedPages.SIZE);
    List<Callable<Boolean>> parts = new ArrayList<>();
    for (int i = 1; i <= CLIENTS; i++) {
      Session session = world.open("c" + i, volume);
      SplittableRandom random = world.random();
      parts.add(() -> {
        for (int trip = 1; trip <= TRIPS; trip++) {
          for (int t = 1; t <= TRANSACTIONS; t++) {
            String work = session.client() + "-" + trip + "-" + t;
            session.transactLocally(work, tx -> write(tx, random));
            session.read(pages -> pages.read(1 + random.nextLong(PAGES)));
          }
          if (session.push().outcome() == Outcome.CONFLICT) {
            session.discard();
          }
          session.pull();
        }
        return true;
      });
    }
    world.together(parts);
  }

  private static void write(Changes tx, SplittableRandom random) {
    long first = 1 + random.nextLong(PAGES - WRITTEN);
    for (long page = first; page < first + WRITTEN; page++) {
      byte[] content = new byte[StampedPages.SIZE.bytes()];
      random.nextBytes(content);
      tx.write(page, content);
    }
  }
}
