package dev.graft.auth;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.graft.http.Action;
import dev.graft.protocol.id.TokenId;
import dev.graft.protocol.id.VolumeId;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The requests that both sides of the gate must answer alike, the edge and the functions. What is
 * expected is written down here by hand, and not computed by what is tried.
 */
final class Vectors {
  /** A request and its answer; 200 stands for "goes on". */
  record Row(
      String name, @Nullable String token, String method, String path, long now, int status) {}

  static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");
  static final VolumeId OWN = volume(1);
  static final VolumeId OTHER = volume(2);
  static final VolumeId PARENT = volume(3);
  static final VolumeId GRANDPARENT = volume(4);
  static final VolumeId CHILD = volume(5);
  static final VolumeId DELETED = volume(6);
  static final String SEGMENT = "seg-01hzzzzzzzzzzzzzzzzzzzzzz0";
  static final TokenId REVOKED = new TokenId(77, 77);

  private static final SigningKey KEY = key("key-new", 1, false);
  private static final SigningKey OLD = key("key-old", 2, true);
  private static final SigningKey REMOVED = key("key-gone", 3, false);
  private static final SigningKey STRANGER = key("key-new", 4, false);
  static final KeyRing RING = new KeyRing(List.of(KEY, OLD));

  private static final long IAT = NOW.getEpochSecond() - 3600;
  private static final long EXP = NOW.getEpochSecond() + 3600;
  private static final String ALL = "[\"read\",\"write\",\"fork\",\"admin\"]";
  private static final String POSTED_CHANGES = "/v1/volumes/" + OWN + "/changes";

  /** Each call of a volume, and the action that it takes. */
  static final Map<String, Action> CALLS = new LinkedHashMap<>();

  static {
    CALLS.put("info", Action.READ);
    CALLS.put("changes", Action.READ);
    CALLS.put("log", Action.READ);
    CALLS.put("state", Action.READ);
    CALLS.put("uploads", Action.WRITE);
    CALLS.put("uploads/" + SEGMENT, Action.WRITE);
    CALLS.put("commits", Action.WRITE);
    CALLS.put("fork", Action.FORK);
    CALLS.put("retain", Action.ADMIN);
    CALLS.put("waiting", Action.ADMIN);
    CALLS.put("delete", Action.ADMIN);
  }

  private static final List<String> PLAIN =
      List.of("/v1/volumes", "/v1/tokens", "/v1/tokens/revoke");

  private final List<Row> rows = new ArrayList<>();
  private int tokens;

  private Vectors() {}

  static List<Row> rows() {
    Vectors vectors = new Vectors();
    vectors.addRoutes();
    vectors.addTimes();
    vectors.addKeys();
    vectors.addTampered();
    vectors.addClaims();
    vectors.addRevoked();
    vectors.addAncestors();
    vectors.addPaths();
    return vectors.rows;
  }

  /** What the edge's key value store holds for these. */
  static Map<String, String> edgeEntries() {
    return EdgeEntries.of(
        RING,
        new RevocationLog.Listing(
            Map.of(REVOKED, Instant.ofEpochSecond(EXP)),
            Map.of(DELETED, Instant.ofEpochSecond(EXP))));
  }

  static Revoked revoked() {
    return new Revoked() {
      @Override
      public boolean token(TokenId id) {
        return id.equals(REVOKED);
      }

      @Override
      public boolean volume(VolumeId id) {
        return id.equals(DELETED);
      }
    };
  }

  private static VolumeId volume(int n) {
    return new VolumeId(0x1111_1111_1111_1111L * n, n);
  }

  private static SigningKey key(String id, int seed, boolean retired) {
    byte[] secret = new byte[32];
    new Random(seed).nextBytes(secret);
    return new SigningKey(new KeyId(id), secret, retired);
  }

  // What rows are made of.

  private void row(int status, String name, @Nullable String token, String method, String path) {
    rows.add(new Row(name, token, method, path, NOW.toEpochMilli(), status));
  }

