package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.graft.auth.Admission;
import dev.graft.auth.Grant;
import dev.graft.auth.KeyRing;
import dev.graft.auth.RevocationLog;
import dev.graft.auth.Revoked;
import dev.graft.auth.SignedToken;
import dev.graft.auth.Token;
import dev.graft.auth.TokenMaker;
import dev.graft.auth.TokenVerifier;
import dev.graft.auth.Verdict;
import dev.graft.auth.VolumeScope;
import dev.graft.engine.store.FileObjectStore;
import dev.graft.http.Action;
import dev.graft.http.Route;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.TokenId;
import dev.graft.protocol.id.VolumeId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code graft token}. */
class TokenCommandsTest {
  private static final VolumeId STRANGER = new VolumeId(9, 9);

  @TempDir Path folder;

  @BeforeEach
  void makeKeys() {
    ok("token", "keys", "--init", "keys.json");
  }

  private Run ok(String... args) {
    Run run = Run.in(folder, args);
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    return run;
  }

  private KeyRing ring() throws IOException {
    return KeyRing.parse(Files.readString(folder.resolve("keys.json")));
  }

  private Verdict ask(String token, Route route, Revoked revoked) throws IOException {
    return new Admission(ring(), revoked, InstantSource.system()).admit(token.strip(), route);
  }

  private static String member(String json, String name) {
    Matcher found = Pattern.compile("\"" + name + "\":\"([^\"]+)\"").matcher(json);
    assertThat(found.find()).as("%s in %s", name, json).isTrue();
    return found.group(1);
  }

  private VolumeId fork() {
    VolumeId volume = OldVolume.make(folder.resolve("store"));
    ok("clone", "folder:store", volume.toString(), "old");
    ok("fork", "old", "child", "--at", "41");
    ok("fork", "child", "grandchild");
    return volume;
  }

  private VolumeId idOf(String name) throws IOException {
    String names = Files.readString(folder.resolve("graft.json"));
    Matcher found =
        Pattern.compile("\"" + name + "\"[^}]*?\"volume\" : \"(vol-[^\"]+)\"").matcher(names);
    assertThat(found.find()).isTrue();
    return VolumeId.parse(found.group(1));
  }

