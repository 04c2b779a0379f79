package dev.graft.auth;

import dev.graft.protocol.error.GraftException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** One key of the ring: a secret for HMAC-SHA-256 under a name. Immutable. */
public final class SigningKey {
  /** As many bytes as HMAC-SHA-256 gives; with fewer a key could be guessed before a signature. */
  public static final int MIN_SECRET_BYTES = 32;

  /** One value of the edge's store holds it. */
  public static final int MAX_SECRET_BYTES = 512;

  private static final int ID_BYTES = 6;

  private final KeyId id;
  private final byte[] secret;
  private final boolean retired;

  /**
   * @param secret 32 to 512 bytes; copied
   * @param retired whether it signs no more, and only verifies
   */
  public SigningKey(KeyId id, byte[] secret, boolean retired) {
    if (secret.length < MIN_SECRET_BYTES || secret.length > MAX_SECRET_BYTES) {
      throw new GraftException.Misuse(
          "key "
              + id
              + " has a secret of "
              + secret.length
              + " bytes: it takes "
              + MIN_SECRET_BYTES
              + " to "
              + MAX_SECRET_BYTES);
    }
    this.id = id;
    this.secret = secret.clone();
    this.retired = retired;
  }

  /**
   * A new key.
   *
   * @param random a {@link java.security.SecureRandom} wherever it counts
   */
  public static SigningKey generate(RandomGenerator random) {
    byte[] name = new byte[ID_BYTES];
    byte[] secret = new byte[MIN_SECRET_BYTES];
    random.nextBytes(name);
    random.nextBytes(secret);
    return new SigningKey(new KeyId("key-" + HexFormat.of().formatHex(name)), secret, false);
  }

  /** Its name. */
  public KeyId id() {
    return id;
  }

  /** Whether it signs no more. */
  public boolean retired() {
    return retired;
  }

  /** The same key, which signs no more. */
  SigningKey retire() {
    return new SigningKey(id, secret, true);
  }

  /** A copy of the secret. */
  byte[] secret() {
    return secret.clone();
  }

  /** The secret as key rings and the edge carry it: base 64 with padding. */
  String secretText() {
    return Base64.getEncoder().encodeToString(secret);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SigningKey key
        && id.equals(key.id)
        && retired == key.retired
        && MessageDigest.isEqual(secret, key.secret);
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }

  /** Its name; never its secret. */
  @Override
  public String toString() {
    return id + (retired ? " (retired)" : "");
  }
}
