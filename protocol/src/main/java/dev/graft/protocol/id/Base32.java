package dev.graft.protocol.id;

import dev.graft.protocol.error.GraftException;

/** Crockford's base 32 in lower case, for 128-bit values: always 26 characters. */
final class Base32 {
  private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
  private static final int LENGTH = 26;

  private Base32() {}

  static String encode(String prefix, long hi, long lo) {
    char[] out = new char[LENGTH];
    for (int i = LENGTH - 1; i >= 0; i--) {
      out[i] = ALPHABET.charAt((int) (lo & 31));
      lo = (lo >>> 5) | (hi << 59);
      hi >>>= 5;
    }
    return prefix + new String(out);
  }

  /** The two halves, high first. */
  static long[] decode(String prefix, String text) {
    if (text.length() != prefix.length() + LENGTH || !text.startsWith(prefix)) {
      throw bad(prefix, text);
    }
    long hi = 0;
    long lo = 0;
    for (int i = prefix.length(); i < text.length(); i++) {
      int digit = ALPHABET.indexOf(text.charAt(i));
      if (digit < 0 || (i == prefix.length() && digit > 7)) {
        throw bad(prefix, text);
      }
      hi = (hi << 5) | (lo >>> 59);
      lo = (lo << 5) | digit;
    }
    return new long[] {hi, lo};
  }

  private static GraftException bad(String prefix, String text) {
    return new GraftException.Misuse(
        "'"
            + text
            + "' is not an id of the form "
            + prefix
            + "<26 characters of 0-9a-z without i, l, o, u>");
  }
}
