package dev.graft.replica;

import java.io.ByteArrayOutputStream;

/** Bytes whose end can be taken back. */
final class CutBytes extends ByteArrayOutputStream {
  /** Forgets all from a length on. */
  synchronized void cut(int length) {
    count = Math.min(count, length);
  }
}
