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
 * Clients that make the volume what it was, while others commit, merge, and lay their local
 * transactions on heads that went back.
 */
public final class RevertingClients implements Workload {
  private static final int CLIENTS = 3;
  private static final int STEPS = 28;
  private static final int REVERT_TRIES = 4;
  private static final long PAGES = 50;

  @Override
  public String name() {
    return "reverts";
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
        for (int step = 1; step <= STEPS; step++) {
          world.sim().pause(Duration.ofMillis(random.nextInt(120)));
          step(session, number * 1_000_000L + step, random);
          session.read(pages -> pages.read(1 + random.nextLong(PAGES)));
        }
        return true;
      });
    }
    world.together(parts);
  }

  private static void step(Session session, long stamp, SplittableRandom random) {
    String work = session.client() + "-" + stamp;
    switch (random.nextInt(8)) {
      case 0 -> revert(session, work, random);
      case 1 -> offline(session, work, stamp, random);
      case 2, 3 -> session.insistMerging(work, tx -> change(tx, stamp, random));
      default -> session.insist(work, tx -> change(tx, stamp, random));
    }
  }

  private static void revert(Session session, String work, SplittableRandom random) {
    for (int tries = 1; tries <= REVERT_TRIES; tries++) {
      long head = session.pull();
      if (head == 0) {
        return;
      }
      Session.Reply reply = session.revert(work + "#" + tries, random.nextLong(head));
      if (reply.outcome() != Outcome.CONFLICT) {
        return;
      }
    }
  }

  /** Local transactions on what others may take back. */
  private static void offline(Session session, String work, long stamp, SplittableRandom random) {
    session.transactLocally(work + "-a", tx -> change(tx, stamp, random));
    session.transactLocally(work + "-b", tx -> change(tx, stamp + 500_000, random));
    session.rebaseMerging();
    session.read(pages -> pages.read(1 + random.nextLong(PAGES)));
    Session.Reply reply = session.pushMerging();
    if (reply.outcome() == Outcome.CONFLICT) {
      session.discard();
    } else if (reply.outcome() == Outcome.UNKNOWN && session.push().outcome() == Outcome.CONFLICT) {
      session.discard();
    }
    session.pull();
  }

  private static void change(Changes tx, long stamp, SplittableRandom random) {
    if (random.nextInt(20) == 0) {
      tx.cut(random.nextLong(tx.count() + 1));
    }
    tx.read(1 + random.nextLong(PAGES));
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      long page = 1 + random.nextLong(PAGES);
      tx.write(page, StampedPages.of(page, stamp));
    }
  }
}
