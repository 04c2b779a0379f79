package dev.graft.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.engine.FaultyObjectStore.Fault;
import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.MemoryObjectStore;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.PutOutcome;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A write is told as refused only when nothing of it may have landed. */
class PatientStoreTest {
  private static final Map<Fault, Class<? extends GraftException>> REFUSALS =
      Map.of(
          Fault.NO_ROOM, GraftException.Limit.class,
          Fault.FORBIDDEN, GraftException.Unauthorized.class);

  private final TestClock clock = new TestClock();
  private final FaultyObjectStore faulty = new FaultyObjectStore(new MemoryObjectStore(clock));
  private final PatientStore store =
      new PatientStore(
          faulty,
          new Rounds(new TestConcurrency(clock)),
          new Backoff(new Random(3)),
          Duration.ofSeconds(10));
  private final VolumeId volume = new RandomIdSource(new Random(4)).newVolumeId();
  private final ObjectKey key = new ObjectKey("some/key");

  private PutOutcome put() {
    return store.put(volume, key, new byte[] {1}, Instant.MAX);
  }

  private boolean isThere() {
    return faulty.get(key, 0, 1) instanceof GetOutcome.Found;
  }

  @ParameterizedTest
  @EnumSource(names = {"NO_ROOM", "FORBIDDEN"})
  void put_refusedAfterATryThatMayHaveLanded_isNotKnown(Fault refusal) {
    for (Fault first : List.of(Fault.DELAYED, Fault.REQUEST_LOST, Fault.ANSWER_LOST)) {
      // What is refused for now in between says nothing of the first.
      faulty.plan("", first, Fault.REFUSED, refusal);
      assertThatThrownBy(this::put)
          .as("%s", first)
          .isInstanceOf(GraftException.Unavailable.class)
          .hasMessageContaining(key.value())
          .hasMessageContaining("repeat the same request")
          .hasCauseInstanceOf(REFUSALS.get(refusal));
      assertThat(faulty.faultsHit()).as("%s", first).isEqualTo(3);
      assertThat(isThere()).as("%s", first).isEqualTo(first == Fault.ANSWER_LOST);
    }
    assertThat(put()).isEqualTo(new PutOutcome.AlreadyExists());
  }

  @ParameterizedTest
  @EnumSource(names = {"NO_ROOM", "FORBIDDEN"})
  void put_refusedAndNothingMayHaveLanded_isRefused(Fault refusal) {
    faulty.plan("", refusal, Fault.REFUSED, refusal);
    assertThatThrownBy(this::put).isInstanceOf(REFUSALS.get(refusal));
    assertThatThrownBy(this::put).isInstanceOf(REFUSALS.get(refusal));
    assertThat(faulty.faultsHit()).isEqualTo(3);
    assertThat(isThere()).isFalse();
    assertThat(put()).isEqualTo(new PutOutcome.Created());
  }

  @Test
  void behindPut_refused_isNotKnown_andWhatIsFoundIsTold() {
    for (GraftException refusal :
        List.of(
            new GraftException.Limit("no room"),
            new GraftException.Unauthorized("no credentials"),
            new GraftException.NotFound("no bucket"),
            new GraftException.Misuse("the bucket lies elsewhere"))) {
      assertThatThrownBy(() ->
              PatientStore.behindPut(
                  key,
                  () -> {
                    throw refusal;
                  }))
          .isInstanceOf(GraftException.Unavailable.class)
          .hasCause(refusal);
    }
    GraftException gone = new GraftException.Gone("below the floor");
    assertThatThrownBy(() ->
            PatientStore.behindPut(
                key,
                () -> {
                  throw gone;
                }))
        .isSameAs(gone);
    assertThat(PatientStore.behindPut(key, () -> 5)).isEqualTo(5);
  }
}
