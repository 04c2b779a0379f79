package dev.graft.auth;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.graft.http.Action;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.TokenId;
import dev.graft.protocol.id.VolumeId;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A token's header and claims as JSON. One token has one text: the members of docs/http.md, section
 * 6, in that order, and nothing between them. Reading writes what was read and compares, so that
 * the edge and this side cannot read one text in two ways.
 */
final class TokenCodec {
  private static final Pattern HEADER =
      Pattern.compile("\\{\"alg\":\"HS256\",\"kid\":\"(" + KeyId.FORM + ")\",\"typ\":\"JWT\"\\}");
  private static final Pattern LSN = Pattern.compile("0|[1-9][0-9]{0,19}");

  private TokenCodec() {}

  static String header(KeyId key) {
    return "{\"alg\":\"HS256\",\"kid\":\"" + key + "\",\"typ\":\"JWT\"}";
  }

  /** The key that a header names; nothing when it is not exactly a header of ours. */
  static Optional<KeyId> keyOf(String header) {
    Matcher form = HEADER.matcher(header);
    return form.matches() ? Optional.of(new KeyId(form.group(1))) : Optional.empty();
  }

  static String claims(Token token) {
    StringWriter text = new StringWriter();
    Grant grant = token.grant();
    try (JsonGenerator json = StrictJson.generator(text)) {
      json.writeStartObject();
      json.writeStringField("jti", token.id().toString());
      json.writeNumberField("iat", token.issued().getEpochSecond());
      json.writeNumberField("exp", token.expires().getEpochSecond());
      json.writeStringField("vol", grant.scope().toString());
      json.writeArrayFieldStart("act");
      for (String action : grant.actionNames()) {
        json.writeString(action);
      }
      json.writeEndArray();
      if (!grant.ancestors().isEmpty()) {
        json.writeArrayFieldStart("anc");
        for (Grant.Ancestor ancestor : grant.ancestors()) {
          json.writeStartArray();
          json.writeString(ancestor.volume().toString());
          json.writeString(ancestor.upTo().toString());
          json.writeEndArray();
        }
        json.writeEndArray();
      }
      if (grant.label().isPresent()) {
        json.writeStringField("sub", grant.label().get());
      }
      if (!token.via().isEmpty()) {
        json.writeArrayFieldStart("via");
        for (TokenId id : token.via()) {
          json.writeString(id.toString());
        }
        json.writeEndArray();
      }
      json.writeEndObject();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return text.toString();
  }

  /** The token of these claims; nothing when the text is not exactly that of a token. */
  static Optional<Token> token(String claims) {
    try (JsonParser in = StrictJson.parser(claims)) {
      Token token = read(in);
      return claims(token).equals(claims) ? Optional.of(token) : Optional.empty();
    } catch (IOException | GraftException | DateTimeException wrong) {
      return Optional.empty();
    }
  }

  private static Token read(JsonParser in) throws IOException {
    TokenId id = null;
    Instant issued = null;
    Instant expires = null;
    VolumeScope scope = null;
    Set<Action> actions = EnumSet.noneOf(Action.class);
    List<Grant.Ancestor> ancestors = List.of();
    Optional<String> label = Optional.empty();
    List<TokenId> via = List.of();
    require(in.nextToken() == JsonToken.START_OBJECT);
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String name = in.currentName();
      in.nextToken();
      switch (name) {
        case "jti" -> id = TokenId.parse(text(in));
        case "iat" -> issued = time(in);
        case "exp" -> expires = time(in);
        case "vol" -> scope = VolumeScope.parse(text(in));
        case "act" -> actions = actions(in);
        case "anc" -> ancestors = ancestors(in);
        case "sub" -> label = Optional.of(text(in));
        case "via" -> via = via(in);
        default -> throw wrong();
      }
    }
    Grant grant = new Grant(present(scope), actions, ancestors, label);
    return new Token(present(id), grant, present(issued), present(expires), via);
  }

  private static Set<Action> actions(JsonParser in) throws IOException {
    Set<Action> actions = EnumSet.noneOf(Action.class);
    require(in.currentToken() == JsonToken.START_ARRAY);
    while (in.nextToken() != JsonToken.END_ARRAY) {
      actions.add(Action.parse(text(in)).orElseThrow(TokenCodec::wrong));
    }
    return actions;
  }

  private static List<Grant.Ancestor> ancestors(JsonParser in) throws IOException {
    List<Grant.Ancestor> ancestors = new ArrayList<>();
    require(in.currentToken() == JsonToken.START_ARRAY);
    while (in.nextToken() != JsonToken.END_ARRAY) {
      require(in.currentToken() == JsonToken.START_ARRAY);
      in.nextToken();
      VolumeId volume = VolumeId.parse(text(in));
      in.nextToken();
      ancestors.add(new Grant.Ancestor(volume, lsn(text(in))));
      require(in.nextToken() == JsonToken.END_ARRAY);
    }
    return ancestors;
  }

  private static List<TokenId> via(JsonParser in) throws IOException {
    List<TokenId> ids = new ArrayList<>();
    require(in.currentToken() == JsonToken.START_ARRAY);
    while (in.nextToken() != JsonToken.END_ARRAY) {
      ids.add(TokenId.parse(text(in)));
    }
    return ids;
  }

  private static Lsn lsn(String digits) {
    require(LSN.matcher(digits).matches());
    try {
      return new Lsn(Long.parseUnsignedLong(digits));
    } catch (NumberFormatException tooLarge) {
      throw wrong();
    }
  }

  private static Instant time(JsonParser in) throws IOException {
    require(in.currentToken() == JsonToken.VALUE_NUMBER_INT);
    return Instant.ofEpochSecond(in.getLongValue());
  }

  private static String text(JsonParser in) throws IOException {
    require(in.currentToken() == JsonToken.VALUE_STRING);
    return in.getText();
  }

  private static <T> T present(@Nullable T value) {
    if (value == null) {
      throw wrong();
    }
    return value;
  }

  private static void require(boolean rule) {
    if (!rule) {
      throw wrong();
    }
  }

  private static GraftException.Misuse wrong() {
    return new GraftException.Misuse("these are not the claims of a token");
  }
}