  private void post(int status, String name, @Nullable String token, String path) {
    row(status, name, token, "POST", path);
  }

  /** A question that a good token for {@link #OWN} may ask. */
  private void ask(int status, String name, @Nullable String token) {
    post(status, name, token, POSTED_CHANGES);
  }

  private String id() {
    return new TokenId(5, ++tokens).toString();
  }

  private String claims(String vol, String act, String more) {
    return claims(id(), vol, act, more);
  }

  private static String claims(String id, String vol, String act, String more) {
    return "{\"jti\":\""
        + id
        + "\",\"iat\":"
        + IAT
        + ",\"exp\":"
        + EXP
        + ",\"vol\":\""
        + vol
        + "\",\"act\":"
        + act
        + more
        + "}";
  }

  private static String header(SigningKey key) {
    return "{\"alg\":\"HS256\",\"kid\":\"" + key.id() + "\",\"typ\":\"JWT\"}";
  }

  private static String signed(String claims) {
    return Forge.token(header(KEY), claims, KEY.secret());
  }

  private String token(Object vol, String act) {
    return signed(claims(vol.toString(), act, ""));
  }

  private static String act(Action action) {
    return "[\"" + action.wireName() + "\"]";
  }

  private static String path(VolumeId volume, String rest) {
    return "/v1/volumes/" + volume + "/" + rest;
  }

  private static String log(VolumeId volume, long lsn) {
    return path(volume, "log/" + String.format("%016x", ~lsn));
  }

  // The rows.

  private void addRoutes() {
    for (Action has : Action.values()) {
      String own = token(OWN, act(has));
      String all = token("*", act(has));
      String other = token(OTHER, act(has));
      CALLS.forEach((call, needs) -> {
        String path = path(OWN, call);
        int status = has == needs ? 200 : 403;
        post(status, has.wireName() + " of the volume", own, path);
        post(status, has.wireName() + " of all", all, path);
        post(403, has.wireName() + " of another volume", other, path);
      });
      for (String path : PLAIN) {
        post(has == Action.ADMIN ? 200 : 403, has.wireName() + " of all", all, path);
        post(403, has.wireName() + " of a volume", own, path);
      }
      for (String method : List.of("GET", "HEAD")) {
        for (String path : List.of(path(OWN, "segments/" + SEGMENT), log(OWN, 1), log(OWN, -1L))) {
          int status = has == Action.READ ? 200 : 403;
          row(status, has.wireName() + " of the volume", own, method, path);
          row(status, has.wireName() + " of all", all, method, path);
          row(403, has.wireName() + " of another volume", other, method, path);
        }
      }
    }
    for (String path : PLAIN) {
      post(401, "no token", null, path);
    }
    CALLS.keySet().forEach(call -> post(401, "no token", null, path(OWN, call)));
    for (String method : List.of("GET", "HEAD")) {
      row(401, "no token", null, method, path(OWN, "segments/" + SEGMENT));
      row(401, "no token", null, method, log(OWN, 1));
    }
    ask(401, "empty token", "");
  }

  private void addTimes() {
    String good = token(OWN, ALL);
    long begin = (IAT - 60) * 1000;
    long end = (EXP + 60) * 1000;
    Map<Long, Integer> times = new LinkedHashMap<>();
    times.put(0L, 401);
    times.put(begin - 1, 401);
    times.put(begin, 200);
    times.put(IAT * 1000, 200);
    times.put(EXP * 1000, 200);
    times.put(end - 1, 200);
    times.put(end, 401);
    times.put(end + 1, 401);
    times.put(end * 2, 401);
    times.forEach(
        (now, status) -> rows.add(new Row("at " + now, good, "POST", POSTED_CHANGES, now, status)));
  }

