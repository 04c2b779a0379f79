package dev.graft.sim.workload;

import dev.graft.protocol.id.VolumeId;
import dev.graft.sim.judge.Event.Outcome;
import dev.graft.sim.world.Changes;
import dev.graft.sim.world.Session;
import dev.graft.sim.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;

/**
 * Clients of several threads that commit locally at the same time, one merged on top of the other,
 * so that they share syncs of the disk; pushed when all of them are done.
 */
public final class Crowds implements Workload {
  private static final int CLIENTS = 2;
  private static final int THREADS = 3;
  private static final int TRIPS = 5;
  private static final int TRANSACTIONS = 5;
  private static final long PAGES = 90;

  @Override
  public String name() {
    return "crowds";
  }

  @Override
  public void play(World world) throws Exception {
    VolumeId volume = world.createVolume(StampedPages.SIZE);
    Session founder = world.open("founder", volume);
    founder.insist("foundation", tx -> tx.write(PAGES, StampedPages.of(PAGES, 1)));
    List<Callable<Boolean>> parts = new ArrayList<>();
    for (int i = 1; i <= CLIENTS; i++) {
      Session session = world.open("c" + i, volume);
      List<Session> threads = new ArrayList<>();
      for (int t = 1; t <= THREADS; t++) {
        threads.add(session.beside("t" + t));
      }
      parts.add(() -> {
        for (int trip = 1; trip <= TRIPS; trip++) {
          commit(world, threads, trip);
          if (session.pushMerging().outcome() == Outcome.CONFLICT) {
            session.discard();
          }
          session.pull();
        }
        return true;
      });
    }
    world.together(parts);
  }

  private static void commit(World world, List<Session> threads, int trip) throws Exception {
    List<Callable<Boolean>> parts = new ArrayList<>();
    for (int t = 1; t <= threads.size(); t++) {
      Session thread = threads.get(t - 1);
      SplittableRandom random = world.random();
      String begin = thread.client() + "-" + t + "-" + trip + "-";
      parts.add(() -> {
        for (int number = 1; number <= TRANSACTIONS; number++) {
          String work = begin + number;
          long stamp = work.hashCode();
          thread.transactLocallyMerging(work, tx -> change(tx, stamp, random));
          thread.read(pages -> pages.read(1 + random.nextLong(PAGES)));
          world.sim().pause(Duration.ofMillis(random.nextInt(3)));
        }
        return true;
      });
    }
    world.together(parts);
  }

  private static void change(Changes tx, long stamp, SplittableRandom random) {
    tx.read(1 + random.nextLong(PAGES));
    for (int i = 1 + random.nextInt(2); i > 0; i--) {
      long page = 1 + random.nextLong(PAGES);
      tx.write(page, StampedPages.of(page, stamp));
    }
  }
}
