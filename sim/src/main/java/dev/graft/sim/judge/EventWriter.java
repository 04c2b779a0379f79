package dev.graft.sim.judge;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;

/** Events as lines of JSON. */
public final class EventWriter {
  private static final JsonFactory JSON = new JsonFactory();

  private final JsonGenerator json;

  private EventWriter(JsonGenerator json) {
    this.json = json;
  }

  /** One object, without a line's end. */
  public static String line(Event event) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      new EventWriter(json).write(event);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return text.toString();
  }

  private void write(Event event) throws IOException {
    json.writeStringField("event", event.getClass().getSimpleName().toLowerCase(Locale.ROOT));
    json.writeNumberField("time", event.time());
    switch (event) {
      case Event.Told told -> {
        json.writeNumberField("call", told.call());
        json.writeStringField("outcome", name(told.outcome()));
        json.writeNumberField("lsn", told.lsn());
      }
      case Event.Call call -> {
        json.writeNumberField("call", call.call());
        json.writeStringField("session", call.session());
        json.writeStringField("volume", call.volume());
        write(call);
      }
      case Event.Read read -> {
        json.writeStringField("session", read.session());
        json.writeStringField("volume", read.volume());
        json.writeNumberField("began", read.began());
        json.writeStringField("kind", read.kind());
        if (read.asked() >= 0) {
          json.writeNumberField("asked", read.asked());
        }
        view(read.view());
        pages("reads", read.reads());
      }
      case Event.Dated dated -> {
        json.writeStringField("session", dated.session());
        json.writeStringField("volume", dated.volume());
        json.writeNumberField("began", dated.began());
        json.writeNumberField("asked", dated.asked());
        json.writeNumberField("lsn", dated.lsn());
      }
      case Event.Retain retain -> {
        json.writeStringField("volume", retain.volume());
        either("below", retain.below(), "age", retain.age());
      }
      case Event.Gone gone -> {
        json.writeStringField("session", gone.session());
        json.writeStringField("volume", gone.volume());
        either("lsn", gone.lsn(), "asked", gone.asked());
      }
      case Event.Discarded discarded -> {
        json.writeStringField("client", discarded.client());
        names("transactions", discarded.transactions());
      }
      case Event.Standing standing -> {
        json.writeStringField("session", standing.session());
        json.writeStringField("client", standing.client());
        json.writeStringField("volume", standing.volume());
        json.writeNumberField("lsn", standing.lsn());
        names("pending", standing.pending());
      }
      case Event.Shown shown -> {
        json.writeStringField("process", shown.process());
        json.writeStringField("connection", shown.connection());
        json.writeStringField("volume", shown.volume());
        json.writeNumberField("number", shown.number());
        view(shown.view());
      }
      case Event.Claim claim -> {
        json.writeBooleanField("holds", claim.holds());
        json.writeStringField("sentence", claim.sentence());
      }
      case Event.Logged logged -> {
        json.writeStringField("volume", logged.volume());
        json.writeNumberField("lsn", logged.lsn());
        names("transactions", logged.transactions());
        json.writeNumberField("count", logged.count());
        json.writeNumberField("commitTime", logged.commitTime());
        json.writeNumberField("oldestSegment", logged.oldestSegment());
        json.writeNumberField("revertTo", logged.revertTo());
      }
      case Event.Origin origin -> {
        json.writeStringField("volume", origin.volume());
        json.writeStringField("parent", origin.parent());
        json.writeNumberField("lsn", origin.lsn());
      }
    }
  }

  private void write(Event.Call call) throws IOException {
    switch (call) {
      case Event.Commit commit -> {
        json.writeStringField("client", commit.client());
        json.writeStringField("transaction", commit.transaction());
        json.writeStringField("work", commit.work());
        json.writeNumberField("began", commit.began());
        view(commit.view());
        pages("reads", commit.reads());
        if (commit.readSet() != null) {
          json.writeArrayFieldStart("readSet");
          for (long page : commit.readSet()) {
            json.writeNumber(page);
          }
          json.writeEndArray();
        }
        pages("writes", commit.writes());
        json.writeNumberField("count", commit.count());
        json.writeNumberField("smallest", commit.smallest());
        json.writeStringField("durability", name(commit.durability()));
        json.writeStringField("policy", commit.policy());
      }
      case Event.Pull pull -> {}
      case Event.Push push -> {
        names("transactions", push.transactions());
        json.writeStringField("policy", push.policy());
      }
      case Event.Revert revert -> {
        json.writeStringField("transaction", revert.transaction());
        view(revert.view());
        json.writeNumberField("to", revert.to());
      }
      case Event.Fork fork -> {
        json.writeNumberField("lsn", fork.lsn());
        json.writeStringField("child", fork.child());
      }
    }
  }

  private void either(String one, long number, String other, long otherNumber) throws IOException {
    json.writeNumberField(number >= 0 ? one : other, number >= 0 ? number : otherNumber);
  }

  private static String name(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private void view(View view) throws IOException {
    json.writeObjectFieldStart("view");
    json.writeNumberField("lsn", view.lsn());
    names("pending", view.pending());
    json.writeNumberField("count", view.count());
    json.writeEndObject();
  }

  private void names(String field, Collection<String> names) throws IOException {
    json.writeArrayFieldStart(field);
    for (String name : names) {
      json.writeString(name);
    }
    json.writeEndArray();
  }

  private void pages(String field, Map<Long, String> pages) throws IOException {
    json.writeObjectFieldStart(field);
    for (Map.Entry<Long, String> page : pages.entrySet()) {
      json.writeStringField(Long.toString(page.getKey()), page.getValue());
    }
    json.writeEndObject();
  }
}