  private void addKeys() {
    String claims = claims(OWN.toString(), ALL, "");
    ask(200, "a key that is retired", Forge.token(header(OLD), claims, OLD.secret()));
    ask(401, "a key that was removed", Forge.token(header(REMOVED), claims, REMOVED.secret()));
    ask(401, "another key of that id", Forge.token(header(KEY), claims, STRANGER.secret()));
    ask(401, "the secret of another key", Forge.token(header(KEY), claims, OLD.secret()));
    ask(401, "the id of another key", Forge.token(header(OLD), claims, KEY.secret()));
    ask(
        401,
        "the secret as text",
        Forge.token(header(KEY), claims, KEY.secretText().getBytes(StandardCharsets.US_ASCII)));
    ask(401, "no secret", Forge.token(header(KEY), claims, new byte[1]));
    for (String alg :
        List.of(
            "none", "None", "NONE", "", "HS384", "HS512", "RS256", "ES256", "PS256", "EdDSA",
            "hs256", "HS256 ", "HS-256", "A256KW")) {
      String header = header(KEY).replace("HS256", alg);
      ask(401, "alg " + alg, Forge.token(header, claims, KEY.secret()));
      ask(401, "alg " + alg + " unsigned", Forge.base64(header) + "." + Forge.base64(claims) + ".");
    }
    ask(
        401,
        "HS384 in truth",
        Forge.token("HmacSHA384", header(KEY).replace("HS256", "HS384"), claims, KEY.secret()));
    ask(
        401,
        "HS512 in truth",
        Forge.token("HmacSHA512", header(KEY).replace("HS256", "HS512"), claims, KEY.secret()));
    for (String header :
        List.of(
            "{\"alg\":\"HS256\",\"typ\":\"JWT\"}",
            "{\"alg\":\"HS256\",\"kid\":\"\",\"typ\":\"JWT\"}",
            "{\"alg\":\"HS256\",\"kid\":null,\"typ\":\"JWT\"}",
            "{\"alg\":\"HS256\",\"kid\":1,\"typ\":\"JWT\"}",
            "{\"alg\":\"HS256\",\"kid\":[\"key-new\"],\"typ\":\"JWT\"}",
            "{\"alg\":\"HS256\",\"kid\":\"key-unknown\",\"typ\":\"JWT\"}",
            "{\"alg\":\"HS256\",\"kid\":\"" + REVOKED + "\",\"typ\":\"JWT\"}",
            "{\"alg\":\"HS256\",\"kid\":\"../key-new\",\"typ\":\"JWT\"}",
            "{\"alg\":\"HS256\",\"kid\":\"__proto__\",\"typ\":\"JWT\"}",
            "{\"alg\":\"HS256\",\"kid\":\"" + "k".repeat(65) + "\",\"typ\":\"JWT\"}",
            "{\"alg\":\"HS256\",\"kid\":\"key-new\"}",
            "{\"kid\":\"key-new\",\"alg\":\"HS256\",\"typ\":\"JWT\"}",
            "{\"alg\":\"HS256\",\"kid\":\"key-new\",\"typ\":\"jwt\"}",
            "{\"alg\":\"none\",\"alg\":\"HS256\",\"kid\":\"key-new\",\"typ\":\"JWT\"}",
            "{\"alg\":\"HS256\",\"kid\":\"key-gone\",\"kid\":\"key-new\",\"typ\":\"JWT\"}",
            "{\"alg\":\"HS256\",\"kid\":\"key-new\",\"typ\":\"JWT\",\"crit\":[\"exp\"]}",
            "{\"alg\":\"HS256\",\"kid\":\"key-new\",\"typ\":\"JWT\",\"b64\":false}",
            "{\"alg\":\"HS256\",\"kid\":\"key-new\",\"typ\":\"JWT\",\"zip\":\"DEF\"}",
            "{\"alg\":\"HS256\",\"kid\":\"key-new\",\"typ\":\"JWT\",\"jwk\":{\"kty\":\"oct\",\"k\":\"AAAA\"}}",
            "{\"alg\":\"HS256\",\"kid\":\"key-new\",\"typ\":\"JWT\",\"jku\":\"https://x.example/\"}",
            " {\"alg\":\"HS256\",\"kid\":\"key-new\",\"typ\":\"JWT\"}",
            "{\"alg\":\"HS256\",\"kid\":\"key-new\",\"typ\":\"JWT\"}\n",
            "{\"alg\": \"HS256\",\"kid\":\"key-new\",\"typ\":\"JWT\"}",
            "{\"alg\":\"\\u0048S256\",\"kid\":\"key-new\",\"typ\":\"JWT\"}",
            "\"HS256\"",
            "null",
            "[]",
            "{}",
            "")) {
      ask(401, "header " + header, Forge.token(header, claims, KEY.secret()));
    }
  }

