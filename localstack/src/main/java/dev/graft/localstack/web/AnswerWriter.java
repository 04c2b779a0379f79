package dev.graft.localstack.web;

import dev.graft.http.Headers;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Puts answers on a connection. */
final class AnswerWriter {
  private static final int BUFFER_BYTES = 16 * 1024;
  private static final Pattern VALUE = Pattern.compile("[\\t -~\\x80-\\xff]*");
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.RFC_1123_DATE_TIME.withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private static final Map<Integer, String> REASONS =
      Map.ofEntries(
          Map.entry(200, "OK"),
          Map.entry(206, "Partial Content"),
          Map.entry(400, "Bad Request"),
          Map.entry(401, "Unauthorized"),
          Map.entry(403, "Forbidden"),
          Map.entry(404, "Not Found"),
          Map.entry(405, "Method Not Allowed"),
          Map.entry(408, "Request Timeout"),
          Map.entry(409, "Conflict"),
          Map.entry(410, "Gone"),
          Map.entry(412, "Precondition Failed"),
          Map.entry(413, "Content Too Large"),
          Map.entry(414, "URI Too Long"),
          Map.entry(415, "Unsupported Media Type"),
          Map.entry(416, "Range Not Satisfiable"),
          Map.entry(417, "Expectation Failed"),
          Map.entry(429, "Too Many Requests"),
          Map.entry(431, "Request Header Fields Too Large"),
          Map.entry(500, "Internal Server Error"),
          Map.entry(502, "Bad Gateway"),
          Map.entry(503, "Service Unavailable"),
          Map.entry(504, "Gateway Timeout"));

  private final OutputStream out;
  private final InstantSource clock;

  AnswerWriter(OutputStream out, InstantSource clock) {
    this.out = new BufferedOutputStream(out, BUFFER_BYTES);
    this.clock = clock;
  }

  /** Tells the client to send its body. */
  void invite() throws IOException {
    out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  /**
   * Sends an answer. What every answer has is added: the time, and the name of the request.
   *
   * @param head of the request; null when it could not be read
   * @param isLast whether the connection ends with it
   * @param atMost bytes of the body after which it breaks off
   * @throws IOException when it did, or the other side is gone: the connection is of no more use
   */
  void write(@Nullable RequestHead head, WebAnswer.Response answer, boolean isLast, long atMost)
      throws IOException {
    long length = answer.body().length();
    out.write(head(head, answer, isLast, length).getBytes(StandardCharsets.ISO_8859_1));
    boolean isHead = head != null && head.method().equals("HEAD");
    if (!isHead && length > 0) {
      Counted counted = new Counted(out, Math.min(length, atMost));
      try {
        answer.body().writeTo(counted);
      } finally {
        out.flush();
      }
      if (counted.left > 0) {
        throw new IOException("the body is shorter than it said");
      }
    }
    out.flush();
  }

  private String head(
      @Nullable RequestHead head, WebAnswer.Response answer, boolean isLast, long length)
      throws IOException {
    Instant now = clock.instant();
    StringBuilder text = new StringBuilder("HTTP/1.1 ").append(answer.status()).append(' ');
    text.append(REASONS.getOrDefault(answer.status(), "Other")).append("\r\n");
    header(text, "date", DATE.format(now));
    for (Map.Entry<String, String> header : answer.headers().entrySet()) {
      header(text, header.getKey(), header.getValue());
    }
    if (!answer.headers().containsKey(Headers.TIME)) {
      header(text, Headers.TIME, TIME.format(now));
    }
    String asked = head == null ? "" : head.headers().getOrDefault(Headers.REQUEST, "");
    if (!answer.headers().containsKey(Headers.REQUEST) && Headers.isRequestName(asked)) {
      header(text, Headers.REQUEST, asked);
    }
    header(text, "content-length", Long.toString(length));
    if (isLast) {
      header(text, "connection", "close");
    }
    return text.append("\r\n").toString();
  }

  private static void header(StringBuilder text, String name, String value) throws IOException {
    if (!VALUE.matcher(value).matches()) {
      throw new IOException("the header " + name + " of an answer holds control characters");
    }
    text.append(name).append(": ").append(value).append("\r\n");
  }

  /** Fails when the limit is reached, so that the answer breaks off there. */
  private static final class Counted extends FilterOutputStream {
    private long left;

    Counted(OutputStream out, long atMost) {
      super(out);
      this.left = atMost;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      int fits = (int) Math.min(length, left);
      out.write(bytes, offset, fits);
      left -= fits;
      if (fits < length) {
        throw new IOException("the answer breaks off here");
      }
    }
  }
}
