package dev.graft.client.folder;

import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.map.Maps;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The records of the file that says where a replica stands. */
final class StandingCodec {
  /** A whole standing; whatever came before does not matter. */
  private static final int BASE = 1;

  /** A step from the standing before: its map is laid over that one's. */
  private static final int STEP = 2;

  private StandingCodec() {}

  static byte[] base(SavedStanding standing) {
    return encode(BASE, standing, standing.root());
  }

  /**
   * A step.
   *
   * @param after where it leads
   * @param laid the map that was laid over the one before
   */
  static byte[] step(SavedStanding after, Root laid) {
    return encode(STEP, after, laid);
  }

  private static byte[] encode(int kind, SavedStanding standing, Root root) {
    byte[] map = root.encode();
    WireWriter out = new WireWriter(map.length + 128);
    out.u8(kind).volume(standing.volume()).u8(standing.pageSize().log2());
    position(out, standing.position());
    position(out, standing.head());
    out.u64(standing.time().getEpochSecond()).u32(standing.time().getNano());
    return out.bytes(map).toBytes();
  }

  private static void position(WireWriter out, Position position) {
    out.u64(position.lsn().value()).hash(position.hash());
  }

  private static Instant time(WireReader in) {
    long seconds = in.u64();
    int nanos = in.u32();
    boolean sane = seconds >= Instant.MIN.getEpochSecond();
    sane &= seconds <= Instant.MAX.getEpochSecond();
    sane &= nanos >= 0 && nanos < 1_000_000_000;
    if (!sane) {
      throw in.corrupt("a time of " + seconds + " s and " + nanos + " ns");
    }
    return Instant.ofEpochSecond(seconds, nanos);
  }

  /** What stands after a record, given what stood before. */
  static SavedStanding apply(String file, @Nullable SavedStanding before, byte[] payload) {
    WireReader in = new WireReader(file, payload);
    int kind = in.u8();
    var volume = in.volume();
    PageSize pageSize = PageSize.ofLog2(in.u8());
    Position position = new Position(new Lsn(in.u64()), in.hash());
    Position head = new Position(new Lsn(in.u64()), in.hash());
    Instant time = time(in);
    Root root = Root.decode(in.bytes(in.remaining()));
    return switch (kind) {
      case BASE -> new SavedStanding(volume, pageSize, position, time, head, root);
      case STEP -> {
        if (before == null || !before.volume().equals(volume)) {
          throw in.corrupt("a step that leads on from nothing");
        }
        yield new SavedStanding(
            volume, pageSize, position, time, head, Maps.lay(root, before.root()));
      }
      default -> throw in.corrupt("a record of kind " + kind);
    };
  }
}
