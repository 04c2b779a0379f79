package dev.graft.replica;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads questions. Strict: members that are not known, or stand there twice, are refused. */
final class QueryJson {
  static final int MAX_BYTES = 1 << 20;
  private static final int MAX_PARAMETERS = 32_766;
  private static final int MAX_NESTING = 4;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_NESTING)
                  .maxStringLength(MAX_BYTES)
                  .build())
          .build();

  private final JsonParser in;
  private final Set<String> seen = new HashSet<>();
  private Query.@Nullable Text text;
  private final List<@Nullable Object> parameters = new ArrayList<>();
  private Optional<Duration> freshness = Optional.empty();
  private Optional<Lsn> atLeast = Optional.empty();
  private Optional<Query.Past> past = Optional.empty();
  private OptionalInt limit = OptionalInt.empty();
  private Query.Format format = Query.Format.JSON;
  private boolean bigIntegersAsText;

  private QueryJson(JsonParser in) {
    this.in = in;
  }

  /**
   * Reads a body.
   *
   * @throws GraftException.Misuse with what is wrong with it
   */
  static Query read(byte[] body) {
    if (body.length > MAX_BYTES) {
      throw new GraftException.Misuse(
          "the body has " + body.length + " bytes; at most " + MAX_BYTES + " are read");
    }
    try (JsonParser in = JSON.createParser(body)) {
      return new QueryJson(in).query();
    } catch (JsonProcessingException e) {
      throw wrong("it is no JSON that is taken here, near character " + place(e));
    } catch (IOException e) {
      throw wrong("it is no JSON");
    }
  }

  private static long place(JsonProcessingException e) {
    return e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getByteOffset());
  }

  private Query query() throws IOException {
    if (in.nextToken() != JsonToken.START_OBJECT) {
      throw wrong("it is no JSON object");
    }
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String member = in.currentName();
      if (!seen.add(member)) {
        throw wrong("member '" + member + "' stands there twice");
      }
      member(member, in.nextToken());
    }
    if (in.currentToken() != JsonToken.END_OBJECT || in.nextToken() != null) {
      throw wrong("something follows the object");
    }
    Query.Text asked = text;
    if (asked == null) {
      throw wrong("it has neither 'sql' nor 'statement'");
    }
    return new Query(asked, parameters, freshness, atLeast, past, limit, format, bigIntegersAsText);
  }

  private void member(String member, JsonToken token) throws IOException {
    switch (member) {
      case "sql", "statement" -> {
        if (text != null) {
          throw wrong("it has both 'sql' and 'statement'");
        }
        String value = text(member, token);
        text = member.equals("sql") ? new Query.Text.Sql(value) : new Query.Text.Named(value);
      }
      case "parameters" -> parameters(token);
      case "minFreshness" ->
          freshness = Optional.of(Duration.ofMillis(number(member, token, Integer.MAX_VALUE)));
      case "atLeast" -> atLeast = Optional.of(lsn(member, text(member, token)));
      case "at" -> past = Optional.of(past(text(member, token)));
      case "limit" -> limit = OptionalInt.of((int) number(member, token, Integer.MAX_VALUE));
      case "format" ->
          format =
              switch (text(member, token)) {
                case "json" -> Query.Format.JSON;
                case "csv" -> Query.Format.CSV;
                default -> throw wrong("member 'format' is json or csv");
              };
      case "bigIntegers" ->
          bigIntegersAsText =
              switch (text(member, token)) {
                case "text" -> true;
                case "number" -> false;
                default -> throw wrong("member 'bigIntegers' is number or text");
              };
      default -> throw wrong("member '" + member + "' is not known");
    }
  }

  private String text(String member, JsonToken token) throws IOException {
    if (token != JsonToken.VALUE_STRING) {
      throw wrong("member '" + member + "' is not text");
    }
    return in.getText();
  }

  private long number(String member, JsonToken token, long most) throws IOException {
    if (token == JsonToken.VALUE_NUMBER_INT
        && in.getNumberType() != JsonParser.NumberType.BIG_INTEGER
        && in.getLongValue() >= 0
        && in.getLongValue() <= most) {
      return in.getLongValue();
    }
    throw wrong("member '" + member + "' is no whole number from 0 to " + most);
  }

  private static Lsn lsn(String member, String digits) {
    try {
      if (!digits.isEmpty() && digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
        return new Lsn(Long.parseUnsignedLong(digits));
      }
    } catch (NumberFormatException e) {
      throw wrong("member '" + member + "' is no LSN: '" + digits + "'");
    }
    throw wrong("member '" + member + "' is no LSN: '" + digits + "'");
  }

  private static Query.Past past(String at) {
    if (at.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return new Query.Past.AtLsn(lsn("at", at));
    }
    try {
      return new Query.Past.AtTime(Instant.parse(at));
    } catch (DateTimeException e) {
      throw wrong(
          "member 'at' is neither an LSN nor a time such as 2026-01-31T12:00:00Z: '" + at + "'");
    }
  }

  private void parameters(JsonToken token) throws IOException {
    if (token != JsonToken.START_ARRAY) {
      throw wrong("member 'parameters' is no list");
    }
    for (JsonToken at = in.nextToken(); at != JsonToken.END_ARRAY; at = in.nextToken()) {
      if (parameters.size() == MAX_PARAMETERS) {
        throw wrong("it has more than " + MAX_PARAMETERS + " parameters");
      }
      parameters.add(value(at));
    }
  }

  private @Nullable Object value(@Nullable JsonToken token) throws IOException {
    return switch (token) {
      case VALUE_NULL -> null;
      case VALUE_STRING -> in.getText();
      case VALUE_TRUE -> 1L;
      case VALUE_FALSE -> 0L;
      case VALUE_NUMBER_INT -> {
        if (in.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
          throw wrong("a parameter is an integer of more than 64 bits: send it as text");
        }
        yield in.getLongValue();
      }
      case VALUE_NUMBER_FLOAT -> in.getDoubleValue();
      case START_OBJECT -> blob();
      case null, default ->
          throw wrong("a parameter is null, true, false, a number, a text or {\"base64\": text}");
    };
  }

  private byte[] blob() throws IOException {
    boolean named = in.nextToken() == JsonToken.FIELD_NAME && in.currentName().equals("base64");
    if (!named || in.nextToken() != JsonToken.VALUE_STRING) {
      throw wrong("a parameter that is an object is {\"base64\": text}");
    }
    try {
      byte[] bytes = Base64.getDecoder().decode(in.getText());
      if (in.nextToken() == JsonToken.END_OBJECT) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      throw wrong("a parameter is not base 64");
    }
    throw wrong("a parameter that is an object is {\"base64\": text}");
  }

  private static GraftException.Misuse wrong(String why) {
    return new GraftException.Misuse("the question cannot be read: " + why);
  }
}