  private void addTampered() {
    String good = token(OWN, ALL);
    ask(200, "whole", good);
    Random random = new Random(20261101);
    String letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (int i = 0; i < 60; i++) {
      int at = random.nextInt(good.length());
      char other = letters.charAt(random.nextInt(letters.length()));
      if (good.charAt(at) != '.' && good.charAt(at) != other) {
        ask(401, "character " + at, good.substring(0, at) + other + good.substring(at + 1));
      }
    }
    String[] parts = good.split("\\.");
    char last = good.charAt(good.length() - 1);
    String start = good.substring(0, good.length() - 1);
    for (int i = 1; i < 4; i++) {
      ask(
          401,
          "another text of the same signature",
          start + letters.charAt(letters.indexOf(last) + i));
    }
    String[] others = token(OTHER, ALL).split("\\.");
    for (String wrong :
        List.of(
            parts[0] + "." + parts[1] + "." + others[2],
            parts[0] + "." + others[1] + "." + parts[2],
            parts[0] + "." + parts[1] + ".",
            parts[0] + "." + parts[1],
            parts[0] + ".." + parts[2],
            "." + parts[1] + "." + parts[2],
            "..",
            ".",
            "a",
            "a.b.c",
            "{}",
            good + ".",
            "." + good,
            good + "." + parts[2],
            good + "=",
            good + "A",
            good + " ",
            " " + good,
            good + "\t",
            good + ",",
            good + "," + good,
            good.substring(1),
            good.substring(0, good.length() - 1),
            good.toUpperCase(),
            good.replace('.', ' '),
            good.replace('-', '+').replace('_', '/'),
            "Bearer " + good,
            good + "\u0000",
            "\uFF21" + good.substring(1),
            good + good,
            parts[0] + "=." + parts[1] + "." + parts[2],
            "x".repeat(4096),
            "x".repeat(4097),
            "x".repeat(8000),
            parts[0] + "." + "A".repeat(4096) + "." + parts[2])) {
      if (!wrong.equals(good)) {
        ask(401, "shape", wrong);
      }
    }
  }

