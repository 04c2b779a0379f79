package dev.graft.protocol.log;

import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;

/**
 * A commit named so that it cannot be mistaken for one of another history.
 *
 * @param lsn its number
 * @param hash its hash; at LSN 0 the hash of the volume record
 */
public record Position(Lsn lsn, Hash hash) {
  void encode(WireWriter out) {
    out.u64(lsn.value()).hash(hash);
  }

  static Position decode(WireReader in) {
    return new Position(new Lsn(in.u64()), in.hash());
  }

  @Override
  public String toString() {
    return lsn + " (" + hash.toString().substring(0, 12) + ")";
  }
}
