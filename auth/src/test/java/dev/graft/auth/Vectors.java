package dev.graft.auth;

import static java.util.stream.Collectors.joining;

import dev.graft.http.Action;
import dev.graft.protocol.id.TokenId;
import dev.graft.protocol.id.VolumeId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
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

  static final SigningKey KEY = key("key-new", 1, false);
  static final SigningKey OLD = key("key-old", 2, true);
  static final SigningKey REMOVED = key("key-gone", 3, false);
  static final SigningKey STRANGER = key("key-new", 4, false);
  static final KeyRing RING = new KeyRing(List.of(KEY, OLD));

  static final long IAT = NOW.getEpochSecond() - 3600;
  static final long EXP = NOW.getEpochSecond() + 3600;
  static final String ALL = "[\"read\",\"write\",\"fork\",\"admin\"]";
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
    new WrongTokens(vectors).add();
    vectors.addRevoked();
    vectors.addVia();
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

  void row(int status, String name, @Nullable String token, String method, String path) {
    rows.add(new Row(name, token, method, path, NOW.toEpochMilli(), status));
  }

  void post(int status, String name, @Nullable String token, String path) {
    row(status, name, token, "POST", path);
  }

  /** A question that a good token for {@link #OWN} may ask. */
  void ask(int status, String name, @Nullable String token) {
    post(status, name, token, POSTED_CHANGES);
  }

  String id() {
    return new TokenId(5, ++tokens).toString();
  }

  String claims(String vol, String act, String more) {
    return claims(id(), vol, act, more);
  }

  static String claims(String id, String vol, String act, String more) {
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

  static String header(SigningKey key) {
    return "{\"alg\":\"HS256\",\"kid\":\"" + key.id() + "\",\"typ\":\"JWT\"}";
  }

  static String signed(String claims) {
    return Forge.token(header(KEY), claims, KEY.secret());
  }

  String token(Object vol, String act) {
    return signed(claims(vol.toString(), act, ""));
  }

  static String act(Action action) {
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

  private void addVia() {
    String revoked = "\"" + REVOKED + "\"";
    String anc = ",\"anc\":[[\"" + PARENT + "\",\"41\"]]";
    String segment = "segments/" + SEGMENT;
    Map<String, Integer> chains = new LinkedHashMap<>();
    chains.put(some(1), 200);
    chains.put(some(16), 200);
    chains.put(revoked, 401);
    chains.put(revoked + "," + some(15), 401);
    chains.put(some(7) + "," + revoked + "," + some(8), 401);
    chains.put(some(15) + "," + revoked, 401);
    chains.forEach((chain, status) -> {
      String via = ",\"via\":[" + chain + "]";
      String name = status == 200 ? "by way of good tokens" : "by way of a revoked token";
      String own = signed(claims(OWN.toString(), ALL, ",\"sub\":\"ci\"" + via));
      CALLS.keySet().forEach(call -> post(status, name, own, path(OWN, call)));
      String child = signed(claims(CHILD.toString(), ALL, anc + via));
      row(status, name, child, "GET", path(CHILD, segment));
      row(status, name, child, "HEAD", path(PARENT, segment));
      row(status, name, child, "GET", log(PARENT, 41));
      String all = signed(claims("*", ALL, via));
      PLAIN.forEach(path -> post(status, name, all, path));
    });
    // What it was made by way of admits nothing by itself, and what is revoked is told first.
    String child = signed(claims(CHILD.toString(), ALL, anc + ",\"via\":[" + some(1) + "]"));
    row(403, "behind the fork", child, "GET", log(PARENT, 42));
    String ended = signed(claims(DELETED.toString(), ALL, ",\"via\":[" + revoked + "]"));
    post(401, "by way of a revoked token, of a deleted volume", ended, path(DELETED, "info"));
  }

  /** That many ids of tokens that are not revoked, as members of a list. */
  private String some(int count) {
    return Stream.generate(() -> "\"" + id() + "\"").limit(count).collect(joining(","));
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
}
