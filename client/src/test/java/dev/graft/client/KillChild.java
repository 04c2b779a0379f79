package dev.graft.client;

import dev.graft.client.KillModel.Stream;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * What runs in the process that is killed: an endless seeded mix of work on the replica under
 * trial. It says which phase begins and ends, what it is about to do, and what was acknowledged,
 * each on a line of its own; what it has said is in the pipe, whatever becomes of it.
 */
final class KillChild {
  private final KillWorld world;
  private final SplittableRandom random;
  private final Replica replica;
  private final Replica other;

  /** Newest steps that the two replicas stand on. */
  private int stepA;

  private int stepB;

  private KillChild(KillWorld world, long seed) {
    this.world = world;
    this.random = new SplittableRandom(seed);
    say("PHASE open");
    this.replica = world.onFolder();
    say("END");
    this.other = world.other();
    look();
  }

  /** Folder, seed of the world, seed of this run. */
  public static void main(String[] args) {
    try (var world = new KillWorld(Path.of(args[0]), Long.parseLong(args[1]))) {
      new KillChild(world, Long.parseLong(args[2])).work();
    } catch (RuntimeException | AssertionError e) {
      say("WRONG " + e);
      e.printStackTrace(System.out);
      System.out.flush();
      Runtime.getRuntime().halt(3);
    }
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  private void look() {
    try (Snapshot now = replica.snapshot()) {
      stepA = KillWorld.step(now, Stream.A);
    }
    try (Snapshot now = other.snapshot()) {
      stepB = KillWorld.step(now, Stream.B);
    }
  }

  private void work() {
    pull();
    while (true) {
      switch (random.nextInt(8)) {
        case 0 -> commitOther();
        case 1 -> pull();
        case 2 -> evict();
        case 3 -> commit(true);
        case 4, 5 -> commit(false);
        default -> push();
      }
    }
  }

  private void commitOther() {
    other.pull();
    try (Transaction transaction = other.begin()) {
      world.write(transaction, Stream.B, stepB + 1);
      var how = new CommitOptions("other", "b" + (stepB + 1), idx -> idx % 100 == 1);
      if (transaction.commit(how) instanceof CommitResult.Committed) {
        stepB++;
        say("ACK b " + stepB);
      }
    }
  }

  private void pull() {
    say("PHASE pull");
    replica.pull();
    say("END");
    look();
  }

  private void commit(boolean toStore) {
    int step = stepA + 1;
    say("TRY a " + step);
    say("PHASE write");
    try (Transaction transaction = replica.begin()) {
      world.write(transaction, Stream.A, step);
      say("END");
      say(toStore ? "PHASE commit" : "PHASE local");
      var durability = toStore ? CommitOptions.Durability.REMOTE : CommitOptions.Durability.LOCAL;
      var how = new CommitOptions("trial", "a" + step, idx -> idx % 100 == 1).with(durability);
      switch (transaction.commit(how)) {
        case CommitResult.Committed committed -> {
          stepA = step;
          say("ACK a " + step);
          say("ACK pushed " + step);
        }
        case CommitResult.Local here -> {
          stepA = step;
          say("ACK a " + step);
        }
        case CommitResult.Conflict conflict -> say("CONFLICT");
        case CommitResult.Nothing nothing -> throw new AssertionError("something was written");
      }
      say("END");
    }
    if (stepA != step) {
      pull();
    }
  }

  private void push() {
    say("PHASE push");
    switch (replica.push(new Policy.Merge(), Progress.NONE)) {
      case PushResult.Pushed pushed -> say("ACK pushed " + stepA);
      case PushResult.Nothing nothing -> say("ACK pushed " + stepA);
      case PushResult.Conflict conflict ->
          throw new AssertionError("the streams have no page in common: " + conflict.reason());
      case PushResult.Forked forked -> throw new AssertionError("forked without a word");
    }
    say("END");
  }

  /** Reads until frames were given up, and looks at what it reads. */
  private void evict() {
    long before = replica.cacheStatus().evictedFrames();
    say("PHASE evict");
    try (Snapshot now = replica.snapshot()) {
      world.check(now, 7 + random.nextInt(20));
    }
    say("END");
    say("EVICTED " + (replica.cacheStatus().evictedFrames() - before));
  }
}
