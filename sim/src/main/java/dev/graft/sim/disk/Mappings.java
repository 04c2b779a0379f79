package dev.graft.sim.disk;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Memory that shows what files hold, by file. */
final class Mappings implements AutoCloseable {
  private record Mapping(MemorySegment memory, Arena arena) {}

  private final Map<Disk.File, List<Mapping>> ofFiles = new IdentityHashMap<>();

  /** Memory that shows the beginning of a file until the arena is closed. */
  MemorySegment map(Disk disk, Disk.File file, long bytes, Arena arena) {
    MemorySegment memory = arena.allocate(bytes);
    byte[] there = disk.read(file, 0, Math.toIntExact(Math.min(bytes, file.sizeBytes())));
    MemorySegment.copy(MemorySegment.ofArray(there), 0, memory, 0, there.length);
    List<Mapping> all = ofFiles.computeIfAbsent(file, unknown -> new ArrayList<>());
    all.removeIf(old -> !old.memory.scope().isAlive());
    all.add(new Mapping(memory, arena));
    return memory;
  }

  /** Bytes were written to a file. */
  void written(Disk.File file, long at, byte[] bytes, int count) {
    for (Mapping mapping : ofFiles.getOrDefault(file, List.of())) {
      if (mapping.memory.scope().isAlive() && at < mapping.memory.byteSize()) {
        long length = Math.min(count, mapping.memory.byteSize() - at);
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, mapping.memory, at, length);
      }
    }
  }

  /** Takes the memory of processes that were killed. */
  @Override
  public void close() {
    for (List<Mapping> all : ofFiles.values()) {
      for (Mapping mapping : all) {
        if (mapping.memory.scope().isAlive()) {
          mapping.arena.close();
        }
      }
    }
    ofFiles.clear();
  }
}
