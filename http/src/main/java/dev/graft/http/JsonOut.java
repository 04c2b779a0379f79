package dev.graft.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSize;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;

/** Writes the members of one body, each type in the one form that {@link JsonObject} reads. */
final class JsonOut {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final int LAST_YEAR = 9999;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
  private final JsonGenerator out;

  JsonOut() {
    try {
      this.out = FACTORY.createGenerator(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The whole: one object with what the writer writes. */
  static byte[] object(Members members) {
    JsonOut out = new JsonOut();
    out.io(() -> {
      out.out.writeStartObject();
      members.write(out);
      out.out.writeEndObject();
      out.out.close();
    });
    return out.bytes.toByteArray();
  }

  JsonOut text(String member, Object value) {
    return io(() -> out.writeStringField(member, value.toString()));
  }

  JsonOut flag(String member, boolean value) {
    return io(() -> out.writeBooleanField(member, value));
  }

  JsonOut number(String member, long value) {
    return io(() -> out.writeNumberField(member, value));
  }

  JsonOut u64(String member, long value) {
    return text(member, Long.toUnsignedString(value));
  }

  JsonOut lsn(String member, Lsn lsn) {
    return u64(member, lsn.value());
  }

  JsonOut pageSize(String member, PageSize size) {
    return number(member, size.bytes());
  }

  JsonOut pageCount(String member, PageCount count) {
    return number(member, count.value());
  }

  JsonOut hash(String member, Hash hash) {
    return text(member, hash);
  }

  JsonOut time(String member, Instant time) {
    int year = time.atOffset(ZoneOffset.UTC).getYear();
    if (year < 0 || year > LAST_YEAR) {
      throw new GraftException.Misuse("time " + time + " is too far off to be sent");
    }
    return text(member, time);
  }

  JsonOut millis(String member, Duration duration) {
    return number(member, duration.toMillis());
  }

  JsonOut bytes(String member, byte[] value) {
    return text(member, Base64.getEncoder().encodeToString(value));
  }

  JsonOut position(String member, Position position) {
    return object(member, in -> in.lsn("lsn", position.lsn()).hash("hash", position.hash()));
  }

  JsonOut object(String member, Members members) {
    return io(() -> {
      out.writeObjectFieldStart(member);
      members.write(this);
      out.writeEndObject();
    });
  }

  <T> JsonOut objects(String member, List<T> all, Each<T> each) {
    return io(() -> {
      out.writeArrayFieldStart(member);
      for (T value : all) {
        out.writeStartObject();
        each.write(this, value);
        out.writeEndObject();
      }
      out.writeEndArray();
    });
  }

  JsonOut texts(String member, List<?> all) {
    return io(() -> {
      out.writeArrayFieldStart(member);
      for (Object value : all) {
        out.writeString(value.toString());
      }
      out.writeEndArray();
    });
  }

  JsonOut manyBytes(String member, List<byte[]> all) {
    return texts(member, all.stream().map(Base64.getEncoder()::encodeToString).toList());
  }

  /** Writes members. */
  interface Members {
    void write(JsonOut out);
  }

  /** Writes the members of one of many. */
  interface Each<T> {
    void write(JsonOut out, T value);
  }

  private interface Step {
    void run() throws IOException;
  }

  private JsonOut io(Step step) {
    try {
      step.run();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
  }
}
