package dev.graft.replica;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.graft.protocol.error.GraftException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Arbitrary bytes are refused as questions, as events of a function URL and as lists of statements,
 * or say the same when they are written again. A plain test run plays the kept inputs; {@code
 * JAZZER_FUZZ=1} in the environment and {@code -Djazzer.hooks=true} look for new ones.
 */
class QuestionsFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void question(byte[] body) throws IOException {
    Query query;
    try {
      query = QueryJson.read(body);
    } catch (GraftException.Misuse expected) {
      return;
    }
    if (canBeWritten(query)) {
      Query again = QueryJson.read(written(query));
      require(Objects.deepEquals(query.parameters().toArray(), again.parameters().toArray()));
      require(withoutParameters(query).equals(withoutParameters(again)));
    }
  }

  @FuzzTest(maxDuration = "60s")
  void event(byte[] bytes) throws IOException {
    FunctionUrl.Request read;
    try {
      read = FunctionUrl.read(new ByteArrayInputStream(bytes));
    } catch (GraftException.Misuse expected) {
      return;
    }
    StringBuilder texts = new StringBuilder(read.method() + read.path() + read.id());
    read.headers().forEach((name, value) -> texts.append(name).append(value));
    if (isText(texts.toString())) {
      FunctionUrl.Request again = FunctionUrl.read(new ByteArrayInputStream(written(read)));
      require(again.method().equals(read.method()) && again.path().equals(read.path()));
      require(again.id().equals(read.id()) && again.headers().equals(read.headers()));
      require(java.util.Arrays.equals(again.body(), read.body()));
    }
  }

  @FuzzTest(maxDuration = "60s")
  void statements(byte[] bytes) {
    String json = new String(bytes, StandardCharsets.UTF_8);
    try {
      Map<String, String> map = Texts.map("GRAFT_STATEMENTS", json);
      require(map.equals(Texts.map("GRAFT_STATEMENTS", " " + json + "\n")));
    } catch (GraftException.Misuse expected) {
      // Then it may be a list.
    }
    try {
      List<String> list = Texts.list("GRAFT_PRIME", json);
      require(list.equals(Texts.list("GRAFT_PRIME", " " + json + "\n")));
    } catch (GraftException.Misuse expected) {
      return;
    }
  }

  private static Query withoutParameters(Query query) {
    return new Query(
        query.text(),
        List.of(),
        query.freshness(),
        query.atLeast(),
        query.past(),
        query.limit(),
        query.format(),
        query.bigIntegersAsText());
  }

  /** JSON can spell half a character, of which there are no bytes, and no infinite number. */
  private static boolean canBeWritten(Query query) {
    List<@Nullable Object> values = new ArrayList<>(query.parameters());
    values.add(query.text().toString());
    return values.stream()
        .allMatch(value ->
            switch (value) {
              case String text -> isText(text);
              case Double number -> Double.isFinite(number);
              case null, default -> true;
            });
  }

  private static boolean isText(String text) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }

  private static byte[] written(Query query) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = new JsonFactory().createGenerator(bytes)) {
      out.writeStartObject();
      switch (query.text()) {
        case Query.Text.Sql(String sql) -> out.writeStringField("sql", sql);
        case Query.Text.Named(String name) -> out.writeStringField("statement", name);
      }
      out.writeArrayFieldStart("parameters");
      for (Object value : query.parameters()) {
        parameter(out, value);
      }
      out.writeEndArray();
      if (query.freshness().isPresent()) {
        out.writeNumberField("minFreshness", query.freshness().get().toMillis());
      }
      if (query.atLeast().isPresent()) {
        out.writeStringField("atLeast", query.atLeast().get().toString());
      }
      if (query.past().isPresent()) {
        out.writeStringField(
            "at",
            switch (query.past().get()) {
              case Query.Past.AtLsn(var lsn) -> lsn.toString();
              case Query.Past.AtTime(var time) -> time.toString();
            });
      }
      if (query.limit().isPresent()) {
        out.writeNumberField("limit", query.limit().getAsInt());
      }
      out.writeStringField("format", query.format() == Query.Format.CSV ? "csv" : "json");
      out.writeStringField("bigIntegers", query.bigIntegersAsText() ? "text" : "number");
      out.writeEndObject();
    }
    return bytes.toByteArray();
  }

  private static void parameter(JsonGenerator out, @Nullable Object value) throws IOException {
    switch (value) {
      case null -> out.writeNull();
      case Long number -> out.writeNumber(number);
      case Double number -> out.writeNumber(number);
      case byte[] blob -> {
        out.writeStartObject();
        out.writeBinaryField("base64", blob);
        out.writeEndObject();
      }
      default -> out.writeString(value.toString());
    }
  }

  private static byte[] written(FunctionUrl.Request request) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = new JsonFactory().createGenerator(bytes)) {
      out.writeStartObject();
      out.writeStringField("rawPath", request.path());
      out.writeObjectFieldStart("headers");
      for (Map.Entry<String, String> header : request.headers().entrySet()) {
        out.writeStringField(header.getKey(), header.getValue());
      }
      out.writeEndObject();
      out.writeObjectFieldStart("requestContext");
      out.writeStringField("requestId", request.id());
      out.writeObjectFieldStart("http");
      out.writeStringField("method", request.method());
      out.writeEndObject();
      out.writeEndObject();
      out.writeBinaryField("body", request.body());
      out.writeBooleanField("isBase64Encoded", true);
      out.writeEndObject();
    }
    return bytes.toByteArray();
  }

  private static void require(boolean holds) {
    if (!holds) {
      throw new AssertionError("it reads otherwise when it was written again");
    }
  }
}
