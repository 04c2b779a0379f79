package dev.graft.sim.workload;

import dev.graft.protocol.id.VolumeId;
import dev.graft.sim.world.Changes;
import dev.graft.sim.world.Pages;
import dev.graft.sim.world.Session;
import dev.graft.sim.world.World;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;

/**
 * A bank of 100,000 accounts over pages. Transfers read two accounts and write them, often a few
 * that many want; the sum of all never changes.
 */
public final class Bank implements Workload {
  private static final int ACCOUNTS = 100_000;
  private static final int HEADER_BYTES = 16;
  private static final int PER_PAGE = (512 - HEADER_BYTES) / Long.BYTES;
  private static final long PAGES = (ACCOUNTS + PER_PAGE - 1) / PER_PAGE;
  private static final long START = 1_000;
  private static final int CLIENTS = 4;
  private static final int TRANSFERS = 30;
  private static final int POPULAR = 200;

  @Override
  public String name() {
    return "bank";
  }

  @Override
  public void play(World world) throws Exception {
    VolumeId volume = world.createVolume(StampedPages.SIZE);
    Session founder = world.open("founder", volume);
    founder.insist("foundation", Bank::found);
    if (founder.pull() == 0) {
      // The world was too hard on the founder.
      return;
    }
    List<Callable<Boolean>> parts = new ArrayList<>();
    for (int i = 1; i <= CLIENTS; i++) {
      Session session = world.open("c" + i, volume);
      SplittableRandom random = world.random();
      int number = i;
      parts.add(() -> {
        for (int transfer = 1; transfer <= TRANSFERS; transfer++) {
          world.sim().pause(Duration.ofMillis(random.nextInt(60)));
          long stamp = number * 1_000_000L + transfer;
          session.insist("c" + number + "-t" + transfer, tx -> transfer(tx, stamp, random));
        }
        session.pull();
        return true;
      });
    }
    world.together(parts);
    founder.pull();
    long sum = founder.read(Bank::sum);
    world.claim(sum == PAGES * PER_PAGE * START, "the accounts' sum is " + sum);
  }

  private static void found(Changes tx) {
    for (long page = 1; page <= PAGES; page++) {
      ByteBuffer bytes = ByteBuffer.allocate(StampedPages.SIZE.bytes()).putLong(1).putLong(page);
      while (bytes.hasRemaining()) {
        bytes.putLong(START);
      }
      tx.write(page, bytes.array());
    }
  }

  private static int account(SplittableRandom random) {
    return random.nextInt(random.nextInt(3) == 0 ? POPULAR : ACCOUNTS);
  }

  private static void transfer(Changes tx, long stamp, SplittableRandom random) {
    int from = account(random);
    int to = account(random);
    long amount = 1 + random.nextInt(50);
    if (add(tx, from, -amount, stamp)) {
      add(tx, to, amount, stamp);
    }
  }

  private static boolean add(Changes tx, int account, long amount, long stamp) {
    long page = 1 + account / PER_PAGE;
    int at = HEADER_BYTES + account % PER_PAGE * Long.BYTES;
    ByteBuffer bytes = ByteBuffer.wrap(tx.read(page));
    long balance = bytes.getLong(at) + amount;
    if (balance < 0) {
      return false;
    }
    bytes.putLong(0, stamp).putLong(at, balance);
    tx.write(page, bytes.array());
    return true;
  }

  private static long sum(Pages pages) {
    long sum = 0;
    for (long page = 1; page <= PAGES; page++) {
      ByteBuffer bytes = ByteBuffer.wrap(pages.read(page));
      bytes.position(HEADER_BYTES);
      while (bytes.hasRemaining()) {
        sum += bytes.getLong();
      }
    }
    return sum;
  }
}
