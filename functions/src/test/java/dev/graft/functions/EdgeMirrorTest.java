package dev.graft.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.auth.EdgeEntries;
import dev.graft.auth.KeyId;
import dev.graft.auth.KeyRing;
import dev.graft.auth.RevocationLog;
import dev.graft.auth.SigningKey;
import dev.graft.auth.Token;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.EngineOptions;
import dev.graft.engine.EngineRemote;
import dev.graft.engine.store.MemoryObjectStore;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.TokenId;
import dev.graft.protocol.id.VolumeId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** Keys and revocations on their way to the edge's store. */
class EdgeMirrorTest {
  private static final SigningKey FIRST = new SigningKey(new KeyId("first"), new byte[32], false);
  private static final String FIRST_SECRET = Base64.getEncoder().encodeToString(new byte[32]);
  private static final SigningKey SECOND = new SigningKey(new KeyId("second"), new byte[64], false);

  private final FakeEdgeKeys edge = started();
  private final MemoryObjectStore store = new MemoryObjectStore(InstantSource.system());
  private final AwsCall aws =
      new AwsCall(
          "us-east-1",
          "http://127.0.0.1:1",
          StaticCredentialsProvider.create(
              AwsBasicCredentials.create(ExampleKey.ACCESS_KEY, ExampleKey.SECRET_KEY)));
  private volatile KeyRing ring = new KeyRing(List.of(FIRST));
  private final RevocationLog log = new RevocationLog(store, InstantSource.system());
  private final EdgeMirror mirror = mirror(InstantSource.system());

