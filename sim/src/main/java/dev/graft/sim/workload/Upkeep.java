package dev.graft.sim.workload;

import dev.graft.concurrency.Promise;
import dev.graft.protocol.id.VolumeId;
import dev.graft.sim.world.Session;
import dev.graft.sim.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Many small commits, and readers that have been away for long: roll-ups are made by several
 * engines at once, while others read through them. Past 1,024 commits there are caretakers, too,
 * who come when the first checkpoint is due and make it beside the engine whose commit asked for
 * it.
 */
public final class Upkeep implements Workload {
  private static final int WRITERS = 2;
  private static final int READERS = 3;
  private static final int READS = 6;
  private static final int CARETAKERS = 2;

  /** When the first checkpoint is due. */
  private static final long DUE = 1_024;

  private static final long PAGES = 400;

  private final String name;
  private final int commits;

  /**
   * A workload.
   *
   * @param commits that each of the writers tries to make
   */
  public Upkeep(String name, int commits) {
    this.name = name;
    this.commits = commits;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void play(World world) throws Exception {
    VolumeId volume = world.createVolume(StampedPages.SIZE);
    List<Callable<Boolean>> parts = new ArrayList<>();
    AtomicInteger writing = new AtomicInteger(WRITERS);
    Promise<Boolean> due = world.sim().promise("a checkpoint is due");
    for (int i = 1; i <= WRITERS; i++) {
      Session session = world.open("w" + i, volume);
      SplittableRandom random = world.random();
      int number = i;
      parts.add(() -> {
        for (int t = 1; t <= commits; t++) {
          long stamp = number * 1_000_000L + t;
          long page = 1 + random.nextLong(PAGES);
          Session.Reply reply =
              session.insist(
                  "w" + number + "-t" + t, tx -> tx.write(page, StampedPages.of(page, stamp)));
          if (reply.isDone() && reply.lsn() >= DUE) {
            due.complete(true);
          }
        }
        if (writing.decrementAndGet() == 0) {
          due.complete(false);
        }
        return true;
      });
    }
    for (int i = 1; i <= READERS; i++) {
      SplittableRandom random = world.random();
      int number = i;
      parts.add(() -> {
        for (int read = 1; read <= READS; read++) {
          world.sim().pause(Duration.ofMillis(random.nextLong(commits * 100L)));
          Session session = world.open("r" + number + "-" + read, volume);
          session.read(pages -> {
            for (int p = 0; p < 10; p++) {
              pages.read(1 + random.nextLong(PAGES));
            }
            return true;
          });
          if (session.knownHead() > 1) {
            session.readPast(
                random.nextLong(1, session.knownHead()),
                pages -> pages.read(1 + random.nextLong(PAGES)));
          }
        }
        return true;
      });
    }
    if (WRITERS * commits > DUE) {
      for (int i = 1; i <= CARETAKERS; i++) {
        parts.add(() -> {
          world.sim().awaitAll(List.of(due.task()));
          return world.lookAfter(volume);
        });
      }
    }
    world.together(parts);
  }
}
