package dev.graft.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Makes tokens of any header and claims with the JDK alone, good ones and others. */
final class Forge {
  private Forge() {}

  /** Signed as its header should say: HS256. */
  static String token(String header, String claims, byte[] secret) {
    return token("HmacSHA256", header, claims, secret);
  }

  static String token(String algorithm, String header, String claims, byte[] secret) {
    return ofParts(algorithm, base64(header), base64(claims), secret);
  }

  /** From parts that need not be base 64. */
  static String ofParts(String algorithm, String header, String claims, byte[] secret) {
    String input = header + "." + claims;
    return input + "." + base64(mac(algorithm, input, secret));
  }

  static String base64(String text) {
    return base64(text.getBytes(StandardCharsets.UTF_8));
  }

  static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static byte[] mac(String algorithm, String input, byte[] secret) {
    try {
      Mac mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(secret, algorithm));
      return mac.doFinal(input.getBytes(StandardCharsets.US_ASCII));
    } catch (GeneralSecurityException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
