package dev.graft.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.util.Base64URL;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.TokenId;
import dev.graft.protocol.id.VolumeId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Signs tokens with the key of the ring that signs. Safe for use by many threads. */
public final class TokenMaker {
  private final KeyRing ring;
  private final RandomGenerator random;
  private final InstantSource clock;

  /**
   * @param random a {@link java.security.SecureRandom} wherever it counts; used under a lock
   */
  public TokenMaker(KeyRing ring, RandomGenerator random, InstantSource clock) {
    this.ring = ring;
    this.random = random;
    this.clock = clock;
  }

  /**
   * A new token that begins now.
   *
   * @param life how long it is good: a second to {@link Token#MAX_LIFE}; cut to whole seconds
   * @throws GraftException.Misuse when it lives too short or too long, or no key signs
   */
  public SignedToken make(Grant grant, Duration life) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    return sign(new Token(newId(), grant, now, now.plusSeconds(life.toSeconds())));
  }

  /**
   * A new token that somebody asks for with a token: it admits no more, lives no longer, and is
   * revoked with it.
   *
   * @param asking a token that was admitted
   * @throws GraftException.Unauthorized when the new one would admit more
   * @throws GraftException.Misuse when it lives too short or too long
   * @throws GraftException.Limit when it would be made by way of more than {@link Token#MAX_VIA}
   */
  public SignedToken makeUnder(Token asking, Grant grant, Duration life) {
    if (!asking.grant().covers(grant)) {
      throw new GraftException.Unauthorized(
          "a token for "
              + asking.grant().scope()
              + " that allows "
              + String.join(", ", asking.grant().actionNames())
              + " makes none for "
              + grant.scope()
              + " that allows "
              + String.join(", ", grant.actionNames())
              + ": ask for no more than it admits itself");
    }
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    Token made =
        new Token(newId(), grant, now, now.plusSeconds(life.toSeconds()), asking.viaThis());
    if (made.expires().isAfter(asking.expires())) {
      throw new GraftException.Unauthorized(
          "a token that ends at "
              + asking.expires()
              + " makes none that ends at "
              + made.expires()
              + ": ask for a shorter life");
    }
    return sign(made);
  }

  /**
   * The token for a fork that somebody made with a token: for the child, with the same actions and
   * the same end, and revoked with the asking one. It reads the parent up to the commit where the
   * ways part, and what the parent's token read of others.
   *
   * @param asking a token for the parent that was admitted
   * @param parentAncestors those of the parent, from its record, nearest first
   * @param at where the ways part
   * @throws GraftException.Limit when the child would have more than 16 ancestors, or its token
   *     would be made by way of more than {@link Token#MAX_VIA}
   */
  public SignedToken makeForChild(
      Token asking, VolumeId parent, List<Grant.Ancestor> parentAncestors, Lsn at, VolumeId child) {
    List<Grant.Ancestor> ancestors = new ArrayList<>(parentAncestors.size() + 1);
    ancestors.add(new Grant.Ancestor(parent, at));
    ancestors.addAll(parentAncestors);
    Grant grant =
        new Grant(
            VolumeScope.of(child), asking.grant().actions(), ancestors, asking.grant().label());
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    if (!now.isBefore(asking.expires())) {
      throw new GraftException.Unauthorized(
          "the token ended at " + asking.expires() + ": ask with a newer one");
    }
    return sign(new Token(newId(), grant, now, asking.expires(), asking.viaThis()));
  }

  private TokenId newId() {
    synchronized (random) {
      return new TokenId(random.nextLong(), random.nextLong());
    }
  }

  /** Signs what the caller made up: for tests and vectors. */
  SignedToken sign(Token token) {
    SigningKey key = ring.signing();
    String text = sign(TokenCodec.header(key.id()), TokenCodec.claims(token), key);
    if (text.length() > TokenVerifier.MAX_CHARS) {
      throw new GraftException.Limit(
          "a token has at most "
              + TokenVerifier.MAX_CHARS
              + " characters, and this one "
              + text.length());
    }
    return new SignedToken(token, text);
  }

  private static String sign(String header, String claims, SigningKey key) {
    String input = Base64URL.encode(header) + "." + Base64URL.encode(claims);
    try {
      JWSHeader algorithm = new JWSHeader(JWSAlgorithm.HS256);
      byte[] bytes = input.getBytes(StandardCharsets.US_ASCII);
      return input + "." + new MACSigner(key.secret()).sign(algorithm, bytes);
    } catch (JOSEException impossible) {
      throw new IllegalStateException("a token could not be signed", impossible);
    }
  }
}
