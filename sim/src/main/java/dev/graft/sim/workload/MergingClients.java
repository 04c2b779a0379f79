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
 * Clients whose transactions are merged with what others did when they have nothing to do with it,
 * two threads of each, so that transactions of one replica travel together. Withdrawals from pairs
 * show write skew.
 */
public final class MergingClients implements Workload {
  private static final int CLIENTS = 3;
  private static final int THREADS = 2;
  private static final int TRANSACTIONS = 20;
  private static final long PAGES = 60;

  @Override
  public String name() {
    return "merge";
  }

  @Override
  public void play(World world) throws Exception {
    VolumeId volume = world.createVolume(StampedPages.SIZE);
    Session founder = world.open("founder", volume);
    founder.insist(
        "foundation",
        tx -> {
          for (long page = 1; page <= PAGES; page++) {
            tx.write(page, StampedPages.of(page, 1));
          }
        });
    List<Callable<Boolean>> parts = new ArrayList<>();
    for (int i = 1; i <= CLIENTS; i++) {
      Session session = world.open("c" + i, volume);
      for (int t = 0; t < THREADS; t++) {
        Session thread = session.beside("t" + t);
        SplittableRandom random = world.random();
        String name = session.client() + "-" + t;
        long stamps = (i * THREADS + t) * 1_000_000L;
        parts.add(() -> {
          for (int number = 1; number <= TRANSACTIONS; number++) {
            world.sim().pause(Duration.ofMillis(random.nextInt(60)));
            long stamp = stamps + number;
            boolean merges = random.nextInt(4) > 0;
            String work = name + "-" + number;
            if (merges) {
              thread.insistMerging(work, tx -> change(tx, stamp, random));
            } else {
              thread.insist(work, tx -> change(tx, stamp, random));
            }
            thread.read(pages -> pages.read(1 + random.nextLong(PAGES)));
          }
          return true;
        });
      }
    }
    world.together(parts);
  }

  private static void change(Changes tx, long stamp, SplittableRandom random) {
    for (int i = random.nextInt(3); i > 0; i--) {
      tx.read(1 + random.nextLong(PAGES));
    }
    for (int i = 1 + random.nextInt(2); i > 0; i--) {
      // Now and then one page more, so that the page count is no constant.
      long page = 1 + random.nextLong(random.nextInt(40) == 0 ? PAGES + 5 : PAGES);
      tx.write(page, StampedPages.of(page, stamp));
    }
  }
}
