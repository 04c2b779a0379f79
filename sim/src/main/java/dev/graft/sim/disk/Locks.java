package dev.graft.sim.disk;

import dev.graft.sim.SimProcess;
import java.nio.channels.OverlappingFileLockException;
import java.util.IdentityHashMap;
import java.util.Map;

/** Who holds which file. A process that is dead holds none. */
final class Locks {
  private final Map<Disk.File, SimProcess> holders = new IdentityHashMap<>();

  /**
   * Takes the file; whether no other process that lives had it.
   *
   * @throws OverlappingFileLockException when this process has it
   */
  boolean take(Disk.File file, SimProcess process) {
    SimProcess holder = holders.get(file);
    if (holder == process) {
      throw new OverlappingFileLockException();
    }
    if (holder != null && !holder.isDead()) {
      return false;
    }
    holders.put(file, process);
    return true;
  }

  boolean isHeld(Disk.File file, SimProcess by) {
    return holders.get(file) == by;
  }

  void release(Disk.File file, SimProcess by) {
    holders.remove(file, by);
  }
}
