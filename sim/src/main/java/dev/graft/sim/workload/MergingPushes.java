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
 * Clients that commit locally on pages of their own and, now and then, of others, and bring it all
 * to the store by merging; who cannot gives it up. Some lay theirs on the head first.
 */
public final class MergingPushes implements Workload {
  private static final int CLIENTS = 4;
  private static final int TRIPS = 10;
  private static final int MOST_ON_A_TRIP = 5;
  private static final long OWN_PAGES = 30;
  private static final long PAGES = OWN_PAGES * CLIENTS;

  @Override
  public String name() {
    return "merging-pushes";
  }

  @Override
  public void play(World world) throws Exception {
    VolumeId volume = world.createVolume(StampedPages.SIZE);
    Session founder = world.open("founder", volume);
    founder.insist("foundation", tx -> tx.write(PAGES, StampedPages.of(PAGES, 1)));
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
            session.transactLocally(
                "c" + number + "-" + trip + "-" + t, tx -> change(tx, number, stamp, random));
          }
          session.read(pages -> pages.read(1 + random.nextLong(PAGES)));
          world.sim().pause(Duration.ofMillis(random.nextInt(300)));
          comeBack(session, random);
          world.sim().pause(Duration.ofMillis(random.nextInt(600)));
        }
        return true;
      });
    }
    world.together(parts);
  }

  private static void comeBack(Session session, SplittableRandom random) {
    if (random.nextInt(3) == 0) {
      session.rebaseMerging();
      session.read(pages -> pages.read(1 + random.nextLong(PAGES)));
    }
    Session.Reply reply = session.pushMerging();
    if (reply.outcome() == Outcome.CONFLICT) {
      session.discard();
    }
    session.pull();
  }

  private static void change(Changes tx, int number, long stamp, SplittableRandom random) {
    for (int i = random.nextInt(2); i > 0; i--) {
      tx.read(page(number, random));
    }
    for (int i = 1 + random.nextInt(2); i > 0; i--) {
      long page = page(number, random);
      tx.write(page, StampedPages.of(page, stamp));
    }
  }

  /** Mostly one of the client's own. */
  private static long page(int number, SplittableRandom random) {
    return random.nextInt(12) == 0
        ? 1 + random.nextLong(PAGES)
        : 1 + (number - 1) * OWN_PAGES + random.nextLong(OWN_PAGES);
  }
}
