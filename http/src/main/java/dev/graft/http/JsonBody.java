package dev.graft.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.graft.protocol.error.GraftException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One JSON body while it is read: strict UTF-8, one object, nothing twice, nothing after it, within
 * the limits. What is wrong with it is the caller's misuse in a request, and damage in an answer.
 *
 * @param name the message's name, for texts
 * @param request whether it is a request: then members that nobody knows are refused
 */
record JsonBody(String name, boolean request) {
  /**
   * A value that no message has: null or a number with a fraction, an exponent or too many digits.
   */
  private static final Object ODD = new Object();

  private static final int MAX_NAME = 256;

  /** An object as it was read. */
  record Members(Map<String, Object> byName) {}

  /** A list as it was read. */
  record Elements(List<Object> list) {}

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(HttpLimits.MAX_NESTING)
                  .maxStringLength(HttpLimits.MAX_ANSWER_BYTES)
                  .maxNameLength(MAX_NAME)
                  .build())
          .build();

  /** Reads the whole body. */
  JsonObject parse(byte[] bytes, int maxBytes) {
    if (bytes.length > maxBytes) {
      throw wrong("it has " + bytes.length + " bytes; at most " + maxBytes + " are allowed");
    }
    CharBuffer text = decode(bytes);
    Values values =
        new Values(request ? HttpLimits.MAX_REQUEST_VALUES : HttpLimits.MAX_ANSWER_VALUES);
    try (JsonParser in = FACTORY.createParser(text.array(), 0, text.length())) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw wrong("it is no JSON object");
      }
      Members members = values.members(in);
      if (in.nextToken() != null) {
        throw wrong("something follows the object");
      }
      return new JsonObject(this, "", members);
    } catch (IOException e) {
      throw wrong("it is no JSON that is taken here" + place(e));
    }
  }

  private CharBuffer decode(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
    } catch (CharacterCodingException e) {
      throw wrong("it is not UTF-8");
    }
  }

  /** Where the parser stopped: nothing of the body itself is repeated. */
  private static String place(IOException e) {
    return e instanceof com.fasterxml.jackson.core.JsonProcessingException at
            && at.getLocation() != null
        ? ", from character " + Math.max(0, at.getLocation().getCharOffset()) + " on"
        : "";
  }

  /** What is thrown when the body is not what it has to be. */
  GraftException wrong(String why) {
    String message = "message " + name + ": " + why;
    return request ? new GraftException.Misuse(message) : new GraftException.Corrupt(message);
  }

  /** Counts the values of one body, so that few bytes cannot stand for much memory. */
  private final class Values {
    private int left;

    Values(int most) {
      this.left = most;
    }

    Members members(JsonParser in) throws IOException {
      Map<String, Object> members = new LinkedHashMap<>();
      for (JsonToken at = in.nextToken(); at != JsonToken.END_OBJECT; at = in.nextToken()) {
        String member = in.currentName();
        if (at != JsonToken.FIELD_NAME || members.putIfAbsent(member, value(in)) != null) {
          throw wrong("a member stands there twice");
        }
      }
      return new Members(members);
    }

    private Elements elements(JsonParser in) throws IOException {
      List<Object> elements = new ArrayList<>();
      for (JsonToken at = in.nextToken(); at != JsonToken.END_ARRAY; at = in.nextToken()) {
        elements.add(content(in, at));
      }
      return new Elements(elements);
    }

    private Object value(JsonParser in) throws IOException {
      return content(in, in.nextToken());
    }

    private Object content(JsonParser in, JsonToken token) throws IOException {
      if (--left < 0) {
        throw wrong("it has too many values");
      }
      return switch (token) {
        case START_OBJECT -> members(in);
        case START_ARRAY -> elements(in);
        case VALUE_STRING -> in.getText();
        case VALUE_TRUE -> Boolean.TRUE;
        case VALUE_FALSE -> Boolean.FALSE;
        case VALUE_NUMBER_INT ->
            in.getNumberType() == JsonParser.NumberType.BIG_INTEGER ? ODD : in.getLongValue();
        default -> ODD;
      };
    }
  }
}
