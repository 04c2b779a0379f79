package dev.graft.sim.disk;

import java.util.Arrays;
import java.util.BitSet;

/** A change that a power cut may undo. */
interface Unsynced {
  /** Makes it undone. The changes after it are undone already. */
  void undo();

  /** Does it again, on whatever is there. */
  void redo();

  /** In how many pieces it reaches the disk, each whole or not at all. */
  default int sectors() {
    return 1;
  }

  /** Does a part of it again. */
  default void redo(BitSet whichSectors) {
    redo();
  }

  /** Another length of a file. */
  record Resized(FileNode file, long from, byte[] lost, long to) implements Unsynced {
    @Override
    public void undo() {
      file.set(to, new byte[0], from);
      file.set(Math.min(from, to), lost, from);
    }

    @Override
    public void redo() {
      file.set(Math.min(file.sizeBytes(), to), new byte[0], to);
    }
  }

  /**
   * Bytes of a file.
   *
   * @param before what stood there
   * @param sizeBefore of the file
   */
  record Written(FileNode file, long at, byte[] bytes, byte[] before, long sizeBefore)
      implements Unsynced {
    static final int SECTOR_BYTES = 512;

    @Override
    public void undo() {
      file.set(at, before, sizeBefore);
    }

    @Override
    public void redo() {
      file.set(at, bytes, Math.max(file.sizeBytes(), at + bytes.length));
    }

    @Override
    public int sectors() {
      return (int) ((at + bytes.length - 1) / SECTOR_BYTES - at / SECTOR_BYTES) + 1;
    }

    @Override
    public void redo(BitSet whichSectors) {
      whichSectors.stream().forEach(this::redo);
    }

    private void redo(int sector) {
      long start = Math.max(at, (at / SECTOR_BYTES + sector) * SECTOR_BYTES);
      long end = Math.min(at + bytes.length, (at / SECTOR_BYTES + sector + 1) * SECTOR_BYTES);
      byte[] part = Arrays.copyOfRange(bytes, (int) (start - at), (int) (end - at));
      file.set(start, part, Math.max(file.sizeBytes(), end));
    }
  }
}
