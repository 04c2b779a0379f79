package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.auth.Grant;
import dev.graft.auth.KeyRing;
import dev.graft.auth.TokenMaker;
import dev.graft.auth.TokenVerifier;
import dev.graft.auth.VolumeScope;
import dev.graft.engine.store.FileObjectStore;
import dev.graft.http.Action;
import dev.graft.localstack.Stack;
import dev.graft.localstack.StackOptions;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tokens of the command line where a server with tokens stands before the store. */
@Timeout(60)
class TokensOverHttpTest {
  @TempDir Path folder;

  private KeyRing ring;
  private Stack stack;
  private String address;

  @BeforeEach
  void start() throws IOException {
    ok("token", "keys", "--init", "keys.json");
    ring = KeyRing.parse(Files.readString(folder.resolve("keys.json")));
    stack =
        Stack.start(
            StackOptions.of(FileObjectStore.open(folder.resolve("store"), InstantSource.system()))
                .withKeys(ring));
    address = stack.address().toString();
  }

  @AfterEach
  void stop() {
    stack.close();
  }

  private Run ok(String... args) {
    Run run = Run.in(folder, args);
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    return run;
  }

  private Run make(String keys, VolumeId volume) {
    return Run.in(
        folder,
        "token",
        "make",
        "--keys",
        keys,
        "--volume",
        volume.toString(),
        "--allow",
        "read",
        "--expires",
        "1d",
        "--remote",
        address);
  }

  private VolumeId idOf(String name) throws IOException {
    Terminal none = new Terminal(System.out, System.err, false, false, System::nanoTime);
    return VolumesFile.find(new Surroundings(none, folder, Map.of(), System.in))
        .require(name)
        .volume();
  }

  private static List<Grant.Ancestor> ancestors(Run made) {
    assertThat(made.exitCode()).as(made.err()).isEqualTo(ExitCode.OK);
    return TokenVerifier.claimed(made.out().strip()).orElseThrow().token().grant().ancestors();
  }

  @Test
  void make_forAForkBehindAServer_namesItsAncestors() throws IOException {
    ok("init", "shop", "--remote", "folder:store");
    ok("sql", "shop", "CREATE TABLE t(a)");
    ok("sql", "shop", "INSERT INTO t VALUES(1)");
    ok("fork", "shop", "child", "--at", "1");
    ok("fork", "child", "grandchild");
    VolumeId shop = idOf("shop");
    VolumeId child = idOf("child");
    assertThat(ancestors(make("keys.json", shop))).isEmpty();
    assertThat(ancestors(make("keys.json", idOf("grandchild"))))
        .containsExactly(
            new Grant.Ancestor(child, new Lsn(1)), new Grant.Ancestor(shop, new Lsn(1)));

    ok("token", "keys", "--init", "other.json");
    Run foreign = make("other.json", child);
    assertThat(foreign.exitCode()).isEqualTo(ExitCode.UNAVAILABLE);
    assertThat(foreign.err()).hasLineCount(1).contains("--keys", "--ancestor");
    assertThat(foreign.out()).isEmpty();
    assertThat(make("keys.json", new VolumeId(9, 9)).exitCode()).isEqualTo(ExitCode.NOT_FOUND);
  }

  @Test
  void revoke_atAServer_endsATokenAndLeavesOneThatHasEnded() throws IOException {
    SecureRandom random = new SecureRandom();
    Grant all = Grant.of(VolumeScope.ALL, EnumSet.allOf(Action.class));
    String admin =
        new TokenMaker(ring, random, InstantSource.system()).make(all, Duration.ofHours(1)).text();
    InstantSource past = InstantSource.offset(InstantSource.system(), Duration.ofDays(-3));
    String ended = new TokenMaker(ring, random, past).make(all, Duration.ofHours(1)).text();
    String good =
        new TokenMaker(ring, random, InstantSource.system()).make(all, Duration.ofHours(1)).text();

    Run late = revoke(admin, ended);
    assertThat(late.exitCode()).as(late.err()).isEqualTo(ExitCode.OK);
    assertThat(late.out()).contains("ended at").contains("admits nothing as it is");
    assertThat(revocations()).isZero();
    Run done = revoke(admin, good);
    assertThat(done.out()).as(done.err()).contains("is revoked");
    assertThat(revocations()).isEqualTo(1);
  }

  private Run revoke(String admin, String token) {
    return Run.with(
        Map.of("GRAFT_TOKEN", admin), folder, "token", "revoke", token, "--remote", address);
  }

  private long revocations() throws IOException {
    Path log = folder.resolve("store").resolve("auth");
    if (!Files.exists(log)) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(log)) {
      return files.filter(Files::isRegularFile).count();
    }
  }
}
