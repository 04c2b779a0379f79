package dev.graft.sim.workload;

import dev.graft.protocol.id.VolumeId;
import dev.graft.sim.world.Session;
import dev.graft.sim.world.World;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * A client that writes so many pages here and there that their bytes fit a commit and their places
 * do not: the engine puts them into a segment of its own.
 */
final class Scattered implements Workload {
  private static final int TRANSACTIONS = 3;
  private static final int PAGES = 40_000;

  /** Of so many pages one is written. */
  private static final int SPACING = 8;

  @Override
  public String name() {
    return "scattered";
  }

  @Override
  public void play(World world) {
    VolumeId volume = world.createVolume(StampedPages.SIZE);
    Session session = world.open("c1", volume);
    SplittableRandom random = world.random();
    for (int t = 1; t <= TRANSACTIONS; t++) {
      byte[] content =
          ByteBuffer.allocate(StampedPages.SIZE.bytes()).putLong(0x5CA7_0000L + t).array();
      session.insist(
          "c1-t" + t,
          tx -> {
            for (long page = 1; page <= PAGES; page += 1 + random.nextInt(2 * SPACING)) {
              tx.write(page, content);
            }
          });
    }
    world.open("late", volume).read(pages -> pages.read(PAGES / 2));
  }
}