  private static FakeEdgeKeys started() {
    try {
      return new FakeEdgeKeys();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private EdgeMirror mirror(InstantSource clock) {
    return new EdgeMirror(
        new EdgeKeyStore(FakeEdgeKeys.ARN, edge.endpoint(), aws, InstantSource.system()),
        () -> ring,
        new RevocationLog(store, clock),
        new ThreadConcurrency(clock),
        new Random(5));
  }

  @AfterEach
  void end() {
    aws.close();
    edge.close();
  }

  private Map<String, String> wanted() {
    return EdgeEntries.of(ring, log.newest());
  }

  private List<TokenId> revoke(int count, long from) {
    List<TokenId> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      TokenId id = new TokenId(7, from + i);
      ids.add(id);
      log.revoke(id);
    }
    return ids;
  }

  @Test
  void bring_emptyStore_holdsRingAndRevocationsThenChangesNothing() {
    TokenId token = revoke(1, 1).getFirst();
    VolumeId volume = new VolumeId(3, 4);
    log.revokeAll(volume);
    assertThat(mirror.bring()).isEqualTo(new EdgeMirror.Brought(3, 3, 0, 1));
    assertThat(edge.entries())
        .isEqualTo(wanted())
        .containsKeys("key/first", token.toString(), volume.toString());
    assertThat(edge.changes()).isEqualTo(1);
    assertThat(mirror.bring()).isEqualTo(new EdgeMirror.Brought(3, 0, 0, 1));
    assertThat(edge.changes()).as("nothing to change, nothing is sent").isEqualTo(1);
  }

  @Test
  void bring_rotation_addsTheNewKeyAndRemovesTheOld() {
    mirror.bring();
    ring = ring.add(SECOND);
    assertThat(mirror.bring()).isEqualTo(new EdgeMirror.Brought(2, 1, 0, 1));
    ring = ring.remove(FIRST.id());
    assertThat(mirror.bring()).isEqualTo(new EdgeMirror.Brought(1, 0, 1, 1));
    assertThat(edge.entries().keySet()).containsExactly("key/second");
  }

  @Test
  void bring_changedSecretOfOneName_isPutAnew() {
    edge.put("key/first", "c29tZXRoaW5nIGVsc2U=");
    edge.put("key/unknown", "bm9ib2R5J3M=");
    assertThat(mirror.bring()).isEqualTo(new EdgeMirror.Brought(1, 1, 1, 1));
    assertThat(edge.entries()).isEqualTo(wanted());
  }

  @Test
  void bring_expiredRevocation_isRemovedADayAfterItsEnd() {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    InstantSource early = InstantSource.fixed(now);
    Token token =
        new Token(
            new TokenId(1, 2),
            dev.graft.auth.Grant.of(
                dev.graft.auth.VolumeScope.ALL, java.util.Set.of(dev.graft.http.Action.READ)),
            now.minusSeconds(10),
            now.plusSeconds(60));
    new RevocationLog(store, early).revoke(token);
    assertThat(mirror(early).bring().entries()).isEqualTo(2);
    InstantSource soon = InstantSource.fixed(now.plus(Duration.ofHours(23)));
    assertThat(mirror(soon).bring()).isEqualTo(new EdgeMirror.Brought(2, 0, 0, 1));
    InstantSource late = InstantSource.fixed(now.plus(Duration.ofHours(25)));
    assertThat(mirror(late).bring()).isEqualTo(new EdgeMirror.Brought(1, 0, 1, 1));
  }

  @Test
  void bring_manyEntries_goesInChangesOfFiftyAndReadsAllPages() {
    revoke(120, 1);
    assertThat(mirror.bring().put()).isEqualTo(121);
    assertThat(edge.changes()).isEqualTo(3);
    int before = edge.listed();
    revoke(1, 1_000);
    assertThat(mirror.bring()).isEqualTo(new EdgeMirror.Brought(122, 1, 0, 1));
    assertThat(edge.listed() - before).as("pages of 50").isEqualTo(3);
    assertThat(edge.entries()).isEqualTo(wanted());
  }

  @Test
  void bring_somebodyElseBetween_looksAgainAndTakesNothingBack() {
    mirror.bring();
    TokenId mine = revoke(1, 1).getFirst();
    // Between our look and our change another one revokes, brings its own there, and we are late.
    edge.beforeChange(() -> {
      TokenId theirs = revoke(1, 50).getFirst();
      edge.put(theirs.toString(), wanted().getOrDefault(theirs.toString(), ""));
    });
    EdgeMirror.Brought brought = mirror.bring();
    assertThat(edge.refused()).as("the version was another one").isEqualTo(1);
    assertThat(brought.tries()).isEqualTo(2);
    assertThat(edge.entries()).isEqualTo(wanted()).containsKey(mine.toString()).hasSize(3);
  }

  @Test
  void bring_manyAtOnceWhileOthersRevoke_endsWithAllOfIt() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<?>> running = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        int number = thread;
        running.add(
            threads.submit(() -> {
              EdgeMirror own = mirror(InstantSource.system());
              for (int i = 0; i < 5; i++) {
                TokenId id = revoke(1, 1_000L * (number + 1) + i).getFirst();
                own.bring();
                // Never again without it, whoever brings what.
                assertThat(edge.entries()).containsKey(id.toString());
              }
            }));
      }
      for (Future<?> each : running) {
        each.get();
      }
    }
    assertThat(edge.entries()).isEqualTo(wanted()).hasSize(21);
    System.out.println("changes that came too late: " + edge.refused());
  }

  @Test
  void bring_storeThatFails_isUnavailableAndTellsNoSecret() {
    edge.failWith(500);
    assertThatThrownBy(mirror::bring)
        .isInstanceOf(GraftException.Unavailable.class)
        .hasMessageContaining("500")
        .hasMessageNotContaining(FIRST_SECRET);
    edge.failWith(0);
    assertThat(mirror.bring().entries()).isEqualTo(1);
  }

  @Test
  void bring_refusedAgainAndAgain_givesUp() {
    edge.beforeChange(
        new Runnable() {
          @Override
          public void run() {
            edge.put("key/unknown", "" + edge.refused());
            edge.beforeChange(this);
          }
        });
    assertThatThrownBy(mirror::bring)
        .isInstanceOf(GraftException.Unavailable.class)
        .hasMessageContaining("409");
    assertThat(edge.refused()).isEqualTo(12);
  }

  @Test
  void ring_thatCannotBeRead_leavesTheEdgeAsItIs() {
    mirror.bring();
    EdgeMirror blind =
        new EdgeMirror(
            new EdgeKeyStore(FakeEdgeKeys.ARN, edge.endpoint(), aws, InstantSource.system()),
            () -> {
              throw new GraftException.Unavailable("no parameter");
            },
            log,
            new ThreadConcurrency(InstantSource.system()),
            new Random(6));
    assertThatThrownBy(blind::bring).isInstanceOf(GraftException.Unavailable.class);
    assertThat(edge.entries().keySet()).containsExactly("key/first");
  }

  @Test
  void maintenance_isAskedByAnEventAndByTheSweep() {
    List<String> lines = new ArrayList<>();
    EngineRemote engine =
        new EngineRemote(
            store,
            store,
            new ThreadConcurrency(InstantSource.system()),
            new RandomIdSource(new Random(3)),
            new Random(4),
            EngineOptions.DEFAULT);
    Maintenance maintenance = new Maintenance(engine, lines::add, mirror);
    maintenance.handle(new MaintenanceEvents.BringToEdge(), () -> 900_000, again -> {});
    assertThat(edge.entries()).isEqualTo(wanted());
    ring = ring.add(SECOND);
    maintenance.handle(new MaintenanceEvents.SweepAll(null), () -> 900_000, again -> {});
    assertThat(edge.entries()).isEqualTo(wanted()).hasSize(2);
    edge.failWith(503);
    maintenance.handle(new MaintenanceEvents.SweepAll(null), () -> 900_000, again -> {});
    assertThatThrownBy(() ->
            maintenance.handle(new MaintenanceEvents.BringToEdge(), () -> 900_000, again -> {}))
        .as("so that Lambda tries again")
        .isInstanceOf(GraftException.Unavailable.class);
    assertThat(lines).hasSize(3);
    assertThat(lines.get(2)).contains("edge-failed").doesNotContain(FIRST_SECRET);
  }

  @Test
  void revocation_isToldOnlyOnceItIsDurable_andAgainWhenItIsRepeated() {
    List<Boolean> toldWhenDurable = new ArrayList<>();
    TokenId id = new TokenId(9, 9);
    RevocationLog telling =
        new RevocationLog(
            store,
            InstantSource.system(),
            RevocationLog.MAX_AGE,
            () -> {
              boolean durable =
                  new RevocationLog(store, InstantSource.system())
                      .newest()
                      .tokens()
                      .containsKey(id);
              toldWhenDurable.add(durable);
              if (toldWhenDurable.size() == 1) {
                throw new GraftException.Unavailable("nobody listens");
              }
            });
    assertThatThrownBy(() -> telling.revoke(id)).isInstanceOf(GraftException.Unavailable.class);
    telling.revoke(id);
    assertThat(toldWhenDurable).containsExactly(true, true);
  }
}