  private void addClaims() {
    String good = claims(OWN.toString(), ALL, "");
    String mac = "HmacSHA256";
    String head = Forge.base64(header(KEY));
    List<Function<String, String>> changes =
        List.of(
            c -> c.substring(1),
            c -> c.substring(0, c.length() - 1),
            c -> c + " ",
            c -> " " + c,
            c -> c + "{}",
            c -> c.replace(",", ", "),
            c -> c.replace(":", " :"),
            c -> c.replace("\"jti\"", "\"j\\u0074i\""),
            c -> c.replace("\"vol\":\"vol-", "\"vol\":\"\\u0076ol-"),
            c -> c + c,
            c -> "[" + c + "]",
            c -> "\"" + c.replace("\"", "\\\"") + "\"",
            // Twice, unknown, elsewhere.
            c -> c.replace("\"vol\":", "\"vol\":\"*\",\"vol\":"),
            c -> c.replace("}", ",\"vol\":\"*\"}"),
            c -> c.replace("}", ",\"act\":[\"read\"]}"),
            c -> c.replace("}", ",\"exp\":9999999999}"),
            c -> c.replace("{", "{\"exp\":9999999999,"),
            c -> c.replace("}", ",\"nbf\":0}"),
            c -> c.replace("}", ",\"aud\":\"graft\"}"),
            c -> c.replace("}", ",\"__proto__\":{}}"),
            c -> c.replace("}", ",\"toJSON\":1}"),
            c -> c.replace("}", ",\"sub\":\"a\",\"anc\":[[\"" + PARENT + "\",\"1\"]]}"),
            c -> c.replaceFirst("(\"iat\":\\d+),(\"exp\":\\d+)", "$2,$1"),
            // Missing.
            c -> c.replaceFirst("\"jti\":\"[^\"]+\",", ""),
            c -> c.replaceFirst("\"iat\":\\d+,", ""),
            c -> c.replaceFirst("\"exp\":\\d+,", ""),
            c -> c.replaceFirst("\"vol\":\"[^\"]+\",", ""),
            c -> c.replaceFirst(",\"act\":\\[[^\\]]+\\]", ""));
    for (Function<String, String> change : changes) {
      String claims = change.apply(good);
      ask(401, "claims " + claims, signed(claims));
    }
    ask(200, "claims as they should be", signed(good));
    Map<String, List<String>> wrong = new LinkedHashMap<>();
    wrong.put(
        "\"jti\":\"[^\"]+\"",
        List.of(
            "\"jti\":null",
            "\"jti\":1",
            "\"jti\":\"\"",
            "\"jti\":[]",
            "\"jti\":\"" + OWN + "\"",
            "\"jti\":\"tok-8zzzzzzzzzzzzzzzzzzzzzzzzz\"",
            "\"jti\":\"tok-0000000000000000000000000i\"",
            "\"jti\":\"TOK-00000000000000000000000000\"",
            "\"jti\":\"tok-0000000000000000000000000A\"",
            "\"jti\":\"tok-0000000000000000000000000\"",
            "\"jti\":\"tok-000000000000000000000000000\"",
            "\"jti\":[\"tok-00000000000000000000000000\"]"));
    wrong.put(
        "\"iat\":\\d+",
        List.of(
            "\"iat\":null",
            "\"iat\":\"" + IAT + "\"",
            "\"iat\":" + IAT + ".0",
            "\"iat\":" + IAT + ".5",
            "\"iat\":1e3",
            "\"iat\":-1",
            "\"iat\":-0",
            "\"iat\":0" + IAT,
            "\"iat\":" + EXP,
            "\"iat\":0",
            "\"iat\":true",
            "\"iat\":[" + IAT + "]",
            "\"iat\":NaN",
            "\"iat\":+1"));
    wrong.put(
        "\"exp\":\\d+",
        List.of(
            "\"exp\":null",
            "\"exp\":\"" + EXP + "\"",
            "\"exp\":" + EXP + ".0",
            "\"exp\":1e30",
            "\"exp\":1e400",
            "\"exp\":9223372036854775808",
            "\"exp\":253402300800",
            "\"exp\":" + IAT,
            "\"exp\":" + (IAT + 400 * 86400 + 1),
            "\"exp\":{}",
            "\"exp\":Infinity"));
    wrong.put(
        "\"vol\":\"[^\"]+\"",
        List.of(
            "\"vol\":null",
            "\"vol\":\"\"",
            "\"vol\":\"**\"",
            "\"vol\":[\"*\"]",
            "\"vol\":[\"" + OWN + "\"]",
            "\"vol\":\"" + OWN.toString().toUpperCase() + "\"",
            "\"vol\":\"" + OWN + " \"",
            "\"vol\":\"" + OWN + "\\n\"",
            "\"vol\":\"vol-\"",
            "\"vol\":\"vol-8zzzzzzzzzzzzzzzzzzzzzzzzz\"",
            "\"vol\":\"vol-*\"",
            "\"vol\":true",
            "\"vol\":{\"*\":1}",
            "\"vol\":\"" + SEGMENT + "\""));
    wrong.put(
        "\"act\":\\[[^\\]]+\\]",
        List.of(
            "\"act\":null",
            "\"act\":[]",
            "\"act\":\"read\"",
            "\"act\":\"*\"",
            "\"act\":[\"*\"]",
            "\"act\":[\"READ\"]",
            "\"act\":[\"read\",\"read\"]",
            "\"act\":[\"write\",\"read\"]",
            "\"act\":[\"read\",\"fly\"]",
            "\"act\":[[\"read\"]]",
            "\"act\":[\"read,write\"]",
            "\"act\":[null]",
            "\"act\":[1]",
            "\"act\":{\"0\":\"read\"}",
            "\"act\":[\"read\" ]",
            "\"act\":[\"constructor\"]"));
    wrong.forEach((member, others) ->
        others.forEach(other ->
            ask(
                401,
                "claim " + other,
                signed(good.replaceFirst(member, other.replace("\\", "\\\\"))))));
    ask(
        200,
        "the longest life",
        signed(good.replaceFirst("\"exp\":\\d+", "\"exp\":" + (IAT + 400 * 86400))));
    String anc = ",\"anc\":";
    String one = "[\"" + PARENT + "\",\"1\"]";
    for (String list :
        List.of(
            "[]",
            "null",
            "{}",
            "\"\"",
            "[[]]",
            "[\"" + PARENT + "\"]",
            "[[\"" + PARENT + "\"]]",
            "[[\"" + PARENT + "\",1]]",
            "[[\"" + PARENT + "\",\"-1\"]]",
            "[[\"" + PARENT + "\",\"01\"]]",
            "[[\"" + PARENT + "\",\"\"]]",
            "[[\"" + PARENT + "\",\"1\",\"2\"]]",
            "[[\"" + PARENT + "\",\"1.0\"]]",
            "[[\"" + PARENT + "\",\"0x1\"]]",
            "[[\"" + PARENT + "\",\"18446744073709551616\"]]",
            "[[\"" + PARENT + "\",\"99999999999999999999\"]]",
            "[[\"" + PARENT + "\",\"111111111111111111111\"]]",
            "[[\"*\",\"1\"]]",
            "[[[\"" + PARENT + "\"],\"1\"]]",
            "[[\"" + PARENT + "\",[\"1\"]]]",
            "[[\"" + PARENT + "\",null]]",
            "[{\"0\":\"" + PARENT + "\"}]",
            "[" + (one + ",").repeat(16) + one + "]")) {
      ask(401, "ancestors " + list, signed(claims(OWN.toString(), ALL, anc + list)));
    }
    ask(
        200,
        "16 ancestors",
        signed(claims(OWN.toString(), ALL, anc + "[" + (one + ",").repeat(15) + one + "]")));
    ask(401, "ancestors of all", signed(claims("*", ALL, anc + "[" + one + "]")));
    for (String label : List.of("a", "ci deploy #7", "a/b:c'd", "~", "x".repeat(64), "</script>")) {
      ask(200, "label " + label, signed(claims(OWN.toString(), ALL, ",\"sub\":\"" + label + "\"")));
    }
    for (String label :
        List.of(
            "\"\"",
            "null",
            "1",
            "\"" + "x".repeat(65) + "\"",
            "\"a\\\"b\"",
            "\"a\\\\b\"",
            "\"\\n\"",
            "\"\u0007\"",
            "\"\u007f\"",
            "\"\u00e9\"",
            "\"\\u00e9\"",
            "\"a\\/b\"",
            "\"\ud83d\ude00\"",
            "[\"a\"]")) {
      ask(401, "label " + label, signed(claims(OWN.toString(), ALL, ",\"sub\":" + label)));
    }
    for (String text :
        List.of(
            "",
            "null",
            "[]",
            "1",
            "\"x\"",
            "{}",
            "{",
            "true",
            "nonsense",
            "[".repeat(900),
            "{\"jti\":".repeat(300))) {
      ask(401, "claims " + text.substring(0, Math.min(12, text.length())), signed(text));
    }
    String claims = Forge.base64(good);
    for (String part : List.of(claims + "=", claims + "A", claims + "AA", "AA", "____")) {
      ask(401, "claims' base 64", Forge.ofParts(mac, head, part, KEY.secret()));
    }
    byte[] broken = good.replace(OWN.toString(), "*").getBytes(StandardCharsets.UTF_8);
    broken[broken.length - 3] = (byte) 0xff;
    ask(
        401,
        "claims that are no UTF-8",
        Forge.ofParts(mac, head, Forge.base64(broken), KEY.secret()));
  }

