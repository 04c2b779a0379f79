package dev.graft.s3;

import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Reads ranges of objects, whatever the store makes of them: the range asked for, a larger one, a
 * shorter one, or the whole object. Never holds more than what was asked for.
 */
final class RangeReader {
  /** How many answers that each bring less than asked for are put together. */
  private static final int MAX_ANSWERS = 64;

  /** So much is read to the end, so that the connection can be used again. */
  private static final int WORTH_DRAINING = 64 << 10;

  private static final int PIECE_BYTES = 64 << 10;
  private static final byte[] NOTHING = {};

  private final S3Client client;
  private final S3Settings settings;
  private final S3Failures failures;

  RangeReader(S3Client client, S3Settings settings, S3Failures failures) {
    this.client = client;
    this.settings = settings;
    this.failures = failures;
  }

  /** See {@link dev.graft.engine.store.ObjectStore#get}. */
  GetOutcome get(ObjectKey key, long offset, int maxBytes) {
    if (maxBytes == 0) {
      return lengthOf(key);
    }
    byte[] bytes = NOTHING;
    for (int answers = 0; answers < MAX_ANSWERS; answers++) {
      long at = offset + bytes.length;
      Answer answer = ask(key, at, maxBytes - bytes.length);
      switch (answer) {
        case Answer.None() -> {
          return new GetOutcome.Missing();
        }
        case Answer.Beyond(long total) -> {
          return new GetOutcome.Found(bytes, total);
        }
        case Answer.Part(byte[] part, long total) -> {
          bytes = bytes.length == 0 ? part : joined(bytes, part);
          if (bytes.length == maxBytes || offset + bytes.length >= total) {
            return new GetOutcome.Found(bytes, total);
          }
        }
      }
    }
    throw new GraftException.Unavailable(
        "the store gives " + key + " in more than " + MAX_ANSWERS + " pieces");
  }

  private static byte[] joined(byte[] one, byte[] two) {
    byte[] both = Arrays.copyOf(one, one.length + two.length);
    System.arraycopy(two, 0, both, one.length, two.length);
    return both;
  }

  /** By reading a byte: an answer to HEAD could not say whether object or bucket is missing. */
  private GetOutcome lengthOf(ObjectKey key) {
    return switch (ask(key, 0, 1)) {
      case Answer.None() -> new GetOutcome.Missing();
      case Answer.Beyond(long total) -> new GetOutcome.Found(NOTHING, total);
      case Answer.Part(byte[] part, long total) -> new GetOutcome.Found(NOTHING, total);
    };
  }

  /** The SHA-256 of a whole object, piece by piece. */
  Optional<Hash> digest(ObjectKey key) {
    try (ResponseInputStream<GetObjectResponse> body =
        client.getObject(b -> b.bucket(settings.bucket()).key(settings.prefix() + key))) {
      MessageDigest digest = Hash.newDigest();
      byte[] piece = new byte[PIECE_BYTES];
      long left = lengthOf(body);
      while (left > 0) {
        int count = read(body, piece, 0, (int) Math.min(piece.length, left));
        digest.update(piece, 0, count);
        left -= count;
      }
      return Optional.of(Hash.of(digest.digest()));
    } catch (S3Exception e) {
      if (isMissing(e)) {
        return Optional.empty();
      }
      throw failures.of("read " + key, e);
    } catch (IOException e) {
      throw cut(key, e);
    } catch (RuntimeException e) {
      throw wrapped(key, e);
    }
  }

  /** One answer of the store. */
  private sealed interface Answer {
    record None() implements Answer {}

    /** There is no byte at the offset or behind it. */
    record Beyond(long total) implements Answer {}

    /** At least one byte, from the offset on. */
    record Part(byte[] bytes, long total) implements Answer {}
  }

