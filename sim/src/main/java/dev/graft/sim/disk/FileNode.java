package dev.graft.sim.disk;

import java.util.Arrays;

/** What a file holds. */
final class FileNode implements Disk.File {
  /** Grown as it is written to; what lies beyond the size is zeros. */
  private byte[] bytes = new byte[0];

  private long size;

  @Override
  public long sizeBytes() {
    return size;
  }

  byte[] get(long at, int length) {
    int there = (int) Math.max(0, Math.min(length, size - at));
    byte[] found = new byte[there];
    int kept = (int) Math.max(0, Math.min(there, bytes.length - at));
    if (kept > 0) {
      System.arraycopy(bytes, (int) at, found, 0, kept);
    }
    return found;
  }

  /** Puts bytes there, and ends the file where it is told; beyond are zeros. */
  void set(long at, byte[] content, long sizeBytes) {
    int end = Math.toIntExact(at + content.length);
    if (content.length > 0) {
      if (end > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(end, 2 * bytes.length));
      }
      System.arraycopy(content, 0, bytes, (int) at, content.length);
    }
    long longest = Math.min(Math.max(size, end), bytes.length);
    size = sizeBytes;
    if (size < longest) {
      Arrays.fill(bytes, (int) size, (int) longest, (byte) 0);
    }
  }
}
