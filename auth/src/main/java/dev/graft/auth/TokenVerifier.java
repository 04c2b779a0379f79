package dev.graft.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.util.Base64URL;
import dev.graft.auth.Verdict.Cause;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Proves tokens: exactly HS256, by the key of the ring that the header names, in their one text,
 * and at their time. Says nothing of revocation, nor of what is asked with it. Safe for use by many
 * threads.
 */
public final class TokenVerifier {
  /** The longest token, in characters. */
  public static final int MAX_CHARS = 4096;

  /** The last digit of 32 bytes in base 64 carries four bits: others would be a second text. */
  private static final Pattern FORM =
      Pattern.compile("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]");

  private static final Verdict.Refused NONE =
      refused("this needs a token: send one in the header graft-token");
  private static final Verdict.Refused MALFORMED =
      refused("the token is none of ours: make one with 'graft token make'");
  private static final Verdict.Refused FOREIGN =
      refused("the token is not signed by a key of this ring: it is forged, or its key is removed");

  private static final JWSHeader HS256 = new JWSHeader(JWSAlgorithm.HS256);

  private final KeyRing ring;

  /** A verifier for tokens that any key of the ring signed. */
  public TokenVerifier(KeyRing ring) {
    this.ring = ring;
  }

  /**
   * Proves one token.
   *
   * @param text as the request carried it; null when it carried none
   */
  public Verdict verify(@Nullable String text, Instant now) {
    return switch (prove(text)) {
      case Verdict.Admitted(Token token) -> timed(token, now);
      case Verdict.Refused refused -> refused;
    };
  }

  /**
   * Proves one token whatever the time is: it may have ended, or not begun.
   *
   * @param text as {@link #verify} takes it
   */
  public Verdict prove(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return NONE;
    }
    if (text.length() > MAX_CHARS) {
      return refused("a token has at most " + MAX_CHARS + " characters, not " + text.length());
    }
    if (!FORM.matcher(text).matches()) {
      return MALFORMED;
    }
    int first = text.indexOf('.');
    int second = text.lastIndexOf('.');
    Optional<KeyId> id = decode(text.substring(0, first)).flatMap(TokenCodec::keyOf);
    if (id.isEmpty()) {
      return MALFORMED;
    }
    Optional<SigningKey> key = ring.key(id.get());
    if (key.isEmpty()
        || !isSigned(key.get(), text.substring(0, second), text.substring(second + 1))) {
      return FOREIGN;
    }
    return decode(text.substring(first + 1, second))
        .flatMap(TokenCodec::token)
        .<Verdict>map(Verdict.Admitted::new)
        .orElse(MALFORMED);
  }

  /**
   * What a token says of itself, whoever made it: for people to look at, and for nothing else.
   *
   * @param key that is said to have signed it
   */
  public record Claimed(KeyId key, Token token) {}

  /** Reads a token without proving anything; nothing when it has not the form of one. */
  public static Optional<Claimed> claimed(String text) {
    if (text.length() > MAX_CHARS || !FORM.matcher(text).matches()) {
      return Optional.empty();
    }
    String[] parts = text.split("\\.");
    Optional<Token> token = decode(parts[1]).flatMap(TokenCodec::token);
    return decode(parts[0])
        .flatMap(TokenCodec::keyOf)
        .flatMap(key -> token.map(said -> new Claimed(key, said)));
  }

  /** The library sees no header that came from outside: ours is one of HS256 and nothing else. */
  private static boolean isSigned(SigningKey key, String input, String signature) {
    try {
      return new MACVerifier(key.secret())
          .verify(HS256, input.getBytes(StandardCharsets.US_ASCII), new Base64URL(signature));
    } catch (JOSEException e) {
      throw new IllegalStateException("a signature could not be computed", e);
    }
  }

  /** Base 64 in its one form; nothing when it is another. */
  private static Optional<String> decode(String part) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(part);
      return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(part)
          ? Optional.of(new String(bytes, StandardCharsets.UTF_8))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Verdict timed(Token token, Instant now) {
    if (token.isExpired(now)) {
      return refused("the token ended at " + token.expires() + ": get a new one");
    }
    if (token.isEarly(now)) {
      return refused(
          "the token begins at " + token.issued() + ", and it is " + now + ": set the clocks");
    }
    return new Verdict.Admitted(token);
  }

  private static Verdict.Refused refused(String reason) {
    return new Verdict.Refused(Cause.UNPROVEN, reason);
  }
}
