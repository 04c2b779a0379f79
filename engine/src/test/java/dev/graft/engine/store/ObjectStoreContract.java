package dev.graft.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.Task;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.RandomIdSource;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link ObjectStore} does. A subclass for each implementation runs it. */
@Timeout(60)
public abstract class ObjectStoreContract {
  /** A piece of a program that uses a store. */
  public interface Scenario {
    /**
     * @param concurrency for work beside its own, and the clock of the store
     */
    void play(ObjectStore store, Concurrency concurrency) throws Exception;
  }

  private static final long SEED = 7;

  /** Plays a scenario on an empty store of the implementation. */
  protected abstract void run(Scenario scenario) throws Exception;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static ObjectKey key(String value) {
    return new ObjectKey(value);
  }

  private static PutOutcome put(ObjectStore store, String key, String text) {
    return store.putIfAbsent(key(key), bytes(text), Instant.MAX);
  }

  private static GetOutcome.Found found(ObjectStore store, String key, long offset, int maxBytes) {
    GetOutcome outcome = store.get(key(key), offset, maxBytes);
    assertThat(outcome).isInstanceOf(GetOutcome.Found.class);
    return (GetOutcome.Found) outcome;
  }

  private static String text(ObjectStore store, String key) {
    return new String(found(store, key, 0, 1 << 20).bytes(), StandardCharsets.UTF_8);
  }

  private static List<String> list(
      ObjectStore store, String prefix, String startAfter, int maxKeys) {
    return store.list(prefix, startAfter, maxKeys).stream().map(ObjectKey::value).toList();
  }

  @Test
  void get_nothingThere_isMissing() throws Exception {
    run((s, c) -> assertThat(s.get(key("a/b"), 0, 10)).isEqualTo(new GetOutcome.Missing()));
  }

  @Test
  void putIfAbsent_nothingThere_createsWhatIsRead() throws Exception {
    run((s, c) -> {
      assertThat(put(s, "a/b", "hello")).isEqualTo(new PutOutcome.Created());
      assertThat(text(s, "a/b")).isEqualTo("hello");
    });
  }

  @Test
  void putIfAbsent_somethingThere_changesNothing() throws Exception {
    run((s, c) -> {
      put(s, "a/b", "first");
      assertThat(put(s, "a/b", "second")).isEqualTo(new PutOutcome.AlreadyExists());
      assertThat(put(s, "a/b", "first")).isEqualTo(new PutOutcome.AlreadyExists());
      assertThat(text(s, "a/b")).isEqualTo("first");
    });
  }

  @Test
  void putIfAbsent_noBytes_createsAnEmptyObject() throws Exception {
    run((s, c) -> {
      assertThat(put(s, "empty", "")).isEqualTo(new PutOutcome.Created());
      assertThat(put(s, "empty", "more")).isEqualTo(new PutOutcome.AlreadyExists());
      assertThat(found(s, "empty", 0, 10).totalBytes()).isZero();
    });
  }

  @Test
  void putIfAbsent_callerChangesItsArray_objectStays() throws Exception {
    run((s, c) -> {
      byte[] mine = bytes("hello");
      s.putIfAbsent(key("a"), mine, Instant.MAX);
      mine[0] = 'X';
      found(s, "a", 0, 5).bytes()[1] = 'X';
      assertThat(text(s, "a")).isEqualTo("hello");
    });
  }

  @Test
  void get_range_givesWhatIsThere() throws Exception {
    run((s, c) -> {
      put(s, "a", "0123456789");
      assertThat(found(s, "a", 3, 4).bytes()).isEqualTo(bytes("3456"));
      assertThat(found(s, "a", 3, 4).totalBytes()).isEqualTo(10);
      assertThat(found(s, "a", 8, 4).bytes()).isEqualTo(bytes("89"));
      assertThat(found(s, "a", 10, 4).bytes()).isEmpty();
      assertThat(found(s, "a", 1L << 40, 4).bytes()).isEmpty();
      assertThat(found(s, "a", 1L << 40, 4).totalBytes()).isEqualTo(10);
      assertThat(found(s, "a", 0, 0).totalBytes()).isEqualTo(10);
      assertThat(found(s, "a", 0, Integer.MAX_VALUE).bytes()).hasSize(10);
    });
  }

