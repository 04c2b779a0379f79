package dev.graft.functions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.auth.Grant;
import dev.graft.auth.KeyRing;
import dev.graft.auth.SigningKey;
import dev.graft.auth.TokenMaker;
import dev.graft.auth.VolumeScope;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.EngineOptions;
import dev.graft.engine.EngineRemote;
import dev.graft.engine.store.FileObjectStore;
import dev.graft.functions.service.Answer;
import dev.graft.functions.service.Request;
import dev.graft.http.Action;
import dev.graft.http.Headers;
import dev.graft.http.Messages;
import dev.graft.http.Route;
import dev.graft.protocol.frame.FrameEncoder;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.PageRuns;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.CreateVolume;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real runtime client runs the functions in a process of their own. On the class path, or,
 * where {@code graft.functions.zip} names one, on the zip that is deployed.
 */
class RuntimeClientTest {
  private static final PageSize SIZE = new PageSize(4096);

  @TempDir private Path folder = Path.of("");

  private final InstantSource clock = InstantSource.system();
  private final RandomIdSource ids = new RandomIdSource(new SecureRandom());
  private final KeyRing keys = new KeyRing(List.of(SigningKey.generate(new SecureRandom())));
  private final String token =
      new TokenMaker(keys, new SecureRandom(), clock)
          .make(Grant.of(new VolumeScope.All(), EnumSet.allOf(Action.class)), Duration.ofHours(1))
          .text();

  private Map<String, String> settings(Path store) {
    return Map.of("GRAFT_STORE", "folder:" + store, "GRAFT_KEY_RING", keys.toJson());
  }

  private EngineRemote engine(Path store) {
    FileObjectStore files = FileObjectStore.open(store, clock);
    return new EngineRemote(
        files, files, new ThreadConcurrency(clock), ids, new SecureRandom(), EngineOptions.DEFAULT);
  }

  private Request post(Route route, byte[] body, String type) {
    Map<String, String> headers = new HashMap<>();
    headers.put("Graft-Token", token);
    headers.put("Content-Type", type);
    headers.put("X-Amz-Content-Sha256", Hash.sha256(body).toString());
    return new Request("POST", route.path(), "", headers, body);
  }

  private CommitRequest commit(VolumeId volume, Position base, int i) {
    byte[] raw = new byte[SIZE.bytes()];
    raw[i] = 7;
    try (FrameEncoder encoder = new FrameEncoder()) {
      byte[] frame =
          encoder.encodePages(
              new FrameOwner.InCommit(volume, Lsn.ZERO),
              0,
              false,
              SIZE,
              PageRuns.of(1, 1),
              raw,
              0,
              raw.length);
      PageCount one = new PageCount(1);
      return new CommitRequest(
          volume,
          base,
          base.lsn(),
          one,
          base.lsn().value() == 0 ? new PageCount(0) : one,
          List.of(
              new TransactionRecord(
                  ids.newIdempotencyKey(), Hash.sha256(raw), clock.instant(), "test", "")),
          new CommitRequest.Content.Inline(List.of(frame), PageSet.empty()));
    }
  }

  /** A volume in a store, and commits of it through a function. */
  private final class Committing {
    final EngineRemote engine;
    final VolumeId volume = ids.newVolumeId();
    Position head;

    Committing(Path store) {
      this.engine = engine(store);
      this.head =
          new Position(Lsn.ZERO, engine.createVolume(new CreateVolume(volume, SIZE)).recordHash());
    }

    Request next(int i) {
      return post(
          new Route.Commits(volume),
          Messages.commitRequest(volume).encode(commit(volume, head, i)),
          Headers.JSON);
    }

    Answer commits(RuntimeApi api, int i) throws IOException, InterruptedException {
      Answer answer = Events.answer(api.invoke(Events.event(next(i), i % 2 == 0)));
      assertThat(answer.status())
          .as(new String(answer.body(), StandardCharsets.UTF_8))
          .isEqualTo(200);
      CommitOutcome.Committed done = Messages.committed().decode(answer.body());
      head = done.position();
      return answer;
    }
  }

