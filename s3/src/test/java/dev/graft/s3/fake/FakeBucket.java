package dev.graft.s3.fake;

import dev.graft.protocol.id.Hash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The objects of a bucket, and what S3 does with them when all goes well. Thread-safe. */
final class FakeBucket {
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d{1,18})-(\\d{0,18})");

  /** As PUT left it. */
  record Stored(byte[] bytes, Map<String, String> headers) {}

  private final String name;
  private final ConcurrentNavigableMap<String, Stored> objects = new ConcurrentSkipListMap<>();

  FakeBucket(String name) {
    this.name = name;
  }

  ConcurrentNavigableMap<String, Stored> objects() {
    return objects;
  }

  FakeAnswer put(FakeRequest request, boolean conditionalOnly, boolean ignored) throws Refusal {
    String condition = request.header("if-none-match");
    if (!request.header("if-match").isEmpty() || !(condition.isEmpty() || condition.equals("*"))) {
      throw new Refusal(501, "NotImplemented", "A header you provided is not implemented");
    }
    if (conditionalOnly && condition.isEmpty()) {
      throw new Refusal(403, "AccessDenied", "explicit deny in a resource-based policy");
    }
    String sha256 = Base64.getEncoder().encodeToString(Hash.sha256(request.body()).toBytes());
    String said = request.header("x-amz-checksum-sha256");
    if (!said.isEmpty() && !said.equals(sha256)) {
      throw new Refusal(400, "BadDigest", "The SHA256 you specified did not match");
    }
    Map<String, String> kept = new HashMap<>();
    for (String header : List.of("content-type", "cache-control", "x-amz-checksum-sha256")) {
      if (!request.header(header).isEmpty()) {
        kept.put(header, request.header(header));
      }
    }
    Stored stored = new Stored(request.body(), kept);
    if (condition.isEmpty() || ignored) {
      objects.put(request.key(), stored);
    } else if (objects.putIfAbsent(request.key(), stored) != null) {
      throw new Refusal(412, "PreconditionFailed", "At least one of the conditions did not hold");
    }
    return FakeAnswer.of(
        200, Map.of("etag", "\"" + Integer.toHexString(sha256.hashCode()) + "\""), new byte[0]);
  }

  /** Bytes as {@code start..end}, the end left out. */
  private record Span(int start, int end) {}

  FakeAnswer get(FakeRequest request, boolean mayList, @Nullable Fault fault) throws Refusal {
    Stored stored = objects.get(request.key());
    if (stored == null) {
      throw mayList
          ? new Refusal(404, "NoSuchKey", "The specified key does not exist.")
          : new Refusal(403, "AccessDenied", "Access Denied");
    }
    Map<String, String> headers = new HashMap<>(stored.headers());
    headers.put("accept-ranges", "bytes");
    if (!request.header("x-amz-checksum-mode").equalsIgnoreCase("enabled")) {
      headers.remove("x-amz-checksum-sha256");
    }
    int total = stored.bytes().length;
    Matcher range = RANGE.matcher(request.header("range"));
    if (!range.matches() || fault == Fault.WHOLE_OBJECT) {
      return FakeAnswer.of(200, headers, stored.bytes());
    }
    Span span = span(range, total);
    if (fault == Fault.LARGER_RANGE) {
      span = new Span(span.start / 2, Math.min(total, span.end + 7));
    } else if (fault == Fault.SHORTER_RANGE) {
      span = new Span(span.start, span.start + (span.end - span.start + 1) / 2);
    }
    headers.put("content-range", "bytes " + span.start + "-" + (span.end - 1) + "/" + total);
    headers.remove("x-amz-checksum-sha256");
    return FakeAnswer.of(206, headers, Arrays.copyOfRange(stored.bytes(), span.start, span.end));
  }

  private static Span span(Matcher range, int total) throws Refusal {
    long start = Long.parseLong(range.group(1));
    long last = range.group(2).isEmpty() ? Long.MAX_VALUE - 1 : Long.parseLong(range.group(2));
    if (start >= total || last < start) {
      // S3 says the length in the body alone.
      throw new Refusal(416, "InvalidRange", "The requested range is not satisfiable");
    }
    return new Span((int) start, (int) Math.min(last + 1, total));
  }

  FakeAnswer list(FakeRequest request) throws Refusal {
    if (!request.query().getOrDefault("list-type", "").equals("2")) {
      throw new Refusal(501, "NotImplemented", "only ListObjectsV2 is there");
    }
    ListRequest asked = ListRequest.of(request.query());
    List<String> keys = new ArrayList<>();
    boolean inside = asked.after().compareTo(asked.prefix()) >= 0;
    var from =
        inside && !asked.after().isEmpty()
            ? objects.tailMap(asked.after(), false)
            : objects.tailMap(asked.prefix(), true);
    boolean more = false;
    for (String key : from.keySet()) {
      if (!key.startsWith(asked.prefix())) {
        break;
      }
      if (keys.size() == asked.maxKeys()) {
        more = true;
        break;
      }
      keys.add(key);
    }
    return FakeAnswer.xml(200, Xml.listing(name, asked, keys, more && !keys.isEmpty()));
  }
}
