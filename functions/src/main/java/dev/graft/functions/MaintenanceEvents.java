package dev.graft.functions;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.graft.engine.UpkeepTask;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The events of the maintenance function: {@code {"task": "after-commit", "volume", "lsn"}}, {@code
 * {"task": "fill", "volume", "blocks": [["1", "32"]]}}, {@code {"task": "trim", "volume"}}, {@code
 * {"task": "sweep", "after"?}}, which {@code {"sweep": true}} begins, too, and {@code {"task":
 * "edge"}}. Other members are not looked at: schedules add their own.
 */
final class MaintenanceEvents {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int MAX_BYTES = 1 << 16;

  private MaintenanceEvents() {}

  /** One event. */
  sealed interface Event {}

  /** Upkeep of one volume. */
  record Task(UpkeepTask task) implements Event {}

  /** A look after all volumes, from behind one on. */
  record SweepAll(@Nullable VolumeId after) implements Event {}

  /** Keys and revocations are to be brought to the edge. */
  record BringToEdge() implements Event {}

  static byte[] encode(Event event) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = JSON.createGenerator(bytes)) {
      out.writeStartObject();
      switch (event) {
        case SweepAll(VolumeId after) -> {
          out.writeStringField("task", "sweep");
          if (after != null) {
            out.writeStringField("after", after.toString());
          }
        }
        case BringToEdge() -> out.writeStringField("task", "edge");
        case Task(UpkeepTask task) -> write(out, task);
      }
      out.writeEndObject();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  private static void write(JsonGenerator out, UpkeepTask task) throws IOException {
    switch (task) {
      case UpkeepTask.AfterCommit(VolumeId volume, Lsn lsn) -> {
        out.writeStringField("task", "after-commit");
        out.writeStringField("lsn", lsn.toString());
      }
      case UpkeepTask.Fill(VolumeId volume, List<UpkeepTask.Span> blocks) -> {
        out.writeStringField("task", "fill");
        out.writeArrayFieldStart("blocks");
        for (UpkeepTask.Span block : blocks) {
          String[] ends = {block.first().toString(), block.last().toString()};
          out.writeArray(ends, 0, 2);
        }
        out.writeEndArray();
      }
      case UpkeepTask.Trim(VolumeId volume) -> out.writeStringField("task", "trim");
    }
    out.writeStringField("volume", task.volume().toString());
  }

  /**
   * Reads an event.
   *
   * @throws GraftException.Misuse when it is none
   */
  static Event decode(byte[] event) {
    if (event.length > MAX_BYTES) {
      throw new GraftException.Misuse(
          "an event of the maintenance function has at most " + MAX_BYTES + " bytes");
    }
    Members members = new Members();
    try (JsonParser in = JSON.createParser(event)) {
      members.read(in);
    } catch (IOException e) {
      throw new GraftException.Misuse("the event is no JSON object of the maintenance function");
    }
    return members.event();
  }

  private static final class Members {
    private @Nullable String task;
    private @Nullable String volume;
    private @Nullable String lsn;
    private @Nullable String after;
    private final List<String> ends = new ArrayList<>();

    void read(JsonParser in) throws IOException {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("no object");
      }
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String name = in.currentName();
        JsonToken value = in.nextToken();
        switch (name) {
          case "task" -> task = text(in, value);
          case "volume" -> volume = text(in, value);
          case "lsn" -> lsn = text(in, value);
          case "after" -> after = text(in, value);
          case "sweep" -> task = value == JsonToken.VALUE_TRUE ? "sweep" : task;
          case "blocks" -> blocks(in, value);
          default -> in.skipChildren();
        }
      }
      if (in.currentToken() != JsonToken.END_OBJECT) {
        throw new IOException("cut off");
      }
    }

    private static String text(JsonParser in, JsonToken value) throws IOException {
      if (value != JsonToken.VALUE_STRING) {
        throw new IOException("no text");
      }
      return in.getText();
    }

    private void blocks(JsonParser in, JsonToken start) throws IOException {
      if (start != JsonToken.START_ARRAY) {
        throw new IOException("no list");
      }
      while (in.nextToken() == JsonToken.START_ARRAY) {
        ends.add(text(in, in.nextToken()));
        ends.add(text(in, in.nextToken()));
        if (in.nextToken() != JsonToken.END_ARRAY || ends.size() > 2 * UpkeepTask.Fill.MAX_BLOCKS) {
          throw new IOException("no block");
        }
      }
      if (in.currentToken() != JsonToken.END_ARRAY) {
        throw new IOException("no list of blocks");
      }
    }

    Event event() {
      return switch (task == null ? "" : task) {
        case "sweep" -> new SweepAll(after == null ? null : VolumeId.parse(after));
        case "edge" -> new BringToEdge();
        case "trim" -> new Task(new UpkeepTask.Trim(need("volume", volume, VolumeId::parse)));
        case "after-commit" ->
            new Task(
                new UpkeepTask.AfterCommit(
                    need("volume", volume, VolumeId::parse), need("lsn", lsn, Members::lsn)));
        case "fill" ->
            new Task(new UpkeepTask.Fill(need("volume", volume, VolumeId::parse), spans()));
        default ->
            throw new GraftException.Misuse(
                "the maintenance function knows the tasks after-commit, fill, trim, sweep and"
                    + " edge");
      };
    }

    private List<UpkeepTask.Span> spans() {
      List<UpkeepTask.Span> spans = new ArrayList<>();
      for (int i = 0; i < ends.size(); i += 2) {
        spans.add(new UpkeepTask.Span(lsn(ends.get(i)), lsn(ends.get(i + 1))));
      }
      return spans;
    }

    private static Lsn lsn(String text) {
      try {
        return new Lsn(Long.parseUnsignedLong(text));
      } catch (NumberFormatException e) {
        throw new GraftException.Misuse("an LSN is a decimal number in text");
      }
    }

    private static <T> T need(String name, @Nullable String text, Function<String, T> parse) {
      if (text == null) {
        throw new GraftException.Misuse("the event names no " + name);
      }
      return parse.apply(text);
    }
  }
}