  @Test
  void commitFunction_restoredFromASnapshot_commitsAndRefusesWhatIsNoEvent()
      throws IOException, InterruptedException {
    Path store = Files.createDirectory(folder.resolve("store"));
    Committing committing = new Committing(store);
    try (RuntimeApi api = new RuntimeApi();
        FunctionProcess function =
            FunctionProcess.start(CommitFunction.class, api, folder, true, settings(store))) {
      api.awaitReady();
      assertThat(function.output()).as("lines of the priming").doesNotContain("\"request\"");
      api.restore();
      for (int i = 0; i < 4; i++) {
        Answer answer = committing.commits(api, i);
        assertThat(answer.headers())
            .containsKey(Headers.TIME)
            .containsEntry(Headers.CACHE_CONTROL, Headers.NO_STORE);
      }
      assertThat(committing.engine.log(committing.volume, null, 10).commits()).hasSize(4);
      // Invoked twice, as Lambda may: the second finds the first.
      byte[] event = Events.event(committing.next(9), true);
      Answer first = Events.answer(api.invoke(event));
      assertThat(Events.answer(api.invoke(event)).status()).isEqualTo(200);
      assertThat(committing.engine.log(committing.volume, null, 10).commits()).hasSize(5);
      assertThat(first.status()).isEqualTo(200);
      // A segment of bytes, and what is no segment.
      byte[] noise = new byte[1 << 20];
      new SecureRandom().nextBytes(noise);
      Request upload =
          post(
              new Route.Upload(committing.volume, ids.newSegmentId(clock.instant())),
              noise,
              Headers.BYTES);
      Answer refused = Events.answer(api.invoke(Events.event(upload, true)));
      assertThat(refused.status()).isEqualTo(400);
      for (String garbage : List.of("{}", "[1,2]", "{\"rawPath\":5}", "7")) {
        Answer answer = Events.answer(api.invoke(garbage.getBytes(StandardCharsets.UTF_8)));
        assertThat(answer.status()).as(garbage).isEqualTo(400);
      }
      assertThat(function.output()).contains("\"_aws\"").doesNotContain(token);
    }
  }

  @Test
  void function_settingsMissing_endsWithOneSentenceThatNamesThem()
      throws IOException, InterruptedException {
    try (RuntimeApi api = new RuntimeApi();
        FunctionProcess function =
            FunctionProcess.start(
                ChangesFunction.class, api, folder, false, Map.of("GRAFT_LIMIT_FORKS", "none"))) {
      assertThat(function.ends()).isTrue();
      assertThat(function.output())
          .contains("GRAFT_STORE is missing")
          .contains("GRAFT_KEY_RING_FILE")
          .contains("GRAFT_LIMIT_FORKS must be a whole number");
    }
  }

  /** Prints what docs/benchmarks.md says: {@code -Dgraft.measure=5}, rounds. */
  @Test
  @EnabledIfSystemProperty(named = "graft.measure", matches = "\\d+")
  void measure_initAndFirstRequest_withAndWithoutPriming()
      throws IOException, InterruptedException {
    for (int round = 0; round < Integer.getInteger("graft.measure"); round++) {
      for (boolean primed : new boolean[] {false, true}) {
        Path own = Files.createDirectory(folder.resolve("run-" + round + primed));
        Path store = Files.createDirectory(own.resolve("store"));
        Committing committing = new Committing(store);
        try (RuntimeApi api = new RuntimeApi();
            FunctionProcess function =
                FunctionProcess.start(CommitFunction.class, api, own, primed, settings(store))) {
          api.awaitReady();
          double init = function.cpuMillis();
          api.restore();
          long start = System.nanoTime();
          committing.commits(api, 0);
          double first = function.cpuMillis();
          double wall = (System.nanoTime() - start) / 1e6;
          committing.commits(api, 1);
          double second = function.cpuMillis();
          System.out.printf(
              "%s: init %.0f CPU-ms; first request %.0f CPU-ms, %.0f ms; second %.0f CPU-ms%n",
              primed ? "primed" : "unprimed", init, first - init, wall, second - first);
        }
      }
    }
  }
}