  private Answer ask(ObjectKey key, long offset, int maxBytes) {
    String range = "bytes=" + offset + "-" + (offset + maxBytes - 1);
    try (ResponseInputStream<GetObjectResponse> body =
        client.getObject(
            b -> b.bucket(settings.bucket()).key(settings.prefix() + key).range(range))) {
      return part(key, body, offset, maxBytes);
    } catch (S3Exception e) {
      if (isMissing(e)) {
        return new Answer.None();
      }
      if (e.statusCode() == 416) {
        return beyond(key, offset, e);
      }
      throw failures.of("read " + key, e);
    } catch (IOException e) {
      throw cut(key, e);
    } catch (RuntimeException e) {
      throw wrapped(key, e);
    }
  }

  private static boolean isMissing(S3Exception e) {
    return e.statusCode() == 404 && S3Failures.codeOf(e).equals("NoSuchKey");
  }

  private GraftException wrapped(ObjectKey key, RuntimeException e) {
    return e instanceof GraftException known ? known : failures.of("read " + key, e);
  }

  private static GraftException cut(ObjectKey key, IOException e) {
    return new GraftException.Unavailable(
        "the answer with " + key + " broke off: " + e.getMessage(), e);
  }

  private Answer beyond(ObjectKey key, long offset, S3Exception e) {
    Optional<Long> said = ContentRange.parseTotal(S3Failures.header(e, "content-range", ""));
    if (said.isPresent()) {
      return new Answer.Beyond(said.get());
    }
    // Without the header the length is asked for; of an empty object no byte can be had.
    return offset == 0
        ? new Answer.Beyond(0)
        : switch (ask(key, 0, 1)) {
          case Answer.Part(byte[] first, long total) -> new Answer.Beyond(total);
          case Answer other -> other;
        };
  }

  private Answer part(
      ObjectKey key, ResponseInputStream<GetObjectResponse> body, long offset, int maxBytes)
      throws IOException {
    ContentRange held = held(key, body);
    if (held.start() > offset) {
      body.abort();
      throw new GraftException.Unavailable(
          "asked for bytes from " + offset + " of " + key + " and got those from " + held.start());
    }
    int length = (int) Math.min(held.end() - offset, maxBytes);
    if (length <= 0) {
      body.abort();
      if (offset >= held.total()) {
        return new Answer.Beyond(held.total());
      }
      throw new GraftException.Unavailable(
          "asked for bytes from " + offset + " of " + key + " and got those to " + held.end());
    }
    body.skipNBytes(offset - held.start());
    byte[] bytes = new byte[length];
    for (int at = 0; at < length; ) {
      at += read(body, bytes, at, length - at);
    }
    finish(body, held.end() - offset - length);
    return new Answer.Part(bytes, held.total());
  }

  private static ContentRange held(ObjectKey key, ResponseInputStream<GetObjectResponse> body) {
    GetObjectResponse head = body.response();
    if (head.sdkHttpResponse().statusCode() != 206) {
      long total = lengthOf(body);
      return new ContentRange(0, total, total);
    }
    String header = Objects.requireNonNullElse(head.contentRange(), "");
    return ContentRange.parse(header)
        .orElseThrow(() ->
            new GraftException.Unavailable(
                "the answer with a range of " + key + " says '" + header + "' of it"));
  }

  private static long lengthOf(ResponseInputStream<GetObjectResponse> body) {
    Long length = body.response().contentLength();
    if (length == null) {
      body.abort();
      throw new GraftException.Unavailable("the store does not say how long an object is");
    }
    return length;
  }

  private static int read(InputStream body, byte[] bytes, int at, int length) throws IOException {
    int count = body.read(bytes, at, length);
    if (count < 0) {
      throw new IOException("its bytes ended too early");
    }
    return count;
  }

  private static void finish(ResponseInputStream<GetObjectResponse> body, long left)
      throws IOException {
    if (left > WORTH_DRAINING) {
      body.abort();
    } else {
      body.skip(left);
      if (body.read() >= 0 || left < 0) {
        body.abort();
      }
    }
  }
}
