package dev.graft.sim.disk;

import dev.graft.sim.Fault;
import dev.graft.sim.FaultHits;
import dev.graft.sim.FaultPlan;
import dev.graft.sim.Killed;
import dev.graft.sim.SimConcurrency;
import dev.graft.sim.SimProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * The disk of one machine, on which processes follow each other. Whether a process dies at a step,
 * and what is lost then, follows from a seed. Used by tasks of its simulation only.
 */
public final class SimDisk implements AutoCloseable {
  private static final Duration LONGEST_SYNC = Duration.ofMillis(3);
  private static final Duration LONGEST_FULL = Duration.ofSeconds(20);
  private static final int MOST_ROOM_WHEN_FULL = 2_000;

  private final SimConcurrency sim;
  private final SplittableRandom random;
  private final FaultPlan plan;
  private final FaultHits hits;
  private final UnaryOperator<Disk> flaws;
  private final DiskTree tree = new DiskTree();
  private final Mappings mappings = new Mappings();
  private final Locks locks = new Locks();
  private boolean calm;
  private Instant fullUntil = Instant.MIN;
  private long room;

  /**
   * An empty disk.
   *
   * @param flaws bugs to be planted between a process and the disk
   */
  public SimDisk(
      SimConcurrency sim,
      SplittableRandom random,
      FaultPlan plan,
      FaultHits hits,
      UnaryOperator<Disk> flaws) {
    this.sim = sim;
    this.random = random;
    this.plan = plan;
    this.hits = hits;
    this.flaws = flaws;
  }

  /** Its root, as a process sees it from its start to its end. */
  public Path mount(SimProcess process) {
    Disk disk = flaws.apply(new MountedDisk(this, tree, process));
    return new DiskFileSystem(new Reach(disk, process, mappings, locks)).getPath("/");
  }

  /** From now on it works without faults. */
  public void calm() {
    calm = true;
  }

  /** A process on it is killed, and perhaps the power goes. */
  public void kill(SimProcess process) {
    hits.add(Fault.CLIENT_KILLED);
    cut(process).ifPresent(hits::add);
  }

  /**
   * The same at the end of a play. It counts as no fault: what happens in each play would hide that
   * nothing happens in the midst of one.
   */
  public void end(SimProcess process) {
    cut(process);
  }

  /** Kills, and tells what the power cut did if there was one. */
  private Optional<Fault> cut(SimProcess process) {
    process.kill();
    Optional<Fault> cut =
        plan.draw(random, Fault.WRITES_LOST, Fault.WRITE_TORN, Fault.WRITES_REORDERED)
            .filter(fault -> tree.cutPower(fault, random));
    if (cut.isPresent()) {
      sim.note(cut.get().name());
      fullUntil = Instant.MIN;
    }
    return cut;
  }

  /** Where in a step a process dies. */
  enum Death {
    NOT,
    BEFORE,
    AMID,
    AFTER
  }

  /** Whether the process dies at a step that begins. */
  Death death() {
    if (calm || plan.draw(random, Fault.CLIENT_KILLED).isEmpty()) {
      return Death.NOT;
    }
    return Death.values()[1 + random.nextInt(3)];
  }

  /** Kills the process at a step; does not return. */
  Killed die(SimProcess process, String step) {
    sim.note("dies at " + step);
    kill(process);
    process.requireAlive();
    throw new AssertionError(process + " lives on");
  }

  /** A part of a length. */
  int part(int length) {
    return random.nextInt(length);
  }

  /** How much of so many bytes finds room. */
  int fitting(int bytes) {
    Instant now = sim.instant();
    if (!calm && !now.isBefore(fullUntil) && plan.draw(random, Fault.DISK_FULL).isPresent()) {
      fullUntil = now.plusMillis(random.nextLong(1, LONGEST_FULL.toMillis()));
      room = random.nextInt(MOST_ROOM_WHEN_FULL);
    }
    if (calm || !now.isBefore(fullUntil) || bytes <= room) {
      room -= bytes;
      return bytes;
    }
    hits.add(Fault.DISK_FULL);
    sim.note(Fault.DISK_FULL.name());
    int fits = (int) Math.max(0, room);
    room = 0;
    return fits;
  }

  /** A file that had so many bytes is gone. */
  void freed(long bytes) {
    room = Math.max(0, room) + bytes;
  }

  /** A sync takes its time. */
  void syncs() {
    sim.pause(Duration.ofNanos(random.nextLong(LONGEST_SYNC.toNanos())));
  }

  /** Gives the memory back that readers of it held; all of them are gone. */
  @Override
  public void close() {
    mappings.close();
  }
}
