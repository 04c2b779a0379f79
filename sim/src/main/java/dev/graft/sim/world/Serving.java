package dev.graft.sim.world;

import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.remote.Remote;
import dev.graft.sim.SimProcess;
import java.time.Duration;
import java.util.function.Function;

/** What serves the clients of a world, and the ways to it. */
interface Serving {
  /** A way of one who may do everything, and is nobody's clone. */
  Remote operator();

  /**
   * Ways for the processes of a client of one volume.
   *
   * @param instance that the client is a part of
   * @param ahead by how much its clock is ahead
   */
  Function<SimProcess, Remote> client(VolumeId volume, Instances.Instance instance, Duration ahead);

  /** Waits until nothing is under way any more, and ends. */
  void end();
}
