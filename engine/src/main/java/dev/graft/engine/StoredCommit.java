package dev.graft.engine;

import dev.graft.protocol.log.CommitHeader;

/**
 * A commit as far as it was read.
 *
 * @param header proved
 * @param bytes the object from its first byte on, at least the header
 */
record StoredCommit(CommitHeader header, byte[] bytes) {
  /** Whether its inline frames are here too. */
  boolean isWhole() {
    return bytes.length >= header.lengthBytes() + header.inlineFramesBytes();
  }
}
