package dev.graft.protocol.map;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.wire.WireReader;
import java.util.List;
import java.util.SortedMap;

/**
 * The leaves of 1,024 aligned windows. Immutable.
 *
 * @param number which windows: {@code number * 1024} to {@code number * 1024 + 1023}
 * @param windows window number to its layers, newest first; windows without pages are left out
 */
public record Branch(int number, SortedMap<Integer, List<LeafLayer>> windows) {
  /** How many windows a branch covers. */
  public static final int WINDOWS = 1024;

  /** The largest branch number. */
  public static final int MAX_NUMBER = 63;

  /** No encoded branch is longer: 1 MiB. */
  public static final int MAX_ENCODED_BYTES = 1 << 20;

  /**
   * Checks and copies.
   *
   * @throws GraftException.Misuse when number or windows are out of range or a leaf is of another
   *     window
   */
  public Branch {
    if (number < 0 || number > MAX_NUMBER) {
      throw new GraftException.Misuse("branch " + number + " is not in 0.." + MAX_NUMBER);
    }
    windows = Stacks.checked(windows, number * WINDOWS, number * WINDOWS + WINDOWS - 1);
  }

  /** The branch that covers a window. */
  public static int numberOf(int window) {
    return window >>> 10;
  }

  /** The layers of a window, newest first; empty when it has none. */
  public List<LeafLayer> layers(int window) {
    List<LeafLayer> layers = windows.get(window);
    return layers == null ? List.of() : layers;
  }

  /**
   * The bytes of this branch, with a CRC32C in the last four.
   *
   * @throws GraftException.Limit when a window has more than 4 layers or the bytes are more than 1
   *     MiB
   */
  public byte[] encode() {
    return MapCodec.encode(this);
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws GraftException.Corrupt when the bytes are not exactly that
   */
  public static Branch decode(byte[] bytes, int offset, int length) {
    return MapCodec.decodeBranch(WireReader.sealed("branch", bytes, offset, length));
  }

  /** Reads a whole array, see {@link #decode(byte[], int, int)}. */
  public static Branch decode(byte[] bytes) {
    return decode(bytes, 0, bytes.length);
  }
}
