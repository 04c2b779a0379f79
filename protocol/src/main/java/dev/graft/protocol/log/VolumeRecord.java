package dev.graft.protocol.log;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What is fixed about a volume: the first object that it has. Its hash is the parent of LSN 1.
 *
 * @param volume its id
 * @param pageSize of all its pages
 * @param created when, to the millisecond
 * @param origin what it began as
 */
public record VolumeRecord(VolumeId volume, PageSize pageSize, Instant created, Origin origin) {
  /** A fork of a fork of a fork ends here: a token for the last one lists them all. */
  public static final int MAX_ANCESTORS = 16;

  static final int KIND = 'V';
  static final int VERSION = 1;

  /** What a volume began as. */
  public sealed interface Origin {
    /** Empty. */
    record Empty() implements Origin {}

    /**
     * A snapshot of another volume.
     *
     * @param ancestors 1..{@link #MAX_ANCESTORS}: the volume that it was forked from, the one that
     *     that one was forked from, and so on, each with the commit where the way parts
     */
    record Fork(List<Ancestor> ancestors) implements Origin {
      public Fork {
        ancestors = List.copyOf(ancestors);
        if (ancestors.isEmpty() || ancestors.size() > MAX_ANCESTORS) {
          throw new GraftException.Limit(
              "a fork has 1 to " + MAX_ANCESTORS + " ancestors, not " + ancestors.size());
        }
      }

      /** The volume that it was forked from, and where. */
      public Ancestor parent() {
        return ancestors.getFirst();
      }
    }

    /**
     * A fork that was given up before it was done: the id names no volume, and never will.
     *
     * @param parent the volume that was to be forked
     */
    record GivenUp(VolumeId parent) implements Origin {}
  }

  /**
   * A volume whose snapshot another one began as.
   *
   * @param volume which
   * @param position the commit
   */
  public record Ancestor(VolumeId volume, Position position) {
    private static final int ENCODED_BYTES = 16 + 8 + Hash.LENGTH;

    void encode(WireWriter out) {
      position.encode(out.volume(volume));
    }

    static Ancestor decode(WireReader in) {
      return new Ancestor(in.volume(), Position.decode(in));
    }

    /** At most {@link #MAX_ANCESTORS}, at least one. */
    static void encode(WireWriter out, List<Ancestor> ancestors) {
      out.varint(ancestors.size());
      ancestors.forEach(ancestor -> ancestor.encode(out));
    }

    static List<Ancestor> decodeList(WireReader in) {
      List<Ancestor> ancestors = new ArrayList<>();
      for (int left = in.count("ancestors", MAX_ANCESTORS, ENCODED_BYTES); left > 0; left--) {
        ancestors.add(decode(in));
      }
      return ancestors;
    }
  }

  public VolumeRecord {
    created = Fields.millis(created);
  }

  /** The whole object; equal records are equal bytes. */
  public byte[] encode() {
    WireWriter out = new WireWriter();
    out.header(KIND, VERSION).volume(volume).u8(pageSize.log2());
    Fields.time(out, created);
    switch (origin) {
      case Origin.Empty() -> out.u8(0);
      case Origin.Fork(List<Ancestor> ancestors) -> Ancestor.encode(out.u8(1), ancestors);
      case Origin.GivenUp(VolumeId parent) -> out.u8(2).volume(parent);
    }
    return out.seal().toBytes();
  }

  /** The SHA-256 of the object. */
  public Hash hash() {
    return Hash.sha256(encode());
  }

  /** LSN 0 of the volume. */
  public Position start() {
    return new Position(Lsn.ZERO, hash());
  }

  /**
   * Proves and reads the whole object.
   *
   * @param name the object's key, for messages
   * @param volume whose record it must be
   * @throws GraftException.Corrupt when it is not exactly that
   * @throws GraftException.Misuse when it is of a newer format version
   */
  public static VolumeRecord decode(String name, VolumeId volume, byte[] bytes) {
    WireReader in = WireReader.object(name, bytes, 0, bytes.length, KIND, VERSION);
    VolumeRecord record =
        Fields.checked(
            in,
            () ->
                new VolumeRecord(
                    in.volume(), Fields.pageSize(in), Fields.time(in), decodeOrigin(in)));
    in.expectEnd();
    if (!record.volume.equals(volume)) {
      throw in.corrupt("it is the record of volume " + record.volume);
    }
    return record;
  }

  private static Origin decodeOrigin(WireReader in) {
    int tag = in.u8();
    return switch (tag) {
      case 0 -> new Origin.Empty();
      case 1 -> new Origin.Fork(Ancestor.decodeList(in));
      case 2 -> new Origin.GivenUp(in.volume());
      default -> throw in.corrupt("origin is " + tag + " and not 0, 1 or 2");
    };
  }

  /** How many volumes a reader of this one may have to read from beside it. */
  public List<Ancestor> ancestors() {
    return origin instanceof Origin.Fork fork ? fork.ancestors() : List.of();
  }
}
