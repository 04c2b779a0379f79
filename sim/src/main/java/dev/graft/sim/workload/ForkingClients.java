package dev.graft.sim.workload;

import dev.graft.protocol.id.VolumeId;
import dev.graft.sim.world.Session;
import dev.graft.sim.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;

/**
 * Volumes that are forked at commits of now and of the past, forks of forks too, while all of them
 * are written on.
 */
public final class ForkingClients implements Workload {
  private static final int CLIENTS = 3;
  private static final int TRANSACTIONS = 18;
  private static final int MOST_FORKS = 3;
  private static final long PAGES = 50;

  @Override
  public String name() {
    return "forks";
  }

  @Override
  public void play(World world) throws Exception {
    VolumeId volume = world.createVolume(StampedPages.SIZE);
    List<Callable<Boolean>> parts = new ArrayList<>();
    for (int i = 1; i <= CLIENTS; i++) {
      Session first = world.open("c" + i, volume);
      SplittableRandom random = world.random();
      int number = i;
      parts.add(() -> work(world, first, number, random));
    }
    world.together(parts);
  }

  private static boolean work(World world, Session first, int number, SplittableRandom random) {
    List<Session> sessions = new ArrayList<>(List.of(first));
    for (int t = 1; t <= TRANSACTIONS; t++) {
      world.sim().pause(Duration.ofMillis(random.nextInt(80)));
      Session session = sessions.get(random.nextInt(sessions.size()));
      long stamp = number * 1_000_000L + t;
      session.insist(
          session.client() + "-t" + t,
          tx -> {
            if (random.nextInt(12) == 0) {
              tx.cut(random.nextLong(tx.count() + 1));
            }
            tx.read(1 + random.nextLong(PAGES));
            for (int i = 1 + random.nextInt(3); i > 0; i--) {
              long page = 1 + random.nextLong(PAGES);
              tx.write(page, StampedPages.of(page, stamp));
            }
          });
      boolean forks =
          random.nextInt(5) == 0 && sessions.size() <= MOST_FORKS && session.knownHead() > 0;
      if (forks) {
        Optional<VolumeId> child = session.fork(random.nextLong(1, session.knownHead() + 1));
        String name = first.client() + "-f" + t;
        child.ifPresent(volume -> sessions.add(world.open(name, volume)));
      }
      session.read(pages -> pages.read(1 + random.nextLong(PAGES)));
    }
    return true;
  }
}
