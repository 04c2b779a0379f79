package dev.graft.client.http;

import dev.graft.client.http.Attempts.AgainException;
import dev.graft.http.Headers;
import dev.graft.http.Route;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.ObjectNames;
import dev.graft.protocol.remote.RangeOutcome;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/**
 * Reads ranges of objects, whichever right form the answer has: the range, a larger one, a smaller
 * one (then it asks on), or the whole object, of which no more is held than was asked for.
 */
final class RangeReader {
  private final RemoteAddress address;
  private final Transport transport;
  private final Questions questions;
  private final Attempts attempts;
  private final Answers answers;
  private final Traffic traffic;

  RangeReader(
      RemoteAddress address,
      Transport transport,
      Questions questions,
      Attempts attempts,
      Answers answers,
      Traffic traffic) {
    this.address = address;
    this.transport = transport;
    this.questions = questions;
    this.attempts = attempts;
    this.answers = answers;
    this.traffic = traffic;
  }

  /** See {@link dev.graft.protocol.remote.Remote#readRange}. */
  RangeOutcome read(FrameOwner owner, long offset, int length) {
    Wanted wanted = new Wanted(owner, offset, length);
    while (!wanted.isFull()) {
      if (!part(wanted)) {
        return new RangeOutcome.Missing();
      }
    }
    return new RangeOutcome.Found(wanted.bytes);
  }

  /** Brings at least one byte more; false when there is no such object. */
  private boolean part(Wanted wanted) {
    Route route = Route.of(wanted.owner);
    return attempts.untilAnswered(
        1,
        timeout -> {
          Map<String, String> headers = questions.headers(wanted.owner.volume());
          headers.put(Headers.RANGE, "bytes=" + wanted.next() + "-" + (wanted.end() - 1));
          traffic.sent(0);
          int before = wanted.filled;
          try {
            return Received.of(
                transport,
                new Transport.Request("GET", address.of(route), headers, null, timeout),
                answer -> take(wanted, answer));
          } finally {
            traffic.received(wanted.filled - before);
          }
        });
  }

  private boolean take(Wanted wanted, Transport.Answer answer) throws IOException, AgainException {
    answers.noteTime(answer);
    switch (answer.status()) {
      case 206 -> {
        ContentRange range = ContentRange.parse(answer.header(Headers.CONTENT_RANGE));
        if (range == null || range.first() > wanted.next() || range.last() < wanted.next()) {
          throw new IOException("it brings another range than was asked for");
        }
        wanted.requireWithin(range.totalBytes());
        wanted.fill(answer.body(), range.first(), range.last() + 1);
        return true;
      }
      case 200 -> {
        requireBytes(answer);
        long total = Answers.contentLength(answer);
        if (total >= 0) {
          wanted.requireWithin(total);
        }
        wanted.fill(answer.body(), 0, Long.MAX_VALUE);
        return true;
      }
      case 404 -> {
        return false;
      }
      case 416 ->
          throw new GraftException.Corrupt(
              ObjectNames.of(wanted.owner)
                  + " has no byte "
                  + wanted.next()
                  + ": it is damaged, or a foreign object");
      default -> throw answers.outcome(answer).toException();
    }
  }

  /** A page of somebody on the way, such as a network's log-in, is no object. */
  private void requireBytes(Transport.Answer answer) throws AgainException {
    String type = answer.header(Headers.CONTENT_TYPE);
    if (type != null && (type.startsWith("text/") || type.startsWith(Headers.JSON))) {
      throw new AgainException(
          new GraftException.Unavailable(
              address + " answers a range with " + type + ": is the address right?"),
          null,
          false);
    }
  }

  /** What is wanted, and how much of it has come. Of one thread. */
  private static final class Wanted {
    final FrameOwner owner;
    final byte[] bytes;
    private final long offset;
    private int filled;

    Wanted(FrameOwner owner, long offset, int length) {
      this.owner = owner;
      this.offset = offset;
      this.bytes = new byte[length];
    }

    boolean isFull() {
      return filled == bytes.length;
    }

    long next() {
      return offset + filled;
    }

    long end() {
      return offset + bytes.length;
    }

    void requireWithin(long totalBytes) {
      if (end() > totalBytes) {
        throw new GraftException.Corrupt(
            ObjectNames.of(owner)
                + " ends at byte "
                + totalBytes
                + ", before the end of the asked "
                + bytes.length
                + " bytes at "
                + offset);
      }
    }

    /** Takes what it needs of a body that begins and ends at these bytes of the object. */
    void fill(InputStream body, long first, long end) throws IOException {
      body.skipNBytes(next() - first);
      int until = (int) (Math.min(end, end()) - offset);
      while (filled < until) {
        int read = body.read(bytes, filled, until - filled);
        if (read < 0) {
          throw new EOFException("the range ended early");
        }
        filled += read;
      }
    }
  }
}
