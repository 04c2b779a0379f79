package dev.graft.sim.workload;

import dev.graft.protocol.id.VolumeId;
import dev.graft.sim.world.Changes;
import dev.graft.sim.world.Session;
import dev.graft.sim.world.World;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;

/**
 * Pairs of pages, of which each may be drawn on as long as the pair's sum allows it. Two clients
 * that read both and write one each must not both succeed.
 */
public final class WriteSkew implements Workload {
  private static final int PAIRS = 4;
  private static final int CLIENTS = 4;
  private static final int DRAWS = 25;
  private static final long START = 100;

  @Override
  public String name() {
    return "write-skew";
  }

  @Override
  public void play(World world) throws Exception {
    VolumeId volume = world.createVolume(StampedPages.SIZE);
    Session founder = world.open("founder", volume);
    founder.insist(
        "foundation",
        tx -> {
          for (long page = 1; page <= 2 * PAIRS; page++) {
            put(tx, page, 1, START);
          }
        });
    List<Callable<Boolean>> parts = new ArrayList<>();
    for (int i = 1; i <= CLIENTS; i++) {
      Session session = world.open("c" + i, volume);
      SplittableRandom random = world.random();
      int number = i;
      parts.add(() -> {
        for (int draw = 1; draw <= DRAWS; draw++) {
          world.sim().pause(Duration.ofMillis(random.nextInt(80)));
          long stamp = number * 1_000_000L + draw;
          session.insist("c" + number + "-t" + draw, tx -> draw(world, tx, stamp, random));
        }
        return true;
      });
    }
    world.together(parts);
  }

  private static void draw(World world, Changes tx, long stamp, SplittableRandom random) {
    long first = 1 + 2L * random.nextInt(PAIRS);
    long sum = balance(tx, first) + balance(tx, first + 1);
    if (sum < 0) {
      world.claim(false, "pages " + first + " and the next have " + sum + " together");
    }
    long page = first + random.nextInt(2);
    long amount = 1 + random.nextInt(60);
    boolean may = sum >= amount;
    put(tx, page, stamp, balance(tx, page) + (may ? -amount : amount));
  }

  private static long balance(Changes tx, long page) {
    return ByteBuffer.wrap(tx.read(page)).getLong(Long.BYTES * 2);
  }

  private static void put(Changes tx, long page, long stamp, long balance) {
    ByteBuffer bytes = ByteBuffer.allocate(StampedPages.SIZE.bytes());
    tx.write(page, bytes.putLong(stamp).putLong(page).putLong(balance).array());
  }
}
