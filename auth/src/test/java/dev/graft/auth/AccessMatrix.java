package dev.graft.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.http.Action;
import dev.graft.http.Route;
import dev.graft.protocol.id.CheckpointId;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.TokenId;
import dev.graft.protocol.id.VolumeId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Every route with every token that does not admit it, and every path and method that is none with
 * the best of tokens: nothing of it passes a {@link Door}, and nothing of it touches the store.
 */
public final class AccessMatrix {
  /** A request. */
  public record Case(String name, String method, String path, @Nullable String token) {
    /**
     * Whether it can stand in a request line: without space, control and other characters. A whole
     * URL can, too, but means its path there (RFC 9112, 3.2.2).
     */
    public boolean isSendable() {
      return (path.startsWith("/") || path.equals("*"))
          && path.length() <= 2048
          && (method + path).chars().allMatch(c -> c > ' ' && c < 0x7f);
    }
  }

  /**
   * The one exception among what is the parent's alone, on purpose (docs/decisions.md): a fork's
   * token reads each segment of its parent whose random id its holder knows, made before the fork
   * or after it. Ids of later ones are told to the parent's readers only.
   */
  static final String PARENTS_SEGMENT = "the parent's segment, by its id";

  private static final Set<Integer> REFUSALS = Set.of(401, 403, 404, 405, 410);
  private static final Set<Action> ALL = EnumSet.allOf(Action.class);

  private final AccessWorld world;
  private final TokenMaker maker;
  private final Instant second;
  private long ids;

  /** The matrix for a world. */
  public AccessMatrix(AccessWorld world) {
    this.world = world;
    this.second = world.now().truncatedTo(ChronoUnit.SECONDS);
    this.maker = new TokenMaker(world.ring(), new Random(1), world::now);
  }

  /** All that must be refused. */
  public List<Case> refused() {
    List<Case> cases = new ArrayList<>();
    for (Route route : routes(world.own())) {
      badTokens(route).forEach((name, token) -> add(cases, name, route, token));
    }
    addFork(cases);
    addTricks(cases);
    return cases;
  }

  /** What good tokens may ask, so that a door that is shut to all does not look safe. */
  public List<Case> admitted() {
    List<Case> cases = new ArrayList<>();
    for (Route route : routes(world.own())) {
      add(cases, "all of all", route, good(VolumeScope.ALL, ALL));
      if (route instanceof Route.OfVolume) {
        add(cases, "that action", route, good(own(), Set.of(route.action())));
      }
    }
    for (Route route : routes(world.child())) {
      if (route instanceof Route.OfVolume) {
        add(cases, "a fork's own", route, forks());
      }
    }
    add(
        cases,
        "parent, at the fork",
        new Route.LogRange(world.parent(), world.forkedAt()),
        forks());
    add(cases, PARENTS_SEGMENT, new Route.SegmentRange(world.parent(), world.segment()), forks());
    return cases;
  }

  /**
   * Sends what must be refused.
   *
   * @param cases all of {@link #refused}, or those that the door can be sent
   */
  public static void checkRefused(Door door, List<Case> cases) {
    List<String> wrong = new ArrayList<>();
    for (Case each : cases) {
      long reads = door.storeReads();
      long writes = door.storeWrites();
      int status = door.ask(each.method, each.path, each.token);
      if (!REFUSALS.contains(status)
          || door.storeReads() != reads
          || door.storeWrites() != writes) {
        wrong.add(
            status
                + ", "
                + (door.storeReads() - reads)
                + " reads and "
                + (door.storeWrites() - writes)
                + " writes of the store: "
                + each);
      }
    }
    assertThat(wrong).isEmpty();
  }

