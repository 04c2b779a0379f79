package dev.graft.localstack.web;

import dev.graft.protocol.error.GraftException.Code;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What comes before a body (RFC 9112, sections 2 to 6), read strictly: what the RFC lets a server
 * forgive is refused here, so that nobody behind it reads a request in another way.
 *
 * @param path see {@link WebRequest}
 * @param isOld whether it is HTTP/1.0, which keeps no connection open
 * @param length of the body, or {@link Incoming#UNKNOWN} when it comes in chunks
 */
record RequestHead(
    String method,
    String path,
    String query,
    Map<String, String> headers,
    boolean isOld,
    long length) {
  private static final int MAX_LINE_BYTES = 8 * 1024;
  private static final int MAX_HEAD_BYTES = 32 * 1024;
  private static final int MAX_HEADERS = 100;

  /** Empty lines before a request, which old clients send, are passed over up to this many. */
  private static final int MAX_EMPTY_LINES = 2;

  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}");
  private static final Pattern METHOD = Pattern.compile("[A-Za-z]{1,32}");
  private static final Pattern TARGET = Pattern.compile("[!-~]{1,8192}");
  private static final Pattern VALUE = Pattern.compile("[\\t -~\\x80-\\xff]*");
  private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");
  private static final Set<String> ONCE =
      Set.of("host", "content-length", "transfer-encoding", "expect");
  private static final String ABSOLUTE = "http://";

  /**
   * Reads one.
   *
   * @throws RefusedException when it is none
   */
  static RequestHead read(TimedInput in) throws IOException {
    Lines lines = new Lines(in);
    String line = lines.next(414, "the request line");
    for (int i = 0; i < MAX_EMPTY_LINES && line.isEmpty(); i++) {
      line = lines.next(414, "the request line");
    }
    String[] words = line.split(" ", -1);
    if (words.length != 3
        || !METHOD.matcher(words[0]).matches()
        || !TARGET.matcher(words[1]).matches()) {
      throw RefusedException.malformed(
          "the request line has to be a method, a path of printable ASCII and HTTP/1.1");
    }
    if (!words[2].equals("HTTP/1.1") && !words[2].equals("HTTP/1.0")) {
      throw RefusedException.malformed("only HTTP/1.1 is spoken here");
    }
    boolean isOld = words[2].equals("HTTP/1.0");
    Map<String, String> headers = headers(lines);
    if (!isOld && !headers.containsKey("host")) {
      throw RefusedException.malformed("a request of HTTP/1.1 needs the header host");
    }
    String target = withoutHost(words[1]);
    int mark = target.indexOf('?');
    boolean hasQuery = mark >= 0 && mark < target.length() - 1;
    return new RequestHead(
        words[0],
        hasQuery ? target.substring(0, mark) : target,
        hasQuery ? target.substring(mark + 1) : "",
        Map.copyOf(headers),
        isOld,
        length(headers));
  }

  /** Whether the client wants the connection to end with the answer. */
  boolean isLast() {
    return isOld
        || headers.getOrDefault("connection", "").toLowerCase(Locale.ROOT).contains("close");
  }

  /** A target may name the host as well, which counts for nothing here. */
  private static String withoutHost(String target) {
    if (!target.startsWith(ABSOLUTE)) {
      return target;
    }
    int slash = target.indexOf('/', ABSOLUTE.length());
    return slash < 0 ? "/" : target.substring(slash);
  }

  private static Map<String, String> headers(Lines lines) throws IOException {
    Map<String, String> headers = new HashMap<>();
    int count = 0;
    for (String line = lines.next(431, "a header");
        !line.isEmpty();
        line = lines.next(431, "a header")) {
      int colon = line.indexOf(':');
      if (colon < 0 || !TOKEN.matcher(line.substring(0, colon)).matches()) {
        throw RefusedException.malformed("a header has to be a name, a colon and a value");
      }
      String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
      String value = line.substring(colon + 1);
      if (!VALUE.matcher(value).matches()) {
        throw RefusedException.malformed("the value of a header holds control characters");
      }
      if (++count > MAX_HEADERS) {
        throw RefusedException.of(431, Code.MISUSE, "more than " + MAX_HEADERS + " headers");
      }
      if (headers.containsKey(name) && ONCE.contains(name)) {
        throw RefusedException.malformed("the header " + name + " is there twice");
      }
      headers.merge(name, value.strip(), (one, other) -> one + "," + other);
    }
    return headers;
  }

  private static long length(Map<String, String> headers) {
    String coding = headers.get("transfer-encoding");
    String length = headers.get("content-length");
    if (coding != null) {
      if (length != null) {
        throw RefusedException.malformed("content-length and transfer-encoding exclude each other");
      }
      if (!coding.equalsIgnoreCase("chunked")) {
        throw RefusedException.malformed("the only transfer-encoding taken here is chunked");
      }
      return Incoming.UNKNOWN;
    }
    if (length == null) {
      return 0;
    }
    if (!LENGTH.matcher(length).matches()) {
      throw RefusedException.malformed("content-length has to be a number of bytes");
    }
    return Long.parseLong(length);
  }

  /** The lines of a head, all together no longer than a head may be. */
  static final class Lines {
    private final TimedInput in;
    private int left = MAX_HEAD_BYTES;

    Lines(TimedInput in) {
      this.in = in;
    }

    /**
     * The next one, without its end.
     *
     * @param tooLong the status when it is
     */
    String next(int tooLong, String what) throws IOException {
      byte[] line = new byte[128];
      int length = 0;
      for (int b = in.take(); b != '\r'; b = in.take()) {
        if (b == '\n') {
          throw RefusedException.malformed("lines have to end with CR and LF");
        }
        if (--left < 0 || length == MAX_LINE_BYTES) {
          throw RefusedException.of(tooLong, Code.MISUSE, what + " is too long");
        }
        if (length == line.length) {
          line = java.util.Arrays.copyOf(line, length * 2);
        }
        line[length++] = (byte) b;
      }
      if (in.take() != '\n') {
        throw RefusedException.malformed("lines have to end with CR and LF");
      }
      return new String(line, 0, length, StandardCharsets.ISO_8859_1);
    }
  }
}
