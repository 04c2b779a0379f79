package dev.graft.functions.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.engine.EngineOptions;
import dev.graft.engine.EngineRemote;
import dev.graft.engine.store.MemoryObjectStore;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.engine.store.PassingStore;
import dev.graft.engine.store.PutOutcome;
import dev.graft.http.Headers;
import dev.graft.http.Messages;
import dev.graft.http.Route;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.error.GraftException.Code;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A store without room is the fault of nobody who asks, and says nothing of a commit for certain.
 */
class FullStoreTest {
  private static final String WHY = "cannot write: the disk of the folder /srv/data is full";

  /**
   * Has no room when a test says so; may land a write and lose its answer before. Of one thread.
   */
  private static final class FullStore extends PassingStore {
    boolean isFull;
    boolean losesAnAnswerFirst;
    int refused;

    FullStore(ObjectStore store) {
      super(store);
    }

    @Override
    public PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
      if (losesAnAnswerFirst) {
        losesAnAnswerFirst = false;
        store.putIfAbsent(key, bytes, notAfter);
        return new PutOutcome.Unknown("lost, as was asked for");
      }
      if (isFull) {
        refused++;
        throw new GraftException.Limit(WHY);
      }
      return store.putIfAbsent(key, bytes, notAfter);
    }
  }

  private final Bench.Clock clock = new Bench.Clock();
  private final FullStore store = new FullStore(new MemoryObjectStore(clock));
  private final Bench bench = new Bench(91, Limits.NONE, store);
  private final VolumeId volume = bench.newVolume();
  private final Position start = bench.start(volume);
  private final byte[] commit =
      Messages.commitRequest(volume).encode(bench.commit(volume, start, 5));

  private void assertFull(Answer answer) {
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.headers()).containsEntry(Headers.RETRY_AFTER, "60");
    assertThat(Bench.problem(answer).code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(Bench.problem(answer).detail())
        .startsWith("the store has no room left: ")
        .contains("free some")
        .contains("the same request again")
        .doesNotContain("/srv");
  }

  @Test
  void commit_storeIsFull_isUnavailableAndCountsAsFailed_andLandsWhenThereIsRoom() {
    store.isFull = true;
    assertFull(bench.post(bench.root, new Route.Commits(volume), commit));
    assertThat(store.refused).isEqualTo(1);
    assertThat(bench.lines.getLast())
        .contains("\"Failed\":1", "\"Refused\":0", "\"code\":\"unavailable\"", WHY);
    store.isFull = false;
    bench.ok(bench.post(bench.root, new Route.Commits(volume), commit), Messages.committed());
  }

  /** The engine tries again by itself, and what it meets with last is not what became of it. */
  @Test
  void commit_landedWithoutAnAnswer_andTheStoreIsFullThen_isNotRefused() {
    EngineRemote patient =
        new EngineRemote(
            bench.store,
            bench.store,
            new Hasty(bench.clock),
            bench.ids,
            new Random(92),
            EngineOptions.DEFAULT.withUpkeep(EngineOptions.Upkeep.INLINE));
    Backend plain = bench.backend;
    Backend backend =
        new Backend(
            patient,
            plain.log(),
            plain.bulk(),
            null,
            plain.gate(),
            plain.keys(),
            plain.revocations(),
            plain.limits(),
            plain.observer(),
            plain.clock(),
            plain.random());
    Service service = new Service(EnumSet.allOf(Group.class), backend);
    store.losesAnAnswerFirst = true;
    store.isFull = true;
    Request request = Bench.request(bench.root, new Route.Commits(volume), commit);
    Answer notKnown = service.answer(request);
    assertThat(notKnown.status()).isEqualTo(503);
    assertThat(Bench.problem(notKnown).code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(Bench.problem(notKnown).detail())
        .contains("the same request again")
        .doesNotContain("/srv");
    assertThat(bench.lines.getLast()).contains("\"Failed\":1", "\"Refused\":0", WHY);
    assertThat(store.refused).isEqualTo(1);
    assertThat(bench.engine.log(volume, null, 10).head().lsn().value()).isEqualTo(1);
    assertFull(service.answer(request));
    store.isFull = false;
    assertThat(bench.ok(service.answer(request), Messages.committed()).position().lsn().value())
        .isEqualTo(1);
  }

  @Test
  void limit_ofWhatIsAsked_isStillTheCallers() {
    GraftException.Limit asked = new GraftException.Limit("a volume has at most 16 ancestors");
    assertThat(Failures.problem(asked).status()).isEqualTo(400);
    assertThat(Failures.problem(asked).code()).isEqualTo(Code.LIMIT);
    assertThat(Failures.problem(asked).detail()).isEqualTo(asked.getMessage());
  }
}
