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
 * Volumes that shrink and grow again, within a transaction too: what was cut off must stay away.
 * Some clients merge, and some transactions end with as many pages as they began with.
 */
public final class CutAndGrow implements Workload {
  private static final int CLIENTS = 3;
  private static final int TRANSACTIONS = 30;
  private static final long MOST = 300;

  @Override
  public String name() {
    return "cut-and-grow";
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
        for (int t = 1; t <= TRANSACTIONS; t++) {
          world.sim().pause(Duration.ofMillis(random.nextInt(80)));
          long stamp = number * 1_000_000L + t;
          String work = "c" + number + "-t" + t;
          if (random.nextInt(3) > 0) {
            session.insistMerging(work, tx -> changeAndKeepCount(tx, stamp, random));
          } else {
            session.insist(work, tx -> change(tx, stamp, random));
          }
          session.read(pages -> pages.read(1 + random.nextLong(MOST)));
        }
        return true;
      });
    }
    world.together(parts);
  }

  /** Others that merge can go on top: the page count is what it was. */
  private static void changeAndKeepCount(Changes tx, long stamp, SplittableRandom random) {
    long count = tx.count();
    if (count < 2) {
      change(tx, stamp, random);
      return;
    }
    if (random.nextInt(3) > 0) {
      long page = 1 + random.nextLong(count);
      tx.write(page, StampedPages.of(page, stamp));
      return;
    }
    tx.cut(count - 1 - random.nextLong(Math.min(count - 1, 20)));
    tx.write(count, StampedPages.of(count, stamp));
  }

  private static void change(Changes tx, long stamp, SplittableRandom random) {
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      switch (random.nextInt(6)) {
        case 0 -> tx.cut(random.nextLong(tx.count() + 1));
        case 1 -> {
          long last = Math.min(MOST, tx.count() + 1 + random.nextLong(40));
          tx.write(last, StampedPages.of(last, stamp));
        }
        case 2 -> {
          long first = 1 + random.nextLong(MOST / 2);
          for (long page = first; page < first + 60; page++) {
            tx.write(page, StampedPages.of(page, stamp));
          }
        }
        case 3 -> tx.read(1 + random.nextLong(MOST));
        default -> {
          long page = 1 + random.nextLong(Math.max(1, tx.count()));
          tx.read(page);
          tx.write(page, StampedPages.of(page, random.nextInt(8) == 0 ? 0 : stamp));
        }
      }
    }
  }
}