  private void addRevoked() {
    String revoked = signed(claims(REVOKED.toString(), OWN.toString(), ALL, ""));
    String revokedOfAll = signed(claims(REVOKED.toString(), "*", ALL, ""));
    String deleted = token(DELETED, ALL);
    String all = token("*", ALL);
    CALLS
        .keySet()
        .forEach(call -> {
          post(401, "a revoked token", revoked, path(OWN, call));
          post(401, "a revoked token", revokedOfAll, path(OWN, call));
          post(
              call.equals("delete") ? 200 : 410,
              "of a deleted volume",
              deleted,
              path(DELETED, call));
          post(200, "of all, about a deleted volume", all, path(DELETED, call));
        });
    String segment = "segments/" + SEGMENT;
    row(401, "a revoked token", revoked, "GET", path(OWN, segment));
    row(410, "of a deleted volume", deleted, "GET", path(DELETED, segment));
    row(410, "of a deleted volume", deleted, "GET", log(DELETED, 1));
    row(410, "of a deleted volume", deleted, "GET", path(OTHER, segment));
    String child = signed(claims(CHILD.toString(), ALL, ",\"anc\":[[\"" + DELETED + "\",\"7\"]]"));
    row(200, "a fork of a deleted volume", child, "GET", path(DELETED, segment));
    row(200, "a fork of a deleted volume", child, "GET", log(DELETED, 7));
    row(403, "a fork of a deleted volume", child, "GET", log(DELETED, 8));
  }

