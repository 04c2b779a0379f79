package dev.graft.http;

import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import java.util.List;
import java.util.Optional;

/**
 * One thing that can be asked over HTTP: a method and a path of the strict grammar of {@code
 * docs/http.md}, section 1, as a value. There is exactly one path for a route, so what is not
 * printed by {@link #path} is not parsed either.
 */
public sealed interface Route {
  /** About one volume, whose id stands in the path. */
  sealed interface OfVolume extends Route {
    /** The volume in the path. */
    VolumeId volume();
  }

  /** Bytes of an immutable object, by GET or HEAD. */
  sealed interface OfObject extends OfVolume {
    /** The object. */
    FrameOwner owner();
  }

  /** Makes a volume. */
  record Create() implements Route {}

  /** What is fixed about a volume. */
  record Info(VolumeId volume) implements OfVolume {}

  /** What changed since a position. */
  record Changes(VolumeId volume) implements OfVolume {}

  /** Summaries of commits. */
  record Log(VolumeId volume) implements OfVolume {}

  /** The newest state record. */
  record State(VolumeId volume) implements OfVolume {}

  /** Brings a small segment. */
  record Upload(VolumeId volume, SegmentId segment) implements OfVolume {}

  /** Asks where a larger segment may be put. */
  record Uploads(VolumeId volume) implements OfVolume {}

  /** Tries to make a commit. */
  record Commits(VolumeId volume) implements OfVolume {}

  /** Makes a volume that begins as a snapshot of this one. */
  record Fork(VolumeId volume) implements OfVolume {}

  /** Changes what is kept. */
  record Retain(VolumeId volume) implements OfVolume {}

  /** Sums what waits to be removed. */
  record Waiting(VolumeId volume) implements OfVolume {}

  /** Ends a volume. */
  record Delete(VolumeId volume) implements OfVolume {}

  /** Makes a token. */
  record Tokens() implements Route {}

  /** Revokes a token. */
  record Revoke() implements Route {}

  /** Bytes of a segment. */
  record SegmentRange(VolumeId volume, SegmentId segment) implements OfObject {
    @Override
    public FrameOwner owner() {
      return new FrameOwner.InSegment(volume, segment);
    }
  }

  /** Bytes of a commit with inline frames. */
  record LogRange(VolumeId volume, Lsn lsn) implements OfObject {
    @Override
    public FrameOwner owner() {
      return new FrameOwner.InCommit(volume, lsn);
    }
  }

  /** No path of a route is longer. */
  int MAX_PATH = RoutePath.MAX_LENGTH;

  /**
   * The route of a request, or nothing: then {@link #methods} tells whether another method would
   * have one there.
   *
   * @param method as in the request line
   * @param path without a query; nothing in it is decoded or forgiven
   */
  static Optional<Route> parse(String method, String path) {
    return RoutePath.at(path).stream().filter(r -> r.methods().contains(method)).findFirst();
  }

  /** The methods that a path has, sorted; none when it is not of the grammar. */
  static List<String> methods(String path) {
    return RoutePath.at(path).stream().flatMap(r -> r.methods().stream()).sorted().toList();
  }

  /** The route to the bytes of an object. */
  static OfObject of(FrameOwner owner) {
    return switch (owner) {
      case FrameOwner.InSegment(VolumeId volume, SegmentId segment) ->
          new SegmentRange(volume, segment);
      case FrameOwner.InCommit(VolumeId volume, Lsn lsn) -> new LogRange(volume, lsn);
    };
  }

  /** The path, from {@code /v1/} on. */
  default String path() {
    return RoutePath.of(this);
  }

  /** The methods by which it is asked: POST, or GET and HEAD. */
  default List<String> methods() {
    return this instanceof OfObject ? List.of("GET", "HEAD") : List.of("POST");
  }

  /** What a token must allow. */
  default Action action() {
    return switch (this) {
      case Info i -> Action.READ;
      case Changes c -> Action.READ;
      case Log l -> Action.READ;
      case State s -> Action.READ;
      case SegmentRange s -> Action.READ;
      case LogRange l -> Action.READ;
      case Upload u -> Action.WRITE;
      case Uploads u -> Action.WRITE;
      case Commits c -> Action.WRITE;
      case Fork f -> Action.FORK;
      case Create c -> Action.ADMIN;
      case Retain r -> Action.ADMIN;
      case Waiting w -> Action.ADMIN;
      case Delete d -> Action.ADMIN;
      case Tokens t -> Action.ADMIN;
      case Revoke r -> Action.ADMIN;
    };
  }
}
