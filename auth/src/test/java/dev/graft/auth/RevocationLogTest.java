package dev.graft.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.MemoryObjectStore;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.engine.store.PutOutcome;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.TokenId;
import dev.graft.protocol.id.VolumeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RevocationLogTest {
  private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");
  private static final Path GOLDEN = Path.of("src/test/resources/golden/revocations.bin");
  private static final VolumeId VOLUME = new VolumeId(7, 7);

  private Instant now = NOW;
  private final InstantSource clock = () -> now;
  private final Faults store = new Faults(new MemoryObjectStore(clock));

  /** A store whose puts and gets can be made to go wrong. */
  private static final class Faults implements ObjectStore {
    private final ObjectStore to;
    boolean down;
    boolean lists = true;
    int losePuts;
    int loseAnswers;
    int gets;
    int listings;

    Faults(ObjectStore to) {
      this.to = to;
    }

    private void reach() {
      if (down) {
        throw new GraftException.Unavailable("the store is down");
      }
    }

    @Override
    public GetOutcome get(ObjectKey key, long offset, int maxBytes) {
      reach();
      gets++;
      return to.get(key, offset, maxBytes);
    }

    @Override
    public PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
      reach();
      if (losePuts > 0) {
        losePuts--;
        return new PutOutcome.Unknown("lost on the way");
      }
      PutOutcome outcome = to.putIfAbsent(key, bytes, notAfter);
      if (loseAnswers > 0) {
        loseAnswers--;
        return new PutOutcome.Unknown("lost on the way back");
      }
      return outcome;
    }

    @Override
    public boolean listsInOrder() {
      return lists;
    }

    @Override
    public List<ObjectKey> list(String prefix, String startAfter, int maxKeys) {
      reach();
      listings++;
      return to.list(prefix, startAfter, maxKeys);
    }

    @Override
    public void delete(ObjectKey key) {
      throw new AssertionError("nothing is removed");
    }
  }

  private RevocationLog log() {
    return new RevocationLog(store, clock);
  }

  private static TokenId id(int n) {
    return new TokenId(n, n);
  }

  private static Token token(int n, Instant expires) {
    return new Token(
        id(n),
        Grant.of(VolumeScope.ALL, List.of(dev.graft.http.Action.READ)),
        expires.minus(Duration.ofDays(30)),
        expires);
  }

  private void pass(Duration time) {
    now = now.plus(time);
  }

  @Test
  void revoke_token_isSeenByAllWithinTheAge() {
    RevocationLog reader = log();
    assertThat(reader.token(id(1))).isFalse();
    RevocationLog writer = log();
    writer.revoke(token(1, NOW.plusSeconds(3600)));
    assertThat(writer.token(id(1))).isTrue();
    assertThat(log().token(id(1))).isTrue();
    pass(RevocationLog.MAX_AGE.minusMillis(1));
    assertThat(reader.token(id(1))).isFalse();
    pass(Duration.ofMillis(1));
    assertThat(reader.token(id(1))).isTrue();
    assertThat(reader.token(id(2))).isFalse();
    assertThat(reader.volume(VOLUME)).isFalse();
  }

  @Test
  void revokeAll_volume_endsItAndNotOthers() {
    log().revokeAll(VOLUME);
    assertThat(log().volume(VOLUME)).isTrue();
    assertThat(log().volume(new VolumeId(8, 8))).isFalse();
    assertThat(log().newest().volumes())
        .containsExactly(Map.entry(VOLUME, NOW.plus(Token.MAX_LIFE)));
  }

  @Test
  void revoke_again_writesNothing() {
    log().revoke(id(1));
    log().revoke(id(1));
    log().revokeAll(VOLUME);
    log().revokeAll(VOLUME);
    assertThat(store.list(RevocationLog.PREFIX, "", 1000)).hasSize(2);
  }

  @Test
  void read_afterTheFirst_isOneGetAndNoListing() {
    log().revoke(id(1));
    RevocationLog reader = log();
    assertThat(reader.token(id(1))).isTrue();
    assertThat(reader.token(id(2))).isFalse();
    int gets = store.gets;
    int listings = store.listings;
    for (int i = 0; i < 10; i++) {
      pass(RevocationLog.MAX_AGE);
      assertThat(reader.token(id(1))).isTrue();
      assertThat(reader.volume(VOLUME)).isFalse();
    }
    assertThat(store.gets - gets).isEqualTo(10);
    assertThat(store.listings).isEqualTo(listings);
  }

  @Test
  void read_storeDown_admitsOnlyWhileTheCopyIsYoung() {
    RevocationLog reader = log();
    assertThat(reader.token(id(1))).isFalse();
    store.down = true;
    assertThat(reader.token(id(1))).isFalse();
    pass(RevocationLog.MAX_AGE);
    assertThatExceptionOfType(GraftException.Unavailable.class)
        .isThrownBy(() -> reader.token(id(1)));
    now = NOW.minusSeconds(1);
    assertThatExceptionOfType(GraftException.Unavailable.class)
        .as("a clock that was set back")
        .isThrownBy(() -> reader.token(id(1)));
  }

  @Test
  void revoke_manyWriters_losesNone() {
    for (boolean lists : new boolean[] {true, false}) {
      store.lists = lists;
      List<RevocationLog> writers = List.of(log(), log(), log());
      writers.forEach(writer -> assertThat(writer.token(id(1000))).isFalse());
      for (int i = 0; i < 60; i++) {
        writers.get(i % 3).revoke(id(i + (lists ? 0 : 100)));
      }
    }
    assertThat(log().newest().tokens()).hasSize(120);
    assertThat(store.list(RevocationLog.PREFIX, "", 1000)).hasSize(120);
  }

  @Test
  void revoke_lostRequestsAndAnswers_isThereOnce() {
    store.losePuts = 3;
    store.loseAnswers = 1;
    log().revoke(id(1));
    assertThat(store.losePuts + store.loseAnswers).isZero();
    assertThat(store.list(RevocationLog.PREFIX, "", 1000)).hasSize(1);
    store.losePuts = Integer.MAX_VALUE;
    assertThatExceptionOfType(GraftException.Unavailable.class)
        .isThrownBy(() -> log().revoke(id(2)));
  }

  @Test
  void revoke_longAfter_dropsWhatHasEnded() {
    log().revoke(token(1, NOW.plusSeconds(60)));
    log().revoke(token(2, NOW.plusSeconds(90_000)));
    log().revokeAll(VOLUME);
    pass(Duration.ofHours(25));
    log().revoke(id(3));
    assertThat(log().newest().tokens()).containsOnlyKeys(id(2), id(3));
    assertThat(log().newest().volumes()).containsOnlyKeys(VOLUME);
  }

  @Test
  void revoke_aLaterEnd_makesTheEntryStay() {
    Token real = token(1, NOW.plus(Duration.ofDays(30)));
    Token shorter = token(1, NOW.plusSeconds(2));
    assertThat(log().revoke(shorter)).isTrue();
    assertThat(log().revoke(shorter)).isFalse();
    assertThat(log().revoke(real)).isTrue();
    assertThat(log().newest().tokens()).containsExactly(Map.entry(id(1), real.expires()));
    assertThat(log().revoke(real)).isFalse();
    assertThat(log().revoke(shorter)).as("an earlier end takes nothing back").isFalse();
    assertThat(log().newest().tokens()).containsExactly(Map.entry(id(1), real.expires()));
    pass(Duration.ofDays(2));
    log().revoke(id(2));
    assertThat(log().token(id(1))).isTrue();
  }

  @Test
  void revoke_byIdAfterAShortEnd_staysAsLongAsAnyTokenLives() {
    log().revoke(token(1, NOW.plusSeconds(2)));
    pass(Duration.ofSeconds(1));
    assertThat(log().revoke(id(1))).isTrue();
    assertThat(log().newest().tokens().get(id(1))).isAfterOrEqualTo(now.plus(Token.MAX_LIFE));
    pass(Duration.ofHours(22));
    assertThat(log().revoke(id(1))).as("within the day").isFalse();
    assertThat(log().revoke(token(1, NOW.plus(Token.MAX_LIFE)))).isFalse();
    assertThat(store.list(RevocationLog.PREFIX, "", 1000)).hasSize(2);
    pass(Duration.ofHours(2));
    assertThat(log().revoke(id(1))).as("on the next day").isTrue();
    assertThat(log().newest().tokens().get(id(1))).isAfterOrEqualTo(now.plus(Token.MAX_LIFE));
  }

  @Test
  void revokeAll_aLaterDay_makesTheEntryStay() {
    log().revokeAll(VOLUME);
    pass(Duration.ofDays(10));
    log().revokeAll(VOLUME);
    assertThat(log().newest().volumes())
        .containsExactly(Map.entry(VOLUME, now.plus(Token.MAX_LIFE)));
  }

  @Test
  void revoke_lostAnswer_isAChange() {
    store.loseAnswers = 1;
    assertThat(log().revoke(id(1))).isTrue();
    assertThat(store.loseAnswers).isZero();
    assertThat(log().revoke(id(1))).isFalse();
  }

  @Test
  void revoke_endedLongAgo_isWrittenOnceAndDroppedByTheNext() {
    Token ended = token(1, NOW.minus(Duration.ofDays(9)));
    assertThat(log().revoke(ended)).isTrue();
    assertThat(log().token(id(1))).isTrue();
    assertThat(log().revoke(ended)).isFalse();
    log().revoke(id(2));
    assertThat(log().newest().tokens()).containsOnlyKeys(id(2));
  }

  @Test
  void revoke_byAClockThatRunsAhead_bringsNothingBackWithinTheGrace() {
    Instant end = NOW.plusSeconds(60);
    log().revoke(token(1, end));
    VolumeId volume = new VolumeId(1, 1);
    RevocationRecord record =
        new RevocationRecord(
            1, NOW, new TreeMap<>(Map.of(id(1), end)), new TreeMap<>(Map.of(volume, end)));
    InstantSource ahead = () -> end.plus(RevocationLog.GRACE);
    new RevocationLog(store, ahead).revoke(id(2));
    assertThat(log().token(id(1))).as("for those whose clocks are right").isTrue();
    RevocationRecord last = record.next(end.plus(RevocationLog.GRACE), Map.of(), Map.of());
    assertThat(last.tokens()).containsOnlyKeys(id(1));
    assertThat(last.volumes()).containsOnlyKeys(volume);
    RevocationRecord without =
        record.next(end.plus(RevocationLog.GRACE).plusSeconds(1), Map.of(), Map.of());
    assertThat(without.tokens()).isEmpty();
    assertThat(without.volumes()).isEmpty();
    assertThat(RevocationLog.GRACE).as("more than clocks differ").isGreaterThan(Token.SKEW);
  }

  @Test
  void revoke_tooMany_isALimitThatSaysWhatToDo() {
    TreeMap<TokenId, Instant> full = new TreeMap<>();
    for (int i = 0; i < RevocationRecord.MAX_ENTRIES; i++) {
      full.put(id(i), NOW.plusSeconds(60));
    }
    TreeMap<VolumeId, Instant> volumes = new TreeMap<>();
    full.keySet().forEach(id -> volumes.put(new VolumeId(id.hi(), id.lo()), NOW));
    byte[] bytes = new RevocationRecord(1, NOW, full, volumes).encode();
    assertThat(bytes).hasSizeLessThan(RevocationRecord.MAX_BYTES);
    store.putIfAbsent(new ObjectKey(RevocationLog.PREFIX + "fffffffffffffffe"), bytes, Instant.MAX);
    assertThat(log().token(id(5))).isTrue();
    assertThatExceptionOfType(GraftException.Limit.class)
        .isThrownBy(() -> log().revoke(id(RevocationRecord.MAX_ENTRIES)))
        .withMessageContaining("remove their key");
  }

  private static RevocationRecord sample() {
    return new RevocationRecord(
        3,
        NOW,
        new TreeMap<>(Map.of(id(1), NOW.plusSeconds(60), new TokenId(-1, 2), NOW.plusSeconds(61))),
        new TreeMap<>(Map.of(VOLUME, NOW.plus(Token.MAX_LIFE))));
  }

  @Test
  void encode_sample_equalsTheGoldenFile() throws IOException {
    byte[] bytes = sample().encode();
    if (Boolean.getBoolean("graft.golden.write")) {
      Files.createDirectories(GOLDEN.getParent());
      Files.write(GOLDEN, bytes);
    }
    assertThat(bytes).isEqualTo(Files.readAllBytes(GOLDEN));
    assertThat(RevocationRecord.decode("golden", 3, bytes)).isEqualTo(sample());
  }

  @Test
  void decode_damaged_isCorrupt() {
    byte[] good = sample().encode();
    Random random = new Random(11);
    List<byte[]> wrong = new ArrayList<>();
    for (int i = 0; i < good.length; i++) {
      wrong.add(java.util.Arrays.copyOf(good, i));
      byte[] flipped = good.clone();
      flipped[i] ^= (byte) (1 << random.nextInt(8));
      wrong.add(flipped);
    }
    for (byte[] bytes : wrong) {
      assertThatExceptionOfType(GraftException.Corrupt.class)
          .isThrownBy(() -> RevocationRecord.decode("damaged", 3, bytes));
    }
    assertThatExceptionOfType(GraftException.Corrupt.class)
        .isThrownBy(() -> RevocationRecord.decode("misplaced", 4, good));
  }
}
