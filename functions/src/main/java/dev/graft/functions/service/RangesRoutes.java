package dev.graft.functions.service;

import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.http.Headers;
import dev.graft.http.HttpLimits;
import dev.graft.http.Problem;
import dev.graft.http.Route;
import dev.graft.protocol.error.GraftException.Code;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Bytes of immutable objects, where no edge brings them. */
final class RangesRoutes {
  /** One range with both ends; no object has more than 2^53 bytes. */
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d{1,15})-(\\d{1,15})");

  private static final int OK = 200;
  private static final int PARTIAL = 206;

  private final Backend backend;

  RangesRoutes(Backend backend) {
    this.backend = backend;
  }

  private record Asked(long first, int most) {}

  Answer answer(Route.OfObject route, Request request) {
    ObjectStore store =
        switch (route) {
          case Route.LogRange _ -> backend.log();
          case Route.SegmentRange _ -> backend.bulk();
        };
    ObjectKey key = CommitRoutes.key(route);
    if (request.method().equals("HEAD")) {
      return head(store.get(key, 0, 0), key);
    }
    Optional<Asked> asked = asked(request);
    Asked range = asked.orElse(new Asked(0, HttpLimits.MAX_RANGE_BYTES));
    return switch (store.get(key, range.first(), range.most())) {
      case GetOutcome.Missing() -> throw missing(key);
      case GetOutcome.Found(byte[] bytes, long total) ->
          asked.isPresent() ? part(range, bytes, total, key) : whole(bytes, total, key);
    };
  }

  private static Optional<Asked> asked(Request request) {
    String header = request.header(Headers.RANGE);
    if (header == null) {
      return Optional.empty();
    }
    Matcher range = RANGE.matcher(header);
    if (range.matches()) {
      long first = Long.parseLong(range.group(1));
      long last = Long.parseLong(range.group(2));
      if (first <= last) {
        return Optional.of(
            new Asked(first, (int) Math.min(last - first + 1, HttpLimits.MAX_RANGE_BYTES)));
      }
    }
    throw Refusal.misuse(400, "a range is bytes=FIRST-LAST, one at a time");
  }

  private static Answer head(GetOutcome outcome, ObjectKey key) {
    return switch (outcome) {
      case GetOutcome.Missing() -> throw missing(key);
      case GetOutcome.Found(byte[] none, long total) ->
          new Answer(OK, headers(), new byte[0]).with("content-length", Long.toString(total));
    };
  }

  private static Answer part(Asked asked, byte[] bytes, long total, ObjectKey key) {
    if (bytes.length == 0) {
      throw new Refusal(
          Problem.of(Code.MISUSE, 416, key + " has " + total + " bytes, and none in this range"),
          Map.of(Headers.CONTENT_RANGE, "bytes */" + total));
    }
    String range =
        "bytes " + asked.first() + "-" + (asked.first() + bytes.length - 1) + "/" + total;
    return new Answer(PARTIAL, headers(), bytes).with(Headers.CONTENT_RANGE, range);
  }

  private static Answer whole(byte[] bytes, long total, ObjectKey key) {
    if (bytes.length < total) {
      throw Refusal.misuse(
          400,
          key
              + " has "
              + total
              + " bytes, and a function answers at most "
              + HttpLimits.MAX_RANGE_BYTES
              + ": ask for ranges");
    }
    return new Answer(OK, headers(), bytes);
  }

  private static Map<String, String> headers() {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put(Headers.CONTENT_TYPE, Headers.BYTES);
    headers.put(Headers.CACHE_CONTROL, Headers.FOR_EVER);
    headers.put("accept-ranges", "bytes");
    return headers;
  }

  private static Refusal missing(ObjectKey key) {
    return new Refusal(
        Problem.of(
            Code.NOT_FOUND,
            404,
            key + " is not here; ask for the same LSN again, it may lie elsewhere"));
  }
}
