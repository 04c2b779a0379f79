package dev.graft.sim.workload;

import dev.graft.protocol.id.VolumeId;
import dev.graft.sim.judge.Event.Outcome;
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
 * Clients that count offline in counters that all share: what they did is done again, by its name
 * or by what the process remembers, when others came first. In the end each counter is what was
 * brought to the store.
 */
public final class ReplayingClients implements Workload {
  private static final int CLIENTS = 3;
  private static final int TRIPS = 10;
  private static final int MOST_ON_A_TRIP = 4;
  private static final long COUNTERS = 12;

  @Override
  public String name() {
    return "replay";
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
        for (int trip = 1; trip <= TRIPS; trip++) {
          int transactions = 1 + random.nextInt(MOST_ON_A_TRIP);
          for (int t = 1; t <= transactions; t++) {
            long stamp = number * 1_000_000L + trip * 1_000L + t;
            long counter = 1 + random.nextLong(COUNTERS);
            session.transactAgain(
                "c" + number + "-" + trip + "-" + t,
                random.nextBoolean(),
                tx -> count(tx, counter, stamp));
            session.read(pages -> pages.read(1 + random.nextLong(COUNTERS)));
          }
          world.sim().pause(Duration.ofMillis(random.nextInt(300)));
          comeBack(session, random);
          world.sim().pause(Duration.ofMillis(random.nextInt(2_000)));
        }
        session.pushReplaying();
        return true;
      });
    }
    world.together(parts);
  }

  private static void comeBack(Session session, SplittableRandom random) {
    if (random.nextInt(4) == 0) {
      session.rebaseReplaying();
      session.read(pages -> pages.read(1 + random.nextLong(COUNTERS)));
    }
    Session.Reply reply = random.nextInt(8) == 0 ? session.push() : session.pushReplaying();
    if (reply.outcome() != Outcome.CONFLICT && random.nextInt(3) == 0) {
      session.pull();
    }
  }

  private static void count(Changes tx, long counter, long stamp) {
    ByteBuffer bytes = ByteBuffer.wrap(tx.read(counter));
    bytes.putLong(0, stamp).putLong(Long.BYTES, bytes.getLong(Long.BYTES) + 1);
    tx.write(counter, bytes.array());
  }
}
