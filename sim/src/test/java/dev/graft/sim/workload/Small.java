package dev.graft.sim.workload;

import dev.graft.protocol.id.VolumeId;
import dev.graft.sim.world.Session;
import dev.graft.sim.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;

/** Clients that write a few pages, or many, and read; and one that comes late. */
record Small(int clients, int transactions, int pages) implements Workload {
  @Override
  public String name() {
    return "small";
  }

  @Override
  public void play(World world) throws Exception {
    VolumeId volume = world.createVolume(StampedPages.SIZE);
    List<Callable<Boolean>> parts = new ArrayList<>();
    for (int i = 1; i <= clients; i++) {
      Session session = world.open("c" + i, volume);
      SplittableRandom random = world.random();
      int number = i;
      parts.add(() -> {
        for (int t = 1; t <= transactions; t++) {
          long stamp = number * 1_000L + t;
          session.insist(
              "c" + number + "-t" + t,
              tx -> {
                tx.read(1 + random.nextLong(20));
                for (long page = 1; page <= pages; page++) {
                  long at = page + random.nextLong(20);
                  tx.write(at, StampedPages.of(at, stamp));
                }
              });
          session.pull();
          session.read(pages -> pages.read(1 + random.nextLong(20)));
        }
        return true;
      });
    }
    world.together(parts);
    world.open("late", volume).read(pages -> pages.read(1));
  }
}
