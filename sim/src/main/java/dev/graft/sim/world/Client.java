package dev.graft.sim.world;

import dev.graft.client.Replica;
import dev.graft.client.ReplicaOptions;
import dev.graft.client.ReplicaOptions.Limits;
import dev.graft.client.cache.CacheBound;
import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.Promise;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.remote.Remote;
import dev.graft.sim.FaultHits;
import dev.graft.sim.Killed;
import dev.graft.sim.SimConcurrency;
import dev.graft.sim.SimProcess;
import dev.graft.sim.SkewedConcurrency;
import dev.graft.sim.disk.SimDisk;
import dev.graft.sim.judge.Event;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A machine with a network, a clock and perhaps a disk, on which processes with a replica of one
 * volume follow each other, one at a time. Without a disk there is only one process.
 */
final class Client {
  private static final Duration LONGEST_OUTAGE = Duration.ofSeconds(5);
  private static final int MAX_STARTS = 1_000;

  /**
   * A process, from when its replica is open until it is killed.
   *
   * @param number counts those of this client, from 0
   * @param watch is told of every move of the replica
   */
  record Life(int number, SimProcess process, Replica replica, MoveWatch watch) {}

  /**
   * What a machine has.
   *
   * @param network the way to the engines, for a process of it
   * @param ahead by how much its clock is ahead
   * @param disk where the replica lives; in memory if there is none
   * @param instance where its ids come from
   * @param inlineBytes the most bytes of frames that it puts into a commit itself
   */
  record Machine(
      Function<SimProcess, Remote> network,
      Duration ahead,
      FaultHits hits,
      Optional<SimDisk> disk,
      Instances.Instance instance,
      int inlineBytes) {
    Concurrency clock(SimProcess process) {
      return ahead.isZero() ? process : new SkewedConcurrency(process, ahead);
    }

    Remote remote(SimProcess process) {
      Remote remote = network.apply(process);
      return process.through(ahead.isZero() ? remote : WrongTimes.of(remote, hits));
    }
  }

  private final World world;
  private final SimConcurrency sim;
  private final SplittableRandom random;
  private final String name;
  private final VolumeId volume;
  private final Machine machine;
  private int starts;
  private Life life;

  /** Ends when the next process runs; null when nobody starts one. */
  private @Nullable Promise<Boolean> starting;

  /** A client whose first process runs. */
  Client(World world, String name, VolumeId volume, Machine machine) {
    this.world = world;
    this.sim = world.sim();
    this.random = world.random();
    this.name = name;
    this.volume = volume;
    this.machine = machine;
    this.life = start();
  }

  String name() {
    return name;
  }

  VolumeId volume() {
    return volume;
  }

  /** The newest process, which may be dead. */
  Life life() {
    return life;
  }

  /** The process after one that is dead; starts it when nobody has done so. */
  Life after(Life dead) {
    while (life == dead) {
      Promise<Boolean> other = starting;
      if (other != null) {
        sim.awaitAll(List.of(other.task()));
        continue;
      }
      Promise<Boolean> mine = sim.promise("restart");
      starting = mine;
      try {
        sim.pause(Duration.ofMillis(random.nextLong(1, LONGEST_OUTAGE.toMillis())));
        life = start();
      } finally {
        starting = null;
        mine.complete(true);
      }
    }
    return life;
  }

  /** Starts processes until one has opened its replica. */
  private Life start() {
    for (int tries = 1; ; tries++) {
      int number = starts++;
      SimProcess process = new SimProcess(sim, name + "." + number);
      try {
        Replica replica = world.patiently(() -> Replica.open(options(process)));
        Life begun = new Life(number, process, replica, new MoveWatch());
        replica.onMove(begun.watch);
        if (number > 0) {
          tellStanding(begun);
        }
        process.requireAlive();
        return begun;
      } catch (Killed e) {
        sim.note("killed while it opens");
      } catch (GraftException.Limit e) {
        // It waits for room.
        process.kill();
      }
      if (tries == MAX_STARTS) {
        throw new AssertionError(name + " does not come up");
      }
      sim.pause(Duration.ofMillis(random.nextLong(1, LONGEST_OUTAGE.toMillis())));
    }
  }

  private ReplicaOptions options(SimProcess process) {
    ReplicaOptions options =
        ReplicaOptions.inMemory(
            machine.remote(process),
            volume,
            machine.clock(process),
            new RandomIdSource(machine.instance.random()));
    Limits limits = Limits.DEFAULT.withInlineBytes(machine.inlineBytes);
    return machine
        .disk
        .map(disk ->
            options
                .on(disk.mount(process).resolve("replica"))
                .with(limits.withCacheBytes(CacheBound.MIN_BYTES)))
        .orElse(options.with(limits));
  }

  /** Works without faults from now on; its process is killed once more if that can happen. */
  void end(boolean kills) {
    if (machine.disk.isEmpty()) {
      tellStanding(life);
      return;
    }
    SimDisk disk = machine.disk.get();
    disk.calm();
    Life last = life;
    if (kills && !last.process.isDead()) {
      disk.end(last.process);
    }
    if (last.process.isDead()) {
      after(last);
    } else {
      tellStanding(last);
    }
  }

  /** Says what it holds. */
  private void tellStanding(Life of) {
    world
        .recorder()
        .add(
            new Event.Standing(
                world.recorder().now(),
                name + "." + of.number,
                name,
                volume.toString(),
                of.replica.status().position().lsn().value(),
                of.replica.pending().stream().map(commit -> commit.message()).toList()));
  }

  void close() {
    life.replica.close();
  }
}
