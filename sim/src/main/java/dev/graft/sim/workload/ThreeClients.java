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
 * Three clients on one volume, each with an engine of its own: an engine has no state that matters,
 * so three of them are the harder case. Small and large writes, cuts, reads of now and of the past.
 */
public final class ThreeClients implements Workload {
  private static final int CLIENTS = 3;
  private static final int TRANSACTIONS = 24;
  private static final int BULK_PAGES = 200;
  private static final long FIRST_PAGES = 60;

  @Override
  public String name() {
    return "three-clients";
  }

  @Override
  public void play(World world) throws Exception {
    VolumeId volume = world.createVolume(StampedPages.SIZE);
    List<Callable<Boolean>> parts = new ArrayList<>();
    for (int i = 1; i <= CLIENTS; i++) {
      Session session = world.open("c" + i, volume);
      var client = new Client(world, session, i, world.random());
      parts.add(() -> client.work());
    }
    world.together(parts);
  }

  private record Client(World world, Session session, int number, SplittableRandom random) {
    boolean work() {
      for (int i = 1; i <= TRANSACTIONS; i++) {
        world.sim().pause(Duration.ofMillis(random.nextInt(100)));
        if (random.nextInt(4) == 0) {
          session.pull();
        }
        if (random.nextInt(12) == 0 && session.knownHead() > 0) {
          session.readPast(
              random.nextLong(1, session.knownHead() + 1),
              pages -> pages.read(1 + random.nextLong(FIRST_PAGES)));
        }
        long stamp = number * 1_000_000L + i;
        Session.Reply reply = session.transact("c" + number + "-t" + i, tx -> stage(tx, stamp));
        if (!reply.isDone()) {
          session.pull();
        }
      }
      session.pull();
      session.read(pages -> pages.read(1 + random.nextLong(FIRST_PAGES)));
      return true;
    }

    private long randomPage(Changes transaction) {
      return 1 + random.nextLong(Math.max(FIRST_PAGES, transaction.count()));
    }

    private void stage(Changes transaction, long stamp) {
      for (int i = random.nextInt(5); i > 0; i--) {
        transaction.read(randomPage(transaction));
      }
      int kind = random.nextInt(20);
      if (kind == 0) {
        transaction.cut(random.nextLong(transaction.count() + 1));
      }
      // Now and then more than a commit can carry, so that a segment is uploaded.
      int pages = kind == 1 ? BULK_PAGES : 1 + random.nextInt(3);
      long first = randomPage(transaction);
      for (int i = 0; i < pages; i++) {
        long page = kind == 1 ? first + i : randomPage(transaction);
        boolean isZeros = random.nextInt(10) == 0;
        transaction.write(page, StampedPages.of(page, isZeros ? 0 : stamp));
      }
    }
  }
}
