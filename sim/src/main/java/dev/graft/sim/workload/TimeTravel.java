package dev.graft.sim.workload;

import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.remote.RetainRequest.Change;
import dev.graft.sim.world.Changes;
import dev.graft.sim.world.LongRead;
import dev.graft.sim.world.Pages;
import dev.graft.sim.world.Session;
import dev.graft.sim.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;

/**
 * Readers of the past, by LSN and by time, some of which hold a snapshot for long, while others
 * write, fork and give history up.
 */
public final class TimeTravel implements Workload {
  private static final int WRITERS = 2;
  private static final int READERS = 3;
  private static final int ROUNDS = 4;
  private static final int WRITES = 14;
  private static final int READS = 10;
  private static final long PAGES = 60;

  @Override
  public String name() {
    return "time-travel";
  }

  @Override
  public void play(World world) throws Exception {
    VolumeId volume = world.createVolume(StampedPages.SIZE);
    world.retain(volume, new Change.Retention(Duration.ofHours(24)));
    List<Callable<Boolean>> parts = new ArrayList<>();
    for (int i = 1; i <= WRITERS; i++) {
      Session session = world.open("w" + i, volume);
      SplittableRandom random = world.random();
      parts.add(() -> write(world, session, random));
    }
    for (int i = 1; i <= READERS; i++) {
      Session session = world.open("r" + i, volume);
      SplittableRandom random = world.random();
      parts.add(() -> travel(world, session, random));
    }
    parts.add(() -> {
      for (int round = 1; round <= ROUNDS; round++) {
        world.sim().pause(Duration.ofHours(20));
        world.retain(volume, new Change.FloorOlderThan(Duration.ofHours(24)));
      }
      return true;
    });
    world.together(parts);
  }

  private static boolean write(World world, Session session, SplittableRandom random) {
    for (int round = 1; round <= ROUNDS; round++) {
      for (int t = 1; t <= WRITES; t++) {
        world.sim().pause(Duration.ofMillis(random.nextInt(300)));
        String work = session.client() + "-" + round + "-" + t;
        long stamp = work.hashCode();
        session.insist(work, tx -> change(tx, stamp, random));
      }
      world.sim().pause(Duration.ofHours(10 + random.nextInt(20)));
    }
    return true;
  }

  private static void change(Changes tx, long stamp, SplittableRandom random) {
    if (random.nextInt(15) == 0) {
      tx.cut(random.nextLong(tx.count() + 1));
    }
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      long page = 1 + random.nextLong(PAGES);
      tx.write(page, StampedPages.of(page, stamp));
    }
  }

  private static boolean travel(World world, Session first, SplittableRandom random) {
    Session session = first;
    for (int round = 1; round <= ROUNDS; round++) {
      try (LongRead held = session.readLong()) {
        for (int read = 1; read <= READS; read++) {
          world.sim().pause(Duration.ofMillis(random.nextInt(600)));
          look(world, session, random);
          if (random.nextInt(3) == 0) {
            held.read(pages -> some(pages, random));
          }
        }
      }
      boolean forks = random.nextInt(3) == 0 && session.knownHead() > 1;
      if (forks) {
        Optional<VolumeId> child = session.fork(random.nextLong(1, session.knownHead()));
        String name = session.client() + "-" + round;
        session = child.isPresent() ? world.open(name, child.get()) : session;
      }
      world.sim().pause(Duration.ofHours(5 + random.nextInt(30)));
      session.pull();
    }
    return true;
  }

  private static void look(World world, Session session, SplittableRandom random) {
    switch (random.nextInt(4)) {
      case 0 -> {
        if (session.pull() > 0) {
          long lsn = 1 + random.nextLong(session.knownHead());
          session.readPast(lsn, pages -> some(pages, random));
        }
      }
      case 1 -> session.read(pages -> some(pages, random));
      default -> {
        // Mostly of the last second, when commits are under way.
        Duration age = world.sim().age();
        long back = random.nextInt(3) == 0 ? age.toMillis() : 1_000;
        Duration then = age.minusMillis(random.nextLong(Math.min(back, age.toMillis()) + 1));
        session.readAt(then, pages -> some(pages, random));
      }
    }
  }

  private static boolean some(Pages pages, SplittableRandom random) {
    for (int i = 0; i < 3; i++) {
      pages.read(1 + random.nextLong(PAGES));
    }
    return true;
  }
}
