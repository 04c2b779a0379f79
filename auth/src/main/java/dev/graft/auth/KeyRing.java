package dev.graft.auth;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.graft.protocol.error.GraftException;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The keys that tokens are signed with, in order: the first that is not retired signs, all of them
 * verify. Immutable; a change gives a new ring.
 *
 * <p>As text: {@code {"keys": [{"id", "secret" (base 64 of 32 bytes or more), "retired"?}]}}.
 */
public final class KeyRing {
  /** The most keys; a rotation a month keeps a year of them. */
  public static final int MAX_KEYS = 16;

  private static final int MAX_CHARS = 32 << 10;

  private final List<SigningKey> keys;

  /**
   * @param keys 1 to 16, no two of one id
   */
  public KeyRing(List<SigningKey> keys) {
    if (keys.isEmpty() || keys.size() > MAX_KEYS) {
      throw new GraftException.Misuse(
          "a key ring has 1 to " + MAX_KEYS + " keys, not " + keys.size());
    }
    Set<KeyId> ids = new HashSet<>();
    for (SigningKey key : keys) {
      if (!ids.add(key.id())) {
        throw new GraftException.Misuse("key " + key.id() + " is twice in the key ring");
      }
    }
    this.keys = List.copyOf(keys);
  }

  /** All keys, the one that signs before all others that could. */
  public List<SigningKey> keys() {
    return keys;
  }

  /** The key of that id. */
  public Optional<SigningKey> key(KeyId id) {
    return keys.stream().filter(key -> key.id().equals(id)).findFirst();
  }

  /**
   * The key that signs.
   *
   * @throws GraftException.Misuse when all are retired
   */
  public SigningKey signing() {
    return keys.stream()
        .filter(key -> !key.retired())
        .findFirst()
        .orElseThrow(() ->
            new GraftException.Misuse("every key of the ring is retired: add one to sign with"));
  }

  /** With one more key in front, which signs from now on. */
  public KeyRing add(SigningKey key) {
    List<SigningKey> more = new ArrayList<>(List.of(key));
    more.addAll(keys);
    return new KeyRing(more);
  }

  /**
   * With that key retired: what it signed is still good.
   *
   * @throws GraftException.NotFound when it is not in the ring
   */
  public KeyRing retire(KeyId id) {
    require(id);
    return new KeyRing(keys.stream().map(key -> key.id().equals(id) ? key.retire() : key).toList());
  }

  /**
   * Without that key: what it signed is worth nothing any more.
   *
   * @throws GraftException.NotFound when it is not in the ring
   */
  public KeyRing remove(KeyId id) {
    require(id);
    return new KeyRing(keys.stream().filter(key -> !key.id().equals(id)).toList());
  }

  private void require(KeyId id) {
    if (key(id).isEmpty()) {
      throw new GraftException.NotFound("key " + id + " is not in the key ring: it holds " + keys);
    }
  }

  /**
   * Reads a ring's text.
   *
   * @throws GraftException.Misuse when it is no key ring; the message holds nothing of its secrets
   */
  public static KeyRing parse(String json) {
    if (json.length() > MAX_CHARS) {
      throw new GraftException.Misuse(
          "a key ring has at most " + MAX_CHARS + " characters, not " + json.length());
    }
    try (JsonParser in = StrictJson.parser(json)) {
      KeyRing ring = read(in);
      if (in.nextToken() != null) {
        throw new GraftException.Misuse("something follows the key ring");
      }
      return ring;
    } catch (IOException wrong) {
      // Jackson's own messages quote the text, and with it perhaps a secret.
      throw new GraftException.Misuse(
          "the key ring is no JSON: write {\"keys\": [{\"id\": ..., \"secret\": ...}]}");
    }
  }

  private static KeyRing read(JsonParser in) throws IOException {
    expect(in.nextToken(), JsonToken.START_OBJECT, "the key ring is an object");
    expect(in.nextToken(), JsonToken.FIELD_NAME, "a key ring has the member 'keys'");
    if (!"keys".equals(in.currentName())) {
      throw new GraftException.Misuse("a key ring has the member 'keys' and no other");
    }
    expect(in.nextToken(), JsonToken.START_ARRAY, "'keys' is a list");
    List<SigningKey> keys = new ArrayList<>();
    while (in.nextToken() == JsonToken.START_OBJECT) {
      keys.add(readKey(in));
      if (keys.size() > MAX_KEYS) {
        throw new GraftException.Misuse("a key ring has at most " + MAX_KEYS + " keys");
      }
    }
    expect(in.currentToken(), JsonToken.END_ARRAY, "'keys' holds objects");
    expect(in.nextToken(), JsonToken.END_OBJECT, "a key ring has the member 'keys' and no other");
    return new KeyRing(keys);
  }

  private static SigningKey readKey(JsonParser in) throws IOException {
    String id = null;
    String secret = null;
    boolean retired = false;
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String name = in.currentName();
      JsonToken value = in.nextToken();
      switch (name) {
        case "id" -> id = text(in, value, name);
        case "secret" -> secret = text(in, value, name);
        case "retired" -> {
          if (!value.isBoolean()) {
            throw new GraftException.Misuse("'retired' of a key is true or false");
          }
          retired = in.getBooleanValue();
        }
        default ->
            throw new GraftException.Misuse(
                "a key has the members 'id', 'secret' and 'retired' and no other");
      }
    }
    return new SigningKey(new KeyId(present(id, "id")), bytes(present(secret, "secret")), retired);
  }

  private static String text(JsonParser in, JsonToken value, String name) throws IOException {
    expect(value, JsonToken.VALUE_STRING, "'" + name + "' of a key is text");
    return in.getText();
  }

  private static String present(@Nullable String value, String name) {
    if (value == null) {
      throw new GraftException.Misuse("a key of the ring has no '" + name + "'");
    }
    return value;
  }

  private static byte[] bytes(String secret) {
    try {
      return Base64.getDecoder().decode(secret);
    } catch (IllegalArgumentException wrong) {
      throw new GraftException.Misuse("the secret of a key is not base 64");
    }
  }

  private static void expect(@Nullable JsonToken found, JsonToken wanted, String rule) {
    if (found != wanted) {
      throw new GraftException.Misuse("this is no key ring: " + rule);
    }
  }

  /** The ring with its secrets, over several lines; {@link #parse} reads it. */
  public String toJson() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = StrictJson.generator(text)) {
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      json.writeArrayFieldStart("keys");
      for (SigningKey key : keys) {
        json.writeStartObject();
        json.writeStringField("id", key.id().value());
        json.writeStringField("secret", key.secretText());
        if (key.retired()) {
          json.writeBooleanField("retired", true);
        }
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return text.append('\n').toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeyRing ring && keys.equals(ring.keys);
  }

  @Override
  public int hashCode() {
    return keys.hashCode();
  }

  /** The names of the keys; no secret. */
  @Override
  public String toString() {
    return keys.toString();
  }
}
