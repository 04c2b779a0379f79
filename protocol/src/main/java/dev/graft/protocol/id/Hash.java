package dev.graft.protocol.id;

import dev.graft.protocol.error.GraftException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** A SHA-256 value: 32 bytes. Immutable. */
public final class Hash {
  /** Length in bytes. */
  public static final int LENGTH = 32;

  private final byte[] bytes;

  private Hash(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Wraps a copy of the 32 bytes. */
  public static Hash of(byte[] bytes) {
    if (bytes.length != LENGTH) {
      throw new GraftException.Misuse("a hash has 32 bytes, not " + bytes.length);
    }
    return new Hash(bytes.clone());
  }

  /** Reads 64 hex digits, in lower case: a hash has one form. */
  public static Hash parse(String hex) {
    try {
      Hash hash = of(HexFormat.of().parseHex(hex));
      if (hash.toString().equals(hex)) {
        return hash;
      }
    } catch (IllegalArgumentException | GraftException.Misuse e) {
      throw noHash(hex);
    }
    throw noHash(hex);
  }

  private static GraftException.Misuse noHash(String hex) {
    return new GraftException.Misuse("'" + hex + "' is not a hash of 64 hex digits in lower case");
  }

  /** The SHA-256 of a range of bytes. */
  public static Hash sha256(byte[] data, int offset, int length) {
    MessageDigest digest = newDigest();
    digest.update(data, offset, length);
    return new Hash(digest.digest());
  }

  /** The SHA-256 of the bytes. */
  public static Hash sha256(byte[] data) {
    return sha256(data, 0, data.length);
  }

  /** A fresh SHA-256 digest, for streams. */
  public static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  /** A copy of the 32 bytes. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  /** Copies the 32 bytes into an array. */
  public void copyTo(byte[] target, int offset) {
    System.arraycopy(bytes, 0, target, offset, LENGTH);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Hash hash && Arrays.equals(bytes, hash.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** 64 hex digits. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }
}
