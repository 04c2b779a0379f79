package dev.graft.client.cache;

import dev.graft.client.folder.DiskTrouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes slabs where a cache keeps them. */
interface SlabMaker {
  /**
   * A new slab.
   *
   * @param number above all that this cache ever had
   * @param least bytes that it has to have
   * @param bytes that it should have, at least as many
   * @throws dev.graft.protocol.error.GraftException when there is no room
   */
  Slab make(int number, long least, long bytes);

  /** In memory: the first ones small, since many replicas never need more. */
  static SlabMaker inMemory() {
    return (number, least, bytes) -> {
      long grown = Math.min(bytes, FIRST_BYTES << Math.min(number, MOST_DOUBLINGS));
      return Slab.inMemory(number, Math.max(least, grown));
    };
  }

  /** In files of a folder. */
  static SlabMaker inFolder(Path folder) {
    return (number, least, bytes) -> {
      Path path = pathOf(folder, number);
      try {
        // None is there, unless it could not be deleted: its bytes are not to show through.
        Files.deleteIfExists(path);
      } catch (IOException e) {
        throw DiskTrouble.writing(path, e);
      }
      return Slab.inFile(number, path, bytes);
    };
  }

  /** Bytes of the first slab in memory; each further one has twice as many. */
  long FIRST_BYTES = 256 * 1024;

  /** After so many the size does not matter any more. */
  int MOST_DOUBLINGS = 20;

  /** The name of a data file begins so. */
  String FILE_PREFIX = "pages-";

  /** Where the slab of a number lies. */
  static Path pathOf(Path folder, int number) {
    return folder.resolve(FILE_PREFIX + "%06d".formatted(number));
  }
}