  @Test
  void keys_initRotateRetireRemove_changeAFileForItsOwnerAlone() throws IOException {
    Path file = folder.resolve("keys.json");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    String first = ring().signing().id().value();
    assertThat(ok("token", "keys", "keys.json").out()).contains(first + "  signs");
    ok("token", "keys", "keys.json", "--rotate");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    String second = ring().signing().id().value();
    assertThat(second).isNotEqualTo(first);
    Run listed = ok("token", "keys", "keys.json", "--json");
    assertThat(listed.out())
        .contains("{\"id\":\"" + second + "\",\"signs\":true,\"retired\":false}")
        .contains("{\"id\":\"" + first + "\",\"signs\":false,\"retired\":false}");
    ok("token", "keys", "keys.json", "--retire", first);
    assertThat(ok("token", "keys", "keys.json").out()).contains(first + "  retired");
    assertThat(Run.in(folder, "token", "keys", "keys.json", "--retire", second).err())
        .contains("every key of the ring is retired");
    ok("token", "keys", "keys.json", "--remove", first);
    assertThat(ring().keys()).hasSize(1);
    for (Run run :
        List.of(
            listed, ok("token", "keys", "keys.json"), ok("token", "keys", "keys.json", "--json"))) {
      assertThat(run.out() + run.err()).doesNotContain(secret());
    }
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  private String secret() throws IOException {
    Matcher found =
        Pattern.compile("\"secret\" : \"([^\"]+)\"")
            .matcher(Files.readString(folder.resolve("keys.json")));
    assertThat(found.find()).isTrue();
    return found.group(1);
  }

  @Test
  void keys_readableByOthers_isSaid() throws IOException {
    Files.setPosixFilePermissions(
        folder.resolve("keys.json"), PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(ok("token", "keys", "keys.json").err()).contains("chmod 600");
  }

  @Test
  void make_byIdForAll_isAdmitted() throws IOException {
    Run run =
        Run.with(
            Map.of("GRAFT_KEYS", "keys.json"),
            folder,
            "token",
            "make",
            "--volume",
            "*",
            "--allow",
            "read,admin",
            "--expires",
            "30d",
            "--label",
            "ci");
    assertThat(run.out()).hasLineCount(1);
    assertThat(run.err()).contains("every volume").contains("read, admin").contains("label   ci");
    assertThat(ask(run.out(), new Route.Create(), Revoked.NOTHING))
        .isInstanceOf(Verdict.Admitted.class);
    assertThat(ask(run.out(), new Route.Commits(STRANGER), Revoked.NOTHING))
        .isInstanceOf(Verdict.Refused.class);
  }

  @Test
  void make_forAFork_readsItsAncestorsFromTheStore() throws IOException {
    VolumeId old = fork();
    String json =
        ok(
                "token",
                "make",
                "--keys",
                "keys.json",
                "--volume",
                "grandchild",
                "--allow",
                "read",
                "--expires",
                "90m",
                "--json")
            .out();
    assertThat(json).contains("{\"volume\":\"" + old + "\",\"upTo\":\"41\"}");
    String token = member(json, "token");
    Route allowed = new Route.LogRange(old, new Lsn(41));
    Route later = new Route.LogRange(old, new Lsn(42));
    assertThat(ask(token, allowed, Revoked.NOTHING)).isInstanceOf(Verdict.Admitted.class);
    assertThat(ask(token, later, Revoked.NOTHING)).isInstanceOf(Verdict.Refused.class);
    assertThat(
            ((Verdict.Admitted) ask(token, allowed, Revoked.NOTHING)).token().grant().ancestors())
        .containsExactly(
            new Grant.Ancestor(idOf("child"), Lsn.ZERO.next()),
            new Grant.Ancestor(old, new Lsn(41)));
    // By id: from graft.json, from --remote, or as told.
    String id = idOf("child").toString();
    for (List<String> more : List.of(List.<String>of(), List.of("--remote", "folder:store"))) {
      List<String> line =
          new java.util.ArrayList<>(
              List.of(
                  "token",
                  "make",
                  "--keys",
                  "keys.json",
                  "--volume",
                  id,
                  "--allow",
                  "read",
                  "--expires",
                  "1d"));
      line.addAll(more);
      assertThat(ok(line.toArray(String[]::new)).err()).contains(old + " up to commit 41");
    }
    assertThat(
            ok(
                    "token",
                    "make",
                    "--keys",
                    "keys.json",
                    "--volume",
                    id,
                    "--allow",
                    "read",
                    "--expires",
                    "1d",
                    "--ancestor",
                    old + ":7")
                .err())
        .contains(old + " up to commit 7");
    assertThat(
            ok(
                    "token",
                    "make",
                    "--keys",
                    "keys.json",
                    "--volume",
                    STRANGER.toString(),
                    "--allow",
                    "read",
                    "--expires",
                    "1d")
                .err())
        .contains("no store was asked");
  }

  @Test
  void inspect_madeByWayOfARevokedOne_saysSo() throws IOException {
    Files.createDirectories(folder.resolve("store"));
    TokenMaker maker = new TokenMaker(ring(), new Random(7), InstantSource.system());
    Token asking =
        maker
            .make(Grant.of(VolumeScope.ALL, Set.of(Action.READ, Action.ADMIN)), Duration.ofDays(1))
            .token();
    String made =
        maker
            .makeUnder(asking, Grant.of(VolumeScope.ALL, Set.of(Action.READ)), Duration.ofHours(1))
            .text();
    String[] ask = {"token", "inspect", made, "--keys", "keys.json", "--remote", "folder:store"};
    assertThat(ok(ask).out()).contains("via     " + asking.id()).contains("is good");
    assertThat(ok("token", "inspect", made, "--json").out())
        .contains("\"via\":[\"" + asking.id() + "\"]");
    ok("token", "revoke", asking.id().toString(), "--remote", "folder:store");
    Run refused = Run.in(folder, ask);
    assertThat(refused.exitCode()).isEqualTo(ExitCode.FAILURE);
    assertThat(refused.out()).contains("was made by way of " + asking.id() + ", which was revoked");
  }

  @Test
  void inspect_goodRevokedAndForeign_saysSo() throws IOException {
    Files.createDirectories(folder.resolve("store"));
    String json =
        ok(
                "token",
                "make",
                "--keys",
                "keys.json",
                "--volume",
                "*",
                "--allow",
                "write,read",
                "--expires",
                "1d",
                "--json")
            .out();
    String token = member(json, "token");
    assertThat(ok("token", "inspect", token).out())
        .contains(member(json, "id"))
        .contains("was not proved");
    assertThat(ok("token", "inspect", token, "--keys", "keys.json").out())
        .contains("is good")
        .contains("allows  read, write");
    assertThat(ok("token", "inspect", token, "--keys", "keys.json", "--json").out())
        .contains("\"verifies\":true");
    assertThat(
            ok("token", "inspect", token, "--keys", "keys.json", "--remote", "folder:store").out())
        .contains("is good");

    Run revoked = ok("token", "revoke", token, "--remote", "folder:store");
    assertThat(revoked.out()).contains(member(json, "id") + " is revoked");
    assertThat(ok("token", "revoke", token, "--remote", "folder:store", "--json").out())
        .contains("\"changed\":false");
    RevocationLog log =
        new RevocationLog(
            FileObjectStore.open(folder.resolve("store"), VolumeSession.concurrency()),
            InstantSource.system());
    assertThat(ask(token, new Route.Changes(STRANGER), log)).isInstanceOf(Verdict.Refused.class);
    Run refused =
        Run.in(
            folder,
            "token",
            "inspect",
            token,
            "--keys",
            "keys.json",
            "--remote",
            "folder:store",
            "--json");
    assertThat(refused.exitCode()).isEqualTo(ExitCode.FAILURE);
    assertThat(refused.out()).contains("\"verifies\":false").contains("was revoked");

    ok("token", "keys", "--init", "other.json");
    Run foreign =
        Run.fed(folder, Map.of(), token + "\n", "token", "inspect", "-", "--keys", "other.json");
    assertThat(foreign.exitCode()).isEqualTo(ExitCode.FAILURE);
    assertThat(foreign.out()).contains("is refused: the token is not signed by a key of this ring");
  }

  private static String withClaims(String token, Token said) {
    // What anybody can write who has seen a token: other claims with the same id.
    String[] parts = token.split("\\.", -1);
    String claims =
        new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8)
            .replaceFirst("\"iat\":[0-9]+", "\"iat\":" + said.issued().getEpochSecond())
            .replaceFirst("\"exp\":[0-9]+", "\"exp\":" + said.expires().getEpochSecond());
    String forged =
        parts[0]
            + "."
            + Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(claims.getBytes(StandardCharsets.UTF_8))
            + "."
            + parts[2];
    assertThat(TokenVerifier.claimed(forged)).map(TokenVerifier.Claimed::token).contains(said);
    return forged;
  }

  private static Token ending(Token token, Instant end) {
    Instant whole = end.truncatedTo(ChronoUnit.SECONDS);
    return new Token(token.id(), token.grant(), whole.minusSeconds(3600), whole, token.via());
  }

  private RevocationLog log() {
    InstantSource clock = InstantSource.system();
    return new RevocationLog(FileObjectStore.open(folder.resolve("store"), clock), clock);
  }

  private SignedToken real(int seed) throws IOException {
    Grant grant = Grant.of(VolumeScope.ALL, Set.of(Action.READ));
    return new TokenMaker(ring(), new Random(seed), InstantSource.system())
        .make(grant, Duration.ofDays(30));
  }

  @Test
  void revoke_textWithAnEndThatNobodyProved_revokesTheIdForAsLongAsAnyTokenLives()
      throws IOException {
    Files.createDirectories(folder.resolve("store"));
    Instant now = Instant.now();
    for (Instant end : List.of(now.minusSeconds(86_400), now.plusSeconds(2))) {
      SignedToken real = real(end.isBefore(now) ? 11 : 13);
      String forged = withClaims(real.text(), ending(real.token(), end));
      Run run = ok("token", "revoke", forged, "--remote", "folder:store", "--json");
      assertThat(run.out()).contains("\"revoked\":true,\"changed\":true").doesNotContain("ended");
      assertThat(run.err().contains("nobody proved")).isEqualTo(end.isBefore(now));
      assertThat(ask(real.text(), new Route.Changes(STRANGER), log()))
          .isInstanceOf(Verdict.Refused.class);
      assertThat(log().newest().tokens().get(real.token().id()))
          .isAfterOrEqualTo(now.plus(Token.MAX_LIFE).minusSeconds(1));
      assertThat(ok("token", "revoke", real.text(), "--remote", "folder:store", "--json").out())
          .contains("\"revoked\":true,\"changed\":");
      // After the end that was told, and a day more, another revocation drops what has ended.
      InstantSource later = () -> end.plus(Duration.ofDays(2));
      FileObjectStore store = FileObjectStore.open(folder.resolve("store"), later);
      new RevocationLog(store, later).revoke(TokenId.parse("tok-00000000000000000000000007"));
      assertThat(log().token(real.token().id())).isTrue();
    }
  }

  @Test
  void revoke_withKeys_believesOnlyWhatIsProved() throws IOException {
    Files.createDirectories(folder.resolve("store"));
    SignedToken real = real(11);
    String forged =
        withClaims(real.text(), ending(real.token(), Instant.now().minusSeconds(86_400)));
    String id = real.token().id().toString();
    String[] line = {"token", "revoke", forged, "--remote", "store", "--keys", "keys.json"};
    Run refused = Run.in(folder, line);
    assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(refused.err()).hasLineCount(1).contains("nothing was revoked", "forged", id);
    assertThat(refused.out()).isEmpty();
    assertThat(log().newest().tokens()).isEmpty();

    InstantSource past = InstantSource.offset(InstantSource.system(), Duration.ofDays(-3));
    SignedToken ended =
        new TokenMaker(ring(), new Random(12), past)
            .make(real.token().grant(), Duration.ofHours(1));
    line[2] = ended.text();
    Run late = ok(line);
    assertThat(late.out()).contains("ended at").contains("admits nothing as it is");
    Run json =
        Run.with(
            Map.of("GRAFT_KEYS", "keys.json"),
            folder,
            "token",
            "revoke",
            ended.text(),
            "--remote",
            "store",
            "--json");
    assertThat(json.out()).contains("\"revoked\":false,\"changed\":false,\"ended\":");
    assertThat(log().newest().tokens()).isEmpty();

    line[2] = real.text();
    assertThat(ok(line).out()).contains(id + " is revoked");
    assertThat(log().newest().tokens())
        .containsExactly(Map.entry(real.token().id(), real.token().expires()));
    assertThat(ok(line).out()).contains(id + " was revoked before");
    line[2] = id;
    assertThat(ok(line).out()).as("for longer").contains(id + " is revoked");
  }

  @Test
  void remote_aPlainPathOrAServer_isTakenOrSaid() throws IOException {
    VolumeId volume = fork();
    List<String> line = make("--volume", volume.toString(), "--allow", "read", "--expires", "1d");
    line.addAll(List.of("--remote", "store"));
    String token = ok(line.toArray(String[]::new)).out().strip();
    String path = folder.resolve("store").toString();
    for (String store : List.of("store", "./store", path, "folder:store")) {
      assertThat(ok("token", "inspect", token, "--keys", "keys.json", "--remote", store).out())
          .contains("is good");
      ok("token", "keys", "keys.json", "--edge", "--remote", store);
    }
    assertThat(ok("token", "revoke", token, "--remote", path).out()).contains("is revoked");
    for (String[] asked :
        List.of(
            new String[] {"token", "inspect", token, "--keys", "keys.json"},
            new String[] {"token", "keys", "keys.json", "--edge"})) {
      String[] more = Arrays.copyOf(asked, asked.length + 2);
      more[asked.length] = "--remote";
      more[asked.length + 1] = "http://127.0.0.1:1";
      Run run = Run.in(folder, more);
      assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
      assertThat(run.err())
          .hasLineCount(1)
          .contains("'http://127.0.0.1:1' is a server", "name the store behind it", "folder:PATH");
    }
  }

  @Test
  void edge_afterARevocation_holdsKeysAndIds() throws IOException {
    Files.createDirectories(folder.resolve("store"));
    String id = "tok-00000000000000000000000007";
    ok("token", "revoke", id, "--remote", "folder:store");
    String json = ok("token", "keys", "keys.json", "--edge", "--remote", "folder:store").out();
    assertThat(json)
        .contains("\"key\" : \"key/" + ring().signing().id() + "\"")
        .contains(secret())
        .contains("\"key\" : \"" + id + "\"");
  }

  @Test
  void delete_straightInTheStore_endsTheVolumesTokens() throws IOException {
    VolumeId volume = fork();
    String token =
        ok(make("--volume", "old", "--allow", "read", "--expires", "30d").toArray(String[]::new))
            .out();
    InstantSource clock = InstantSource.system();
    RevocationLog log =
        new RevocationLog(FileObjectStore.open(folder.resolve("store"), clock), clock);
    Route range = new Route.LogRange(volume, new Lsn(3));
    assertThat(ask(token, range, log)).isInstanceOf(Verdict.Admitted.class);
    ok("delete", "old", "--yes");
    assertThat(log.newest().volumes()).containsOnlyKeys(volume);
    assertThat(ask(token, range, log))
        .isInstanceOfSatisfying(
            Verdict.Refused.class,
            refused -> assertThat(refused.cause()).isEqualTo(Verdict.Cause.DELETED));
  }

  @Test
  void revoke_atAServer_asksItWithTheTokenOfTheEnvironment() throws IOException {
    String id = "tok-00000000000000000000000007";
    List<String> seen = new java.util.ArrayList<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          String token = exchange.getRequestHeaders().getFirst("graft-token");
          String hash = exchange.getRequestHeaders().getFirst("x-amz-content-sha256");
          seen.add(
              String.join(
                  " ",
                  exchange.getRequestMethod(),
                  exchange.getRequestURI().getPath(),
                  token,
                  String.valueOf(Hash.sha256(body).toString().equals(hash)),
                  new String(body, StandardCharsets.UTF_8)));
          byte[] answer = "{}".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders("good".equals(token) ? 200 : 403, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    try {
      String address = "http://127.0.0.1:" + server.getAddress().getPort();
      String[] line = {"token", "revoke", id, "--remote", address};
      Run done = Run.with(Map.of("GRAFT_TOKEN", "good"), folder, line);
      assertThat(done.out()).as(done.err()).contains(id + " is revoked");
      assertThat(seen).containsExactly("POST /v1/tokens/revoke good true {\"id\":\"" + id + "\"}");
      Run refused = Run.with(Map.of("GRAFT_TOKEN", "other"), folder, line);
      assertThat(refused.exitCode()).isEqualTo(ExitCode.UNAVAILABLE);
      assertThat(refused.err()).hasLineCount(1).contains("does not take the token in GRAFT_TOKEN");
      assertThat(Run.in(folder, line).exitCode()).isEqualTo(ExitCode.USAGE);
      assertThat(seen).hasSize(2);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void token_wrongly_isOneSentence() {
    Map<List<String>, Integer> wrong =
        Map.ofEntries(
            Map.entry(List.of("token"), ExitCode.USAGE),
            Map.entry(List.of("token", "keys"), ExitCode.USAGE),
            Map.entry(List.of("token", "keys", "--init", "keys.json"), ExitCode.USAGE),
            Map.entry(List.of("token", "keys", "none.json"), ExitCode.NOT_FOUND),
            Map.entry(List.of("token", "keys", "keys.json", "--rotate", "--edge"), ExitCode.USAGE),
            Map.entry(
                List.of("token", "keys", "keys.json", "--remove", "key-x"), ExitCode.NOT_FOUND),
            Map.entry(make("--volume", "*", "--allow", "fly", "--expires", "1d"), ExitCode.USAGE),
            Map.entry(make("--volume", "*", "--allow", "read", "--expires", "1y"), ExitCode.USAGE),
            Map.entry(
                make("--volume", "*", "--allow", "read", "--expires", "401d"), ExitCode.USAGE),
            Map.entry(make("--volume", "*", "--allow", "read", "--expires", "0d"), ExitCode.USAGE),
            Map.entry(
                make("--volume", "db", "--allow", "read", "--expires", "1d"), ExitCode.NOT_FOUND),
            Map.entry(
                make("--volume", "vol-x", "--allow", "read", "--expires", "1d"), ExitCode.USAGE),
            Map.entry(
                make("--volume", "*", "--allow", "read", "--expires", "1d", "--ancestor", "x"),
                ExitCode.USAGE),
            Map.entry(
                make(
                    "--volume",
                    STRANGER.toString(),
                    "--allow",
                    "read",
                    "--expires",
                    "1d",
                    "--ancestor",
                    "vol-x:1"),
                ExitCode.USAGE),
            Map.entry(
                make("--volume", "*", "--allow", "read", "--expires", "1d", "--label", "a\"b"),
                ExitCode.USAGE),
            Map.entry(List.of("token", "inspect", "nonsense"), ExitCode.USAGE),
            Map.entry(
                List.of("token", "revoke", "nonsense", "--remote", "folder:."), ExitCode.USAGE),
            Map.entry(
                List.of(
                    "token",
                    "revoke",
                    "tok-00000000000000000000000007",
                    "--remote",
                    "folder:nowhere"),
                ExitCode.NOT_FOUND));
    wrong.forEach((args, code) -> {
      Run run = Run.in(folder, args.toArray(String[]::new));
      assertThat(run.err()).as("%s", args).startsWith("graft: ").hasLineCount(1);
      assertThat(run.exitCode()).as("%s: %s", args, run.err()).isEqualTo(code);
      assertThat(run.out()).isEmpty();
    });
  }

  private static List<String> make(String... more) {
    List<String> line = new java.util.ArrayList<>(List.of("token", "make", "--keys", "keys.json"));
    line.addAll(List.of(more));
    return line;
  }
}