  @Test
  void get_largeObject_isWhole() throws Exception {
    run((s, c) -> {
      byte[] large = new byte[3_000_001];
      new Random(SEED).nextBytes(large);
      s.putIfAbsent(key("large"), large, Instant.MAX);
      assertThat(found(s, "large", 0, large.length).bytes()).isEqualTo(large);
      assertThat(found(s, "large", 2_999_999, 10).bytes())
          .containsExactly(large[2_999_999], large[3_000_000]);
    });
  }

  @Test
  void get_negativeRange_isMisuse() throws Exception {
    run((s, c) -> {
      assertThatExceptionOfType(GraftException.Misuse.class)
          .isThrownBy(() -> s.get(key("a"), -1, 1));
      assertThatExceptionOfType(GraftException.Misuse.class)
          .isThrownBy(() -> s.get(key("a"), 0, -1));
    });
  }

  @Test
  void putIfAbsent_lastMomentPassed_landsNothing() throws Exception {
    run((s, c) -> {
      PutOutcome late = s.putIfAbsent(key("a/late"), bytes("late"), c.instant().minusMillis(1));
      assertThat(late).isEqualTo(new PutOutcome.TooLate());
      assertThat(s.get(key("a/late"), 0, 1)).isEqualTo(new GetOutcome.Missing());
      assertThat(list(s, "", "", 10)).isEmpty();
      PutOutcome early = s.putIfAbsent(key("a/late"), bytes("early"), c.instant().plusSeconds(60));
      assertThat(early).isEqualTo(new PutOutcome.Created());
      assertThat(text(s, "a/late")).isEqualTo("early");
    });
  }

