package dev.graft.http;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** The path grammar of {@link Route}: prints and reads. */
final class RoutePath {
  /** {@code /v1/volumes/vol-.../segments/seg-...} is the longest. */
  static final int MAX_LENGTH = 12 + 30 + 10 + 30;

  private static final String VOLUMES = "/v1/volumes";
  private static final String TOKENS = "/v1/tokens";
  private static final int VOLUME_CHARS = 30;
  private static final int LSN_DIGITS = 16;

  private RoutePath() {}

  static String of(Route route) {
    return switch (route) {
      case Route.Create c -> VOLUMES;
      case Route.Tokens t -> TOKENS;
      case Route.Revoke r -> TOKENS + "/revoke";
      case Route.OfVolume about -> VOLUMES + "/" + about.volume() + "/" + below(about);
    };
  }

  private static String below(Route.OfVolume route) {
    return switch (route) {
      case Route.Info i -> "info";
      case Route.Changes c -> "changes";
      case Route.Log l -> "log";
      case Route.State s -> "state";
      case Route.Uploads u -> "uploads";
      case Route.Commits c -> "commits";
      case Route.Fork f -> "fork";
      case Route.Retain r -> "retain";
      case Route.Waiting w -> "waiting";
      case Route.Delete d -> "delete";
      case Route.Upload upload -> "uploads/" + upload.segment();
      case Route.SegmentRange range -> "segments/" + range.segment();
      case Route.LogRange range ->
          "log/" + String.format(Locale.ROOT, "%016x", ~range.lsn().value());
    };
  }

  /** The routes of a path, which differ in their methods; none when it is not of the grammar. */
  static List<Route> at(String path) {
    if (path.length() > MAX_LENGTH) {
      return List.of();
    }
    return switch (path) {
      case VOLUMES -> List.of(new Route.Create());
      case TOKENS -> List.of(new Route.Tokens());
      case TOKENS + "/revoke" -> List.of(new Route.Revoke());
      default -> ofVolume(path);
    };
  }

  private static List<Route> ofVolume(String path) {
    int start = VOLUMES.length() + 1;
    int end = start + VOLUME_CHARS;
    if (!path.startsWith(VOLUMES + "/") || path.length() <= end || path.charAt(end) != '/') {
      return List.of();
    }
    return id(path.substring(start, end), VolumeId::parse)
        .map(volume -> below(volume, path.substring(end + 1)))
        .orElse(List.of());
  }

  private static List<Route> below(VolumeId volume, String rest) {
    return switch (rest) {
      case "info" -> List.of(new Route.Info(volume));
      case "changes" -> List.of(new Route.Changes(volume));
      case "log" -> List.of(new Route.Log(volume));
      case "state" -> List.of(new Route.State(volume));
      case "uploads" -> List.of(new Route.Uploads(volume));
      case "commits" -> List.of(new Route.Commits(volume));
      case "fork" -> List.of(new Route.Fork(volume));
      case "retain" -> List.of(new Route.Retain(volume));
      case "waiting" -> List.of(new Route.Waiting(volume));
      case "delete" -> List.of(new Route.Delete(volume));
      default -> objects(volume, rest);
    };
  }

  private static List<Route> objects(VolumeId volume, String rest) {
    if (rest.startsWith("segments/")) {
      return id(rest.substring("segments/".length()), SegmentId::parse)
          .<List<Route>>map(segment -> List.of(new Route.SegmentRange(volume, segment)))
          .orElse(List.of());
    }
    if (rest.startsWith("uploads/")) {
      return id(rest.substring("uploads/".length()), SegmentId::parse)
          .<List<Route>>map(segment -> List.of(new Route.Upload(volume, segment)))
          .orElse(List.of());
    }
    if (rest.startsWith("log/")) {
      return lsn(rest.substring("log/".length()))
          .<List<Route>>map(lsn -> List.of(new Route.LogRange(volume, lsn)))
          .orElse(List.of());
    }
    return List.of();
  }

  private static Optional<Lsn> lsn(String digits) {
    if (digits.length() != LSN_DIGITS || !digits.chars().allMatch(RoutePath::isHexDigit)) {
      return Optional.empty();
    }
    return Optional.of(new Lsn(~Long.parseUnsignedLong(digits, 16)));
  }

  private static boolean isHexDigit(int c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  }

  private static <T> Optional<T> id(String text, Function<String, T> parse) {
    try {
      return Optional.of(parse.apply(text));
    } catch (GraftException.Misuse e) {
      return Optional.empty();
    }
  }
}
