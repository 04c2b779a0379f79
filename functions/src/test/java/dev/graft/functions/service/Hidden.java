package dev.graft.functions.service;

import com.github.luben.zstd.ZstdInputStream;
import dev.graft.protocol.id.Hash;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Ids and hashes that are to stand nowhere. They are looked for as text and as bytes, in what is
 * given, in all base 64 within it, and in all that is compressed within either.
 */
final class Hidden {
  private static final Pattern BASE_64 = Pattern.compile("[A-Za-z0-9+/]{16,}={0,2}");
  private static final byte[] COMPRESSED = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};
  private static final int MAX_BYTES = 4 << 20;
  private static final int MAX_DEPTH = 6;

  /** By their first 8 bytes, as text and as bytes: the names of what begins so. */
  private final Map<Long, Map<String, byte[]>> forms = new HashMap<>();

  private int size;

  void add(String name, long hi, long lo) {
    add(name, name.getBytes(StandardCharsets.US_ASCII));
    add(name, ByteBuffer.allocate(16).putLong(hi).putLong(lo).array());
    size++;
  }

  void add(Hash hash) {
    String name = hash.toString();
    add(name, name.getBytes(StandardCharsets.US_ASCII));
    add(name, hash.toBytes());
    size++;
  }

  private void add(String name, byte[] form) {
    forms
        .computeIfAbsent(ByteBuffer.wrap(form).getLong(), first -> new HashMap<>())
        .put(name, form);
  }

  int size() {
    return size;
  }

  /** The names of those that stand in there. */
  Set<String> in(byte[] bytes) {
    Set<String> found = new HashSet<>();
    look(bytes, 0, found);
    return found;
  }

  Set<String> in(String text) {
    return in(text.getBytes(StandardCharsets.UTF_8));
  }

  private void look(byte[] bytes, int depth, Set<String> found) {
    if (depth > MAX_DEPTH) {
      throw new AssertionError("packed deeper than " + MAX_DEPTH);
    }
    ByteBuffer all = ByteBuffer.wrap(bytes);
    for (int at = 0; at + Long.BYTES <= bytes.length; at++) {
      Map<String, byte[]> here = forms.get(all.getLong(at));
      if (here != null) {
        int from = at;
        here.forEach((name, form) -> {
          if (from + form.length <= bytes.length
              && java.util.Arrays.equals(bytes, from, from + form.length, form, 0, form.length)) {
            found.add(name);
          }
        });
      }
      if (all.getInt(at) == ByteBuffer.wrap(COMPRESSED).getInt()) {
        look(unpacked(bytes, at), depth + 1, found);
      }
    }
    Matcher packed = BASE_64.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
    while (packed.find()) {
      String text = packed.group();
      try {
        look(Base64.getDecoder().decode(text), depth + 1, found);
      } catch (IllegalArgumentException none) {
        // Some other text.
      }
    }
  }

  /** As far as it is what it looks like. */
  private static byte[] unpacked(byte[] bytes, int from) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] some = new byte[1 << 13];
    try (ZstdInputStream in =
        new ZstdInputStream(new ByteArrayInputStream(bytes, from, bytes.length - from))) {
      int read = in.read(some);
      while (read > 0 && out.size() < MAX_BYTES) {
        out.write(some, 0, read);
        read = in.read(some);
      }
    } catch (IOException end) {
      // What comes behind it is none.
    }
    return out.toByteArray();
  }
}