  @Test
  void putIfAbsent_race_hasOneWinner() throws Exception {
    run((s, c) -> {
      for (int round = 0; round < 20; round++) {
        String key = "race/" + round;
        List<Task<PutOutcome>> writers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          String text = "writer " + i;
          writers.add(c.fork("writer", () -> put(s, key, text)));
        }
        c.awaitAll(writers);
        List<String> winners = new ArrayList<>();
        for (int i = 0; i < writers.size(); i++) {
          PutOutcome outcome = writers.get(i).result();
          assertThat(outcome).isIn(new PutOutcome.Created(), new PutOutcome.AlreadyExists());
          if (outcome instanceof PutOutcome.Created) {
            winners.add("writer " + i);
          }
        }
        assertThat(winners).hasSize(1);
        assertThat(text(s, key)).isEqualTo(winners.getFirst());
      }
    });
  }

  @Test
  void list_nothingThere_isEmpty() throws Exception {
    run((s, c) -> {
      assertThat(list(s, "", "", 10)).isEmpty();
      assertThat(list(s, "a/b/", "", 10)).isEmpty();
    });
  }

  @Test
  void list_keysOfAllShapes_givesTheOrderOfTheirBytes() throws Exception {
    run((s, c) -> {
      // The slash sorts between '-' and '0': folders cannot simply be sorted by their names.
      List<String> keys =
          List.of("a", "a-b", "a-b/x", "a/b", "a/b-c", "a/b/c", "a/b0", "a0", "a_", "b/-", "b/a");
      List<String> shuffled = new ArrayList<>(keys);
      Collections.shuffle(shuffled, new Random(SEED));
      shuffled.forEach(key -> put(s, key, key));
      assertThat(list(s, "", "", 1000)).isEqualTo(keys);
      assertThat(list(s, "a/", "", 1000)).containsExactly("a/b", "a/b-c", "a/b/c", "a/b0");
      assertThat(list(s, "a/b/", "", 1000)).containsExactly("a/b/c");
      for (int i = 0; i < keys.size(); i++) {
        assertThat(list(s, "", keys.get(i), 2))
            .isEqualTo(keys.subList(i + 1, Math.min(i + 3, keys.size())));
      }
    });
  }

  @Test
  void list_startAfterIsNoKey_startsAtTheNextKey() throws Exception {
    run((s, c) -> {
      List.of("a/b", "a/d/e", "a/f", "c").forEach(key -> put(s, key, key));
      assertThat(list(s, "a/", "a", 10)).containsExactly("a/b", "a/d/e", "a/f");
      assertThat(list(s, "a/", "a/", 10)).containsExactly("a/b", "a/d/e", "a/f");
      assertThat(list(s, "a/", "a/c", 10)).containsExactly("a/d/e", "a/f");
      assertThat(list(s, "a/", "a/d", 10)).containsExactly("a/d/e", "a/f");
      assertThat(list(s, "a/", "a/d/", 10)).containsExactly("a/d/e", "a/f");
      assertThat(list(s, "a/", "a/d/~", 10)).containsExactly("a/f");
      assertThat(list(s, "a/", "b", 10)).isEmpty();
      assertThat(list(s, "", "a/f", 10)).containsExactly("c");
    });
  }

  @Test
  void list_randomKeys_equalsASortedSet() throws Exception {
    run((s, c) -> {
      var random = new Random(SEED);
      var model = new TreeSet<String>();
      for (int i = 0; i < 150; i++) {
        StringBuilder key = new StringBuilder("k");
        int length = random.nextInt(7);
        for (int j = 0; j < length; j++) {
          key.append("a-/b0".charAt(random.nextInt(5)));
        }
        if (ObjectKey.isKey(key.toString())) {
          put(s, key.toString(), "x");
          model.add(key.toString());
        }
      }
      assertThat(list(s, "", "", 1000)).isEqualTo(List.copyOf(model));
      for (int i = 0; i < 30; i++) {
        String start = model.stream().skip(random.nextInt(model.size())).findFirst().orElse("");
        int max = 1 + random.nextInt(5);
        assertThat(list(s, "", start, max))
            .as("after %s", start)
            .isEqualTo(model.tailSet(start, false).stream().limit(max).toList());
      }
    });
  }

  @Test
  void list_badRequest_isMisuse() throws Exception {
    run((s, c) -> {
      assertThatExceptionOfType(GraftException.Misuse.class).isThrownBy(() -> s.list("a", "", 1));
      assertThatExceptionOfType(GraftException.Misuse.class).isThrownBy(() -> s.list("../", "", 1));
      assertThatExceptionOfType(GraftException.Misuse.class).isThrownBy(() -> s.list("", "", 0));
      assertThatExceptionOfType(GraftException.Misuse.class).isThrownBy(() -> s.list("", "", 1001));
    });
  }

  @Test
  void delete_object_isGoneAndItsKeyFree() throws Exception {
    run((s, c) -> {
      put(s, "a/b", "first");
      put(s, "a/c", "other");
      s.delete(key("a/b"));
      assertThat(s.get(key("a/b"), 0, 1)).isEqualTo(new GetOutcome.Missing());
      assertThat(list(s, "", "", 10)).containsExactly("a/c");
      s.delete(key("a/b"));
      s.delete(key("never/there"));
      assertThat(put(s, "a/b", "second")).isEqualTo(new PutOutcome.Created());
      assertThat(text(s, "a/b")).isEqualTo("second");
    });
  }

  @Test
  void preflight_passesAndCleansUp() throws Exception {
    run((s, c) -> {
      Preflight.check(s, c, new RandomIdSource(new Random(SEED)));
      assertThat(list(s, "", "", 10)).isEmpty();
    });
  }
}
