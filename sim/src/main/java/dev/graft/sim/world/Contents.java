package dev.graft.sim.world;

import dev.graft.protocol.id.Hash;
import dev.graft.sim.judge.Event;
import java.security.MessageDigest;
import java.util.HexFormat;

/** What contents of pages are called in histories: the first 8 bytes of their SHA-256. */
final class Contents {
  private static final int NAME_BYTES = 8;

  private Contents() {}

  static String name(byte[] page) {
    boolean zeros = true;
    for (byte b : page) {
      if (b != 0) {
        zeros = false;
        break;
      }
    }
    if (zeros) {
      return Event.ZEROS;
    }
    MessageDigest digest = Hash.newDigest();
    return HexFormat.of().formatHex(digest.digest(page), 0, NAME_BYTES);
  }
}