  /** Sends what good tokens may ask: none of it is refused, and the store is asked. */
  public static void checkAdmitted(Door door, List<Case> cases) {
    long before = door.storeReads() + door.storeWrites();
    List<String> wrong = new ArrayList<>();
    for (Case each : cases) {
      int status = door.ask(each.method, each.path, each.token);
      if (status == 401 || status == 403 || status == 405) {
        wrong.add(status + ": " + each);
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(door.storeReads() + door.storeWrites()).isGreaterThan(before);
  }

  private static void add(List<Case> cases, String name, Route route, @Nullable String token) {
    route.methods().forEach(method -> cases.add(new Case(name, method, route.path(), token)));
  }

  private List<Route> routes(VolumeId volume) {
    return List.of(
        new Route.Create(),
        new Route.Tokens(),
        new Route.Revoke(),
        new Route.Info(volume),
        new Route.Changes(volume),
        new Route.Log(volume),
        new Route.State(volume),
        new Route.Upload(volume, world.segment()),
        new Route.Uploads(volume),
        new Route.Commits(volume),
        new Route.Fork(volume),
        new Route.Retain(volume),
        new Route.Waiting(volume),
        new Route.SegmentRange(volume, world.segment()),
        new Route.LogRange(volume, new Lsn(1)),
        // Last, for what a good token deletes is gone for those that follow.
        new Route.Delete(volume));
  }

  /** Every kind of route that there is: tests that ask "every route" are held to it. */
  public static Set<Class<?>> kindsOfRoutes() {
    return kinds(Route.class).collect(Collectors.toSet());
  }

  private static Stream<Class<?>> kinds(Class<?> type) {
    Class<?>[] permitted = type.getPermittedSubclasses();
    return permitted == null
        ? Stream.of(type)
        : Arrays.stream(permitted).flatMap(AccessMatrix::kinds);
  }

  private VolumeScope own() {
    return VolumeScope.of(world.own());
  }

  private String good(VolumeScope scope, Set<Action> actions) {
    return maker.make(Grant.of(scope, actions), Duration.ofHours(1)).text();
  }

  private String forks() {
    Grant grant =
        Grant.of(VolumeScope.of(world.child()), ALL)
            .withAncestors(List.of(new Grant.Ancestor(world.parent(), world.forkedAt())));
    return maker.make(grant, Duration.ofHours(1)).text();
  }

  private Token token(TokenId id, Instant issued, Instant expires) {
    return new Token(id, Grant.of(VolumeScope.ALL, ALL), issued, expires);
  }

  private TokenId id() {
    return new TokenId(0x7e57, ++ids);
  }

  private Map<String, @Nullable String> badTokens(Route route) {
    Instant hourAgo = second.minusSeconds(3600);
    Instant inAnHour = second.plusSeconds(3600);
    SigningKey key = world.ring().signing();
    byte[] stranger = new byte[32];
    new Random(99).nextBytes(stranger);
    String header = TokenCodec.header(key.id());
    String claims = TokenCodec.claims(token(id(), hourAgo, inAnHour));
    String best = maker.sign(token(id(), hourAgo, inAnHour)).text();
    String[] weak = good(VolumeScope.of(world.other()), ALL).split("\\.");
    Set<Action> others = EnumSet.complementOf(EnumSet.of(route.action()));

    Map<String, @Nullable String> bad = new LinkedHashMap<>();
    bad.put("no token", null);
    bad.put("an empty token", "");
    bad.put("no token at all", "letmein");
    bad.put("expired", maker.sign(token(id(), hourAgo, second.minusSeconds(120))).text());
    bad.put("not yet good", maker.sign(token(id(), second.plusSeconds(600), inAnHour)).text());
    bad.put("revoked", maker.sign(token(world.revoked(), hourAgo, inAnHour)).text());
    bad.put("another key of that id", Forge.token(header, claims, stranger));
    bad.put(
        "a key that is not there",
        Forge.token(TokenCodec.header(new KeyId("key-elsewhere")), claims, stranger));
    bad.put(
        "the secret as text",
        Forge.token(header, claims, key.secretText().getBytes(StandardCharsets.US_ASCII)));
    bad.put(
        "alg none",
        Forge.base64(header.replace("HS256", "none")) + "." + Forge.base64(claims) + ".");
    bad.put(
        "alg HS512",
        Forge.token("HmacSHA512", header.replace("HS256", "HS512"), claims, key.secret()));
    bad.put("claims exchanged", weak[0] + "." + Forge.base64(claims) + "." + weak[2]);
    bad.put(
        "signature changed",
        best.substring(0, best.length() - 5) + (best.endsWith("AAAAA") ? "BBBBA" : "AAAAA"));
    bad.put("signature cut", best.substring(0, best.lastIndexOf('.') + 1));
    bad.put(
        "claims twice", Forge.token(header, claims.replace("{", "{\"vol\":\"*\","), key.secret()));
    bad.put("all other actions", good(VolumeScope.ALL, others));
    bad.put("all other actions here", good(own(), others));
    bad.put("another volume", String.join(".", weak));
    bad.put("a fork of another", forks());
    if (!(route instanceof Route.OfVolume)) {
      bad.put("not for all", good(own(), ALL));
    }
    return bad;
  }

  /** A fork's token against what is the parent's alone. */
  private void addFork(List<Case> cases) {
    String token = forks();
    for (Route route : routes(world.parent())) {
      if (route instanceof Route.OfVolume && !(route instanceof Route.OfObject)) {
        add(cases, "a fork's token at its parent", route, token);
      }
    }
    for (long lsn :
        new long[] {world.forkedAt().value() + 1, world.forkedAt().value() + 2, 1L << 32, -1}) {
      add(
          cases,
          "the parent's later commit",
          new Route.LogRange(world.parent(), new Lsn(lsn)),
          token);
    }
    for (String rest : hidden(world.parent())) {
      for (String method : List.of("GET", "HEAD", "POST")) {
        cases.add(new Case("what no path leads to", method, rest, token));
        cases.add(new Case("what no path leads to", method, rest, good(VolumeScope.ALL, ALL)));
      }
    }
  }

  /** Where the store keeps what is no range. */
  private static List<String> hidden(VolumeId volume) {
    String of = "/v1/volumes/" + volume;
    String newest = HexFormat.of().toHexDigits(~1L);
    List<String> paths = new ArrayList<>();
    for (String rest :
        List.of(
            "volume",
            "state/" + newest,
            "derived/0/rollups/1/0",
            "derived/0/rollups/2/0",
            "checkpoints/" + new CheckpointId(1, 1),
            "forks/" + volume,
            "log",
            "segments")) {
      if (!rest.equals("log")) {
        paths.add(of + "/" + rest);
      }
      paths.add((of + "/" + rest).substring(3));
      paths.add(of + "/log/../" + rest);
      paths.add(of + "/segments/%2e%2e/" + rest);
    }
    paths.add("/v1/auth/revocations/" + newest);
    paths.add("/auth/revocations/" + newest);
    return paths;
  }

  private void addTricks(List<Case> cases) {
    String all = good(VolumeScope.ALL, ALL);
    String own = good(own(), ALL);
    for (String path : Tricks.notPaths(world.own().toString(), world.segment().toString())) {
      for (String method : List.of("GET", "HEAD", "POST")) {
        cases.add(new Case("no path", method, path, all));
        cases.add(new Case("no path", method, path, own));
      }
    }
    for (Route route : routes(world.own())) {
      for (String method : List.of("GET", "HEAD", "POST")) {
        if (!route.methods().contains(method)) {
          cases.add(new Case("no method", method, route.path(), all));
        }
      }
      for (String method : Tricks.METHODS) {
        cases.add(new Case("no method", method, route.path(), all));
      }
    }
  }
}
