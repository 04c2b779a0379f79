package dev.graft.functions;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.graft.protocol.error.GraftException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.utils.http.SdkHttpUtils;

/**
 * CloudFront's key value store, by its own HTTP interface (version 2022-07-26): read whole, changed
 * by at most 50 entries at once, all or none, and only as long as nobody else changed it. Safe for
 * use by many threads.
 */
final class EdgeKeyStore {
  static final String SERVICE = "cloudfront-keyvaluestore";

  /** The most entries of a page, and of a change. */
  static final int AT_ONCE = 50;

  /** More pages than a store can have: it holds 5 MB. */
  private static final int MAX_PAGES = 10_000;

  private static final Pattern ARN =
      Pattern.compile("arn:(aws[a-z-]*):cloudfront::([0-9]{12}):key-value-store/[0-9a-zA-Z-]+");
  private static final int BAD_REQUEST = 400;
  private static final int CONFLICT = 409;
  private static final int PRECONDITION_FAILED = 412;

  private final URI root;
  private final AwsCall aws;
  private final InstantSource clock;

  /**
   * @param arn of the store
   * @param endpoint without a slash at its end
   */
  EdgeKeyStore(String arn, String endpoint, AwsCall aws, InstantSource clock) {
    this.root = URI.create(endpoint + "/key-value-stores/" + SdkHttpUtils.urlEncode(arn));
    this.aws = aws;
    this.clock = clock;
  }

  /** Whether a text is the ARN of a key value store. */
  static boolean isArn(String text) {
    return ARN.matcher(text).matches();
  }

  /** Where the store of an account is. */
  static String endpointOf(String arn) {
    var parts = ARN.matcher(arn);
    if (!parts.matches()) {
      throw new GraftException.Misuse(arn + " is no ARN of a key value store");
    }
    return "https://" + parts.group(2) + ".cloudfront-kvs.global.api.aws";
  }

  /** What version the store has. */
  String version() {
    AwsCall.Answer answer = get(root);
    if (answer.etag().isEmpty()) {
      throw new GraftException.Unavailable(SERVICE + " told no ETag of its store");
    }
    return answer.etag();
  }

  /** All entries. Whether they are of one version shows when they are changed. */
  Map<String, String> entries() {
    Map<String, String> entries = new TreeMap<>();
    @Nullable String next = null;
    for (int page = 0; page < MAX_PAGES; page++) {
      String query =
          "?MaxResults="
              + AT_ONCE
              + (next == null ? "" : "&NextToken=" + SdkHttpUtils.urlEncode(next));
      next = read(get(URI.create(root + "/keys" + query)).body(), entries);
      if (next == null) {
        return entries;
      }
    }
    throw new GraftException.Unavailable(SERVICE + " listed without an end");
  }

  /** What became of a change. */
  sealed interface Outcome {
    /** It was made, and the store has this version now. */
    record Changed(String version) implements Outcome {}

    /** Nothing was changed: the store has another version, or did not like the change. */
    record Refused(int status) implements Outcome {}
  }

  /**
   * Changes entries, all or none, if the store still has that version.
   *
   * @throws GraftException.Unavailable when nobody knows whether it did
   */
  Outcome change(String version, Map<String, String> puts, Collection<String> deletes) {
    if (puts.size() + deletes.size() > AT_ONCE) {
      throw new IllegalArgumentException("at most " + AT_ONCE + " entries at once");
    }
    AwsCall.Answer answer =
        aws.everywhere(
            SERVICE,
            "POST",
            URI.create(root + "/keys"),
            Map.of("if-match", version, "content-type", "application/json"),
            body(puts, deletes),
            clock.instant());
    return switch (answer.status()) {
      case BAD_REQUEST, CONFLICT, PRECONDITION_FAILED -> new Outcome.Refused(answer.status());
      default -> {
        if (!answer.isSuccess() || answer.etag().isEmpty()) {
          throw failed("a change", answer);
        }
        yield new Outcome.Changed(answer.etag());
      }
    };
  }

  private AwsCall.Answer get(URI uri) {
    AwsCall.Answer answer =
        aws.everywhere(SERVICE, "GET", uri, Map.of(), new byte[0], clock.instant());
    if (!answer.isSuccess()) {
      throw failed("a question", answer);
    }
    return answer;
  }

  private static GraftException.Unavailable failed(String what, AwsCall.Answer answer) {
    return new GraftException.Unavailable(SERVICE + " answered " + answer.status() + " to " + what);
  }

  private static byte[] body(Map<String, String> puts, Collection<String> deletes) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = new JsonFactory().createGenerator(bytes)) {
      out.writeStartObject();
      out.writeArrayFieldStart("Puts");
      for (Map.Entry<String, String> put : puts.entrySet()) {
        out.writeStartObject();
        out.writeStringField("Key", put.getKey());
        out.writeStringField("Value", put.getValue());
        out.writeEndObject();
      }
      out.writeEndArray();
      out.writeArrayFieldStart("Deletes");
      for (String delete : deletes) {
        out.writeStartObject();
        out.writeStringField("Key", delete);
        out.writeEndObject();
      }
      out.writeEndArray();
      out.writeEndObject();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  /** Reads a page; the token of the next, null after the last. */
  static @Nullable String read(byte[] page, Map<String, String> entries) {
    @Nullable String next = null;
    try (JsonParser in = new JsonFactory().createParser(page)) {
      expect(in.nextToken() == JsonToken.START_OBJECT);
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String member = in.currentName();
        JsonToken value = in.nextToken();
        if (member.equals("NextToken") && value == JsonToken.VALUE_STRING) {
          next = in.getText();
        } else if (member.equals("Items") && value == JsonToken.START_ARRAY) {
          while (in.nextToken() == JsonToken.START_OBJECT) {
            item(in, entries);
          }
        } else {
          in.skipChildren();
        }
      }
      expect(in.currentToken() == JsonToken.END_OBJECT);
    } catch (IOException e) {
      throw new GraftException.Unavailable(SERVICE + " answered something else", e);
    }
    return next;
  }

  private static void item(JsonParser in, Map<String, String> entries) throws IOException {
    List<String> both = new ArrayList<>(List.of("", ""));
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String member = in.currentName();
      in.nextToken();
      switch (member) {
        case "Key" -> both.set(0, in.getText());
        case "Value" -> both.set(1, in.getText());
        default -> in.skipChildren();
      }
    }
    expect(in.currentToken() == JsonToken.END_OBJECT && !both.getFirst().isEmpty());
    entries.put(both.getFirst(), both.getLast());
  }

  private static void expect(boolean holds) throws IOException {
    if (!holds) {
      throw new IOException("another form");
    }
  }
}
