package dev.graft.protocol.map;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameRef;

/**
 * Where a branch, which names the leaves of 1,024 windows, lies.
 *
 * @param number windows {@code number * 1024} to {@code number * 1024 + 1023}: 0..63
 * @param ref the frame
 * @param crc32c of the encoded branch: its own last four bytes
 * @param ceiling page indexes above it are hidden in this branch; {@link LeafLayer#NO_CEILING} when
 *     none are
 */
public record BranchPlace(int number, FrameRef ref, int crc32c, long ceiling) {
  public BranchPlace {
    if (number < 0 || number > Branch.MAX_NUMBER || ceiling < 0 || ceiling > LeafLayer.NO_CEILING) {
      throw new GraftException.Misuse(
          "branch " + number + " with ceiling " + ceiling + " cannot be");
    }
  }

  /** The place of an encoded branch, with nothing hidden. */
  public static BranchPlace of(FrameRef ref, Branch branch, byte[] encoded) {
    return new BranchPlace(branch.number(), ref, Seal.of(encoded), LeafLayer.NO_CEILING);
  }

  /**
   * Reads the branch from the frame's content.
   *
   * @throws GraftException.Corrupt when it is not the branch that was named
   */
  public Branch open(byte[] content) {
    Branch branch = Branch.decode(content);
    if (Seal.of(content) != crc32c || branch.number() != number) {
      throw new GraftException.Corrupt(
          "frame " + ref + " holds another branch than number " + number);
    }
    return branch;
  }
}
