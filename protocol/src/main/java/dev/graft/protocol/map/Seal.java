package dev.graft.protocol.map;

/** The checksum that an encoded leaf or branch ends with. */
final class Seal {
  private Seal() {}

  /** The last four bytes; the caller knows that the encoding has them. */
  static int of(byte[] encoded) {
    int at = encoded.length - 4;
    return encoded[at] << 24
        | (encoded[at + 1] & 0xFF) << 16
        | (encoded[at + 2] & 0xFF) << 8
        | (encoded[at + 3] & 0xFF);
  }
}