  private void addAncestors() {
    String anc = ",\"anc\":[[\"" + PARENT + "\",\"41\"],[\"" + GRANDPARENT + "\",\"7\"]]";
    String child = signed(claims(CHILD.toString(), ALL, anc));
    String reader = signed(claims(CHILD.toString(), act(Action.READ), anc));
    String writer = signed(claims(CHILD.toString(), "[\"write\",\"fork\",\"admin\"]", anc));
    CALLS
        .keySet()
        .forEach(call -> {
          post(200, "a fork's own", child, path(CHILD, call));
          post(403, "a fork's parent", child, path(PARENT, call));
          post(403, "a fork's grandparent", child, path(GRANDPARENT, call));
        });
    for (String method : List.of("GET", "HEAD")) {
      for (VolumeId volume : List.of(CHILD, PARENT, GRANDPARENT)) {
        row(200, "a fork's segments", child, method, path(volume, "segments/" + SEGMENT));
        row(200, "a fork's segments", reader, method, path(volume, "segments/" + SEGMENT));
        row(403, "without read", writer, method, path(volume, "segments/" + SEGMENT));
        row(403, "without read", writer, method, log(volume, 1));
      }
      for (long lsn : new long[] {0, 1, 7, 40, 41}) {
        row(200, "up to the fork", reader, method, log(PARENT, lsn));
      }
      for (long lsn : new long[] {42, 43, 1L << 32, Long.MAX_VALUE, Long.MIN_VALUE, -1}) {
        row(403, "behind the fork", reader, method, log(PARENT, lsn));
      }
      row(200, "up to the older fork", reader, method, log(GRANDPARENT, 7));
      row(403, "behind the older fork", reader, method, log(GRANDPARENT, 8));
      row(403, "another volume", reader, method, path(OTHER, "segments/" + SEGMENT));
    }
    for (long limit :
        new long[] {
          0,
          1,
          0xFFFF_FFFEL,
          0xFFFF_FFFFL,
          0x1_0000_0000L,
          0x1_0000_0001L,
          (1L << 53) - 1,
          1L << 53,
          (1L << 53) + 1,
          Long.MAX_VALUE,
          Long.MIN_VALUE,
          -2,
          -1,
          1234567890123456789L
        }) {
      String token =
          signed(
              claims(
                  CHILD.toString(),
                  act(Action.READ),
                  ",\"anc\":[[\"" + PARENT + "\",\"" + Long.toUnsignedString(limit) + "\"]]"));
      for (long lsn :
          new long[] {limit - 1, limit, limit + 1, limit ^ (1L << 32), limit ^ (1L << 63)}) {
        int status = Long.compareUnsigned(lsn, limit) <= 0 ? 200 : 403;
        row(status, "limit " + Long.toUnsignedString(limit), token, "GET", log(PARENT, lsn));
      }
    }
  }

