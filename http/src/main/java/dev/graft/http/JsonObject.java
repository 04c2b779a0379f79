package dev.graft.http;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageIdx;
import dev.graft.protocol.page.PageSize;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One object of a body while it is read: members are taken by name and type; then {@link #end}
 * refuses what a request has beside them. Everything that is missing or of another type throws what
 * {@link JsonBody#wrong} makes.
 */
final class JsonObject {
  private static final long MAX_NUMBER = (1L << 53) - 1;
  private static final Pattern TIME =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z");

  private final JsonBody body;
  private final String where;
  private final Map<String, Object> members;
  private final Set<String> taken = new HashSet<>();

  JsonObject(JsonBody body, String where, JsonBody.Members members) {
    this.body = body;
    this.where = where;
    this.members = members.byName();
  }

  /** Nothing more will be taken. */
  void end() {
    if (body.request() && taken.size() < members.size()) {
      throw body.wrong(
          "a member that is not known" + (where.isEmpty() ? "" : " in '" + where + "'"));
    }
  }

  /** All members as they were read. */
  Map<String, Object> raw() {
    return members;
  }

  boolean has(String member) {
    return members.containsKey(member);
  }

  /** What is thrown when a member is not what it has to be. */
  GraftException wrong(String member, String why) {
    return body.wrong("member '" + name(member) + "' " + why);
  }

  /** Reads something by its own rules; whatever they throw is wrong with this member. */
  <T> T checked(String member, Function<JsonObject, T> read) {
    try {
      return read.apply(this);
    } catch (GraftException.Misuse | GraftException.Limit | GraftException.Corrupt e) {
      throw wrong(member, "cannot be: " + e.getMessage());
    }
  }

  String text(String member, int maxChars) {
    String text = take(member, String.class, "text");
    if (text.length() > maxChars) {
      throw wrong(member, "is longer than " + maxChars + " characters");
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw wrong(member, "has half a surrogate");
    }
    return text;
  }

  boolean flag(String member) {
    return take(member, Boolean.class, "true or false");
  }

  long number(String member, long min, long max) {
    long number = take(member, Long.class, "a number");
    if (number < min || number > max) {
      throw wrong(member, "is not in " + min + ".." + max);
    }
    return number;
  }

  int integer(String member, int min, int max) {
    return (int) number(member, min, max);
  }

  /** A count that is never above 2^53 - 1, so that every JSON reader can hold it. */
  long count(String member) {
    return number(member, 0, MAX_NUMBER);
  }

  /** Text of decimal digits: 64 bits without a sign. */
  long u64(String member) {
    return u64(member, text(member, 20));
  }

  private long u64(String member, String digits) {
    try {
      long value = Long.parseUnsignedLong(digits);
      if (Long.toUnsignedString(value).equals(digits)) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw wrong(member, "is not the digits of a number of 64 bits");
    }
    throw wrong(member, "has a sign or zeros in front");
  }

  Lsn lsn(String member) {
    return new Lsn(u64(member));
  }

  List<Lsn> lsns(String member) {
    return texts(member, digits -> new Lsn(u64(member, digits)));
  }

  PageSize pageSize(String member) {
    int bytes = integer(member, 0, Integer.MAX_VALUE);
    return checked(member, in -> new PageSize(bytes));
  }

  PageCount pageCount(String member) {
    return new PageCount(number(member, 0, PageIdx.MAX_VALUE));
  }

  VolumeId volume(String member) {
    String text = text(member, 64);
    return checked(member, in -> VolumeId.parse(text));
  }

  List<VolumeId> volumes(String member) {
    return texts(member, text -> checked(member, in -> VolumeId.parse(text)));
  }

  SegmentId segment(String member) {
    String text = text(member, 64);
    return checked(member, in -> SegmentId.parse(text));
  }

  Hash hash(String member) {
    String text = text(member, 2 * Hash.LENGTH);
    return checked(member, in -> Hash.parse(text));
  }

  Instant time(String member) {
    String text = text(member, 32);
    if (!TIME.matcher(text).matches()) {
      throw wrong(member, "is not a time in UTC such as 2026-11-21T12:00:00.123Z");
    }
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw wrong(member, "is no time that there is");
    }
  }

  Duration millis(String member) {
    return Duration.ofMillis(count(member));
  }

  byte[] bytes(String member, int maxBytes) {
    String tooLong = "is longer than " + maxBytes + " bytes";
    return bytes(member, take(member, String.class, "text"), maxBytes, tooLong);
  }

  private byte[] bytes(String member, String text, int maxBytes, String tooLong) {
    if (text.length() > (maxBytes + 2) / 3 * 4) {
      throw wrong(member, tooLong);
    }
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw wrong(member, "is not base 64 with padding");
    }
    if (text.length() != (bytes.length + 2) / 3 * 4) {
      throw wrong(member, "is not base 64 with padding");
    }
    if (bytes.length > maxBytes) {
      throw wrong(member, tooLong);
    }
    return bytes;
  }

  /** A list of byte texts, together at most so many bytes. */
  List<byte[]> manyBytes(String member, int maxBytes) {
    int[] left = {maxBytes};
    String tooLong = "has elements of more than " + maxBytes + " bytes together";
    return texts(
        member,
        text -> {
          byte[] bytes = bytes(member, text, left[0], tooLong);
          left[0] -= bytes.length;
          return bytes;
        });
  }

  Position position(String member) {
    return object(member, in -> new Position(in.lsn("lsn"), in.hash("hash")));
  }

  <T> T object(String member, Function<JsonObject, T> read) {
    return nested(member, take(member, JsonBody.Members.class, "an object"), read);
  }

  <T> List<T> objects(String member, Function<JsonObject, T> read) {
    List<T> all = new ArrayList<>();
    for (Object element : take(member, JsonBody.Elements.class, "a list").list()) {
      all.add(nested(member, element, read));
    }
    return all;
  }

  <T> List<T> texts(String member, Function<String, T> read) {
    List<T> all = new ArrayList<>();
    for (Object element : take(member, JsonBody.Elements.class, "a list").list()) {
      if (!(element instanceof String text)) {
        throw wrong(member, "has an element that is not text");
      }
      all.add(read.apply(text));
    }
    return all;
  }

  /** An object whose members are all text. */
  Map<String, String> textMap(String member, int maxEntries, int maxChars) {
    return object(
        member,
        in -> {
          if (in.members.size() > maxEntries) {
            throw wrong(member, "has more than " + maxEntries + " members");
          }
          Map<String, String> all = new LinkedHashMap<>();
          for (String name : in.members.keySet()) {
            all.put(name, in.text(name, maxChars));
          }
          return all;
        });
  }

  private <T> T nested(String member, Object json, Function<JsonObject, T> read) {
    if (!(json instanceof JsonBody.Members inner)) {
      throw wrong(member, "has an element that is not an object");
    }
    JsonObject object = new JsonObject(body, name(member), inner);
    T value = read.apply(object);
    object.end();
    return value;
  }

  private <T> T take(String member, Class<T> type, String what) {
    @Nullable Object value = members.get(member);
    if (value == null) {
      throw wrong(member, "is missing");
    }
    if (!type.isInstance(value)) {
      throw wrong(member, "is not " + what);
    }
    taken.add(member);
    return type.cast(value);
  }

  private String name(String member) {
    return where.isEmpty() ? member : where + "." + member;
  }
}
