package dev.graft.sim.workload;

import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.remote.RetainRequest.Change;
import dev.graft.sim.Fault;
import dev.graft.sim.FaultPlan;
import dev.graft.sim.world.Session;
import dev.graft.sim.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;

/**
 * History is given up while committers stand still for days, others commit, ask what is new, read
 * the past, fork and go back. In some rounds a client works all at once, in others for days: so
 * what one began who stands still is overtaken by more than the floor keeps. What is told to be
 * gone is gone; nothing else is lost.
 */
public final class MovingFloor implements Workload {
  private static final int CLIENTS = 3;
  private static final int ROUNDS = 5;
  private static final int TRANSACTIONS = 10;
  private static final long PAGES = 60;

  /** Most are written here: what earlier commits wrote is soon in no map any more. */
  private static final long BUSY_PAGES = 6;

  private static final int SLOW_MINUTES = 360;

  @Override
  public String name() {
    return "floor";
  }

  @Override
  public FaultPlan plan(FaultPlan usual) {
    return usual.probability(Fault.PAUSED_BEFORE) == 0
        ? usual
        : usual.with(Fault.PAUSED_BEFORE, 0.006).with(Fault.PAUSED_AFTER, 0.004);
  }

  @Override
  public void play(World world) throws Exception {
    VolumeId volume = world.createVolume(StampedPages.SIZE);
    world.retain(volume, new Change.Retention(Duration.ofHours(24)));
    List<Callable<Boolean>> parts = new ArrayList<>();
    for (int i = 1; i <= CLIENTS; i++) {
      Session session = world.open("c" + i, volume);
      SplittableRandom random = world.random();
      int number = i;
      parts.add(() -> work(world, session, number, random));
    }
    SplittableRandom random = world.random();
    parts.add(() -> {
      for (int round = 1; round <= ROUNDS; round++) {
        world.sim().pause(Duration.ofHours(20 + random.nextInt(30)));
        keep(world, volume, random);
        world.retain(volume, new Change.FloorOlderThan(Duration.ofHours(24)));
      }
      return true;
    });
    world.together(parts);
  }

  private static void keep(World world, VolumeId volume, SplittableRandom random) {
    long lsn = 1 + random.nextLong((long) CLIENTS * ROUNDS * TRANSACTIONS);
    world.retain(volume, new Change.Keep(new Lsn(lsn), random.nextBoolean()));
  }

  private static boolean work(World world, Session session, int number, SplittableRandom random) {
    for (int round = 1; round <= ROUNDS; round++) {
      boolean isSlow = random.nextBoolean();
      for (int t = 1; t <= TRANSACTIONS; t++) {
        world
            .sim()
            .pause(
                isSlow
                    ? Duration.ofMinutes(random.nextInt(SLOW_MINUTES))
                    : Duration.ofMillis(random.nextInt(200)));
        long stamp = number * 1_000_000L + round * 1_000L + t;
        session.insist(
            session.client() + "-" + round + "-" + t,
            tx -> {
              long page = 1 + random.nextLong(random.nextInt(4) == 0 ? PAGES : BUSY_PAGES);
              tx.write(page, StampedPages.of(page, stamp));
            });
        if (random.nextInt(15) == 0) {
          goBack(session, session.client() + "-back-" + round + "-" + t, random);
        }
        if (session.knownHead() > 1 && random.nextInt(4) == 0) {
          session.readPast(
              random.nextLong(1, session.knownHead()),
              pages -> pages.read(1 + random.nextLong(PAGES)));
        }
      }
      if (random.nextInt(3) == 0 && session.knownHead() > 1) {
        session.fork(random.nextLong(1, session.knownHead()));
      }
      world.sim().pause(Duration.ofHours(10 + random.nextInt(40)));
      session.pull();
    }
    return true;
  }

  /** Perhaps to what is below the floor by then. */
  private static void goBack(Session session, String work, SplittableRandom random) {
    long head = session.pull();
    if (head > 1) {
      session.revert(work, random.nextLong(1, head));
    }
  }
}