  private void addPaths() {
    String all = token("*", ALL);
    for (String path : Tricks.notPaths(OWN.toString(), SEGMENT)) {
      for (String method : List.of("GET", "POST")) {
        row(404, "no path", all, method, path);
      }
    }
    String object = path(OWN, "segments/" + SEGMENT);
    for (String method : Tricks.METHODS) {
      row(405, "no method of a range", all, method, object);
      row(405, "no method of a range", all, method, log(OWN, 1));
      row(405, "no method of a call", all, method, POSTED_CHANGES);
      row(405, "no method of a call", all, method, "/v1/volumes");
    }
    row(405, "a range by POST", all, "POST", object);
    row(405, "a call by GET", all, "GET", POSTED_CHANGES);
    row(405, "a call by HEAD", all, "HEAD", path(OWN, "uploads/" + SEGMENT));
    row(404, "neither path nor token", null, "GET", "/v1/secret");
    row(405, "neither method nor token", null, "DELETE", "/v1/volumes");
  }

  /** The rows as a file: tokens once, by number. */
  static String json() {
    StringWriter text = new StringWriter();
    Map<String, Integer> numbers = new LinkedHashMap<>();
    List<Row> rows = rows();
    rows.forEach(row -> {
      if (row.token != null) {
        numbers.putIfAbsent(row.token, numbers.size());
      }
    });
    try (JsonGenerator json = StrictJson.generator(text)) {
      json.writeStartObject();
      json.writeStringField(
          "about",
          "status is the answer of edge and functions to a request with that token (its place in"
              + " 'tokens') at that time (ms); 200: it goes on");
      json.writeRaw("\n");
      json.writeFieldName("keyValueStore");
      json.writeStartObject();
      for (Map.Entry<String, String> entry : edgeEntries().entrySet()) {
        json.writeStringField(entry.getKey(), entry.getValue());
      }
      json.writeEndObject();
      json.writeRaw("\n");
      json.writeArrayFieldStart("tokens");
      for (String token : numbers.keySet()) {
        json.writeRaw("\n");
        json.writeString(token);
      }
      json.writeEndArray();
      json.writeRaw("\n");
      json.writeArrayFieldStart("rows");
      for (Row row : rows) {
        json.writeRaw("\n");
        json.writeStartObject();
        json.writeStringField("name", row.name);
        if (row.token != null) {
          json.writeNumberField("token", numbers.getOrDefault(row.token, -1));
        }
        json.writeStringField("method", row.method);
        json.writeStringField("path", row.path);
        json.writeNumberField("now", row.now);
        json.writeNumberField("status", row.status);
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
      json.writeRaw("\n");
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return text.toString();
  }
}
