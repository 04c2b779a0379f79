package dev.graft.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.PutOutcome;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import dev.graft.s3.fake.FakeS3;
import dev.graft.s3.fake.Fault;
import dev.graft.s3.fake.RequestKind;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;

/** What becomes of requests that go wrong: nothing is claimed that is not known. */
@Timeout(60)
class S3ObjectStoreTest {
  private static final ObjectKey KEY = new ObjectKey("volumes/x/log/0");
  private static final byte[] BYTES =
      "0123456789".getBytes(java.nio.charset.StandardCharsets.UTF_8);
  private static final S3Settings.Timeouts SHORT =
      new S3Settings.Timeouts(Duration.ofSeconds(2), Duration.ofMillis(300), Duration.ofSeconds(5));

  private final FakeS3 fake = FakeS3.start();
  private final S3Settings settings = fake.newBucket();
  private final S3ObjectStore store =
      S3ObjectStore.open(settings, FakeS3.credentials(), InstantSource.system());

  @AfterEach
  void close() {
    store.close();
    fake.close();
  }

  /** The same with little patience. */
  private S3ObjectStore hasty() {
    return S3ObjectStore.open(
        settings.withTimeouts(SHORT), FakeS3.credentials(), InstantSource.system());
  }

  private PutOutcome put() {
    return store.putIfAbsent(KEY, BYTES, Instant.MAX);
  }

  private boolean isThere() {
    return fake.object(settings.bucket(), KEY.value()).isPresent();
  }

  private byte[] read(long offset, int maxBytes) {
    return ((GetOutcome.Found) store.get(KEY, offset, maxBytes)).bytes();
  }

  @Test
  void put_conflict_saysThatNothingLanded() {
    fake.faults().next(Fault.CONFLICT, 1);
    assertThatThrownBy(this::put)
        .isInstanceOf(GraftException.Unavailable.class)
        .hasMessageContaining("409 ConditionalRequestConflict");
    assertThat(isThere()).isFalse();
    assertThat(put()).isEqualTo(new PutOutcome.Created());
  }

  @Test
  void put_refusedForItsOwnEarlierWrite_saysThatItExists() {
    fake.faults().next(Fault.TAKEN_BY_ITSELF, 1);
    assertThat(put()).isEqualTo(new PutOutcome.AlreadyExists());
    assertThat(isThere()).isTrue();
  }

  @Test
  void put_conditionOfSomethingOnTheWay_isNotTakenForOurs() {
    fake.faults().next(Fault.FOREIGN_CONDITION, 1);
    assertThatThrownBy(this::put)
        .isInstanceOf(GraftException.Unavailable.class)
        .hasMessageContaining("412 ConditionNotMet");
    assertThat(fake.faults().hits(Fault.FOREIGN_CONDITION)).isEqualTo(1);
    assertThat(isThere()).isFalse();
    assertThat(put()).isEqualTo(new PutOutcome.Created());
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {
        "LANDED_ERROR",
        "LANDED_TIME_OUT",
        "DROPPED_AFTER",
        "SLOW_DOWN",
        "ERROR",
        "DROPPED_BEFORE"
      })
  void put_unclearAnswer_isUnknownAndSentOnce(Fault fault) {
    for (byte[] bytes : List.of(BYTES, new byte[0], new byte[300_000])) {
      ObjectKey key = new ObjectKey("a/" + bytes.length);
      // A connection that has been used: the JDK itself likes to repeat what fails on those.
      store.get(KEY, 0, 1);
      long before = fake.count(RequestKind.PUT);
      fake.faults().next(fault, 1);
      assertThat(store.putIfAbsent(key, bytes, Instant.MAX)).isInstanceOf(PutOutcome.Unknown.class);
      assertThat(fake.count(RequestKind.PUT) - before).isEqualTo(1);
      boolean lands =
          fault == Fault.LANDED_ERROR
              || fault == Fault.LANDED_TIME_OUT
              || fault == Fault.DROPPED_AFTER;
      assertThat(fake.object(settings.bucket(), key.value()).isPresent()).isEqualTo(lands);
      assertThat(store.putIfAbsent(key, bytes, Instant.MAX))
          .isEqualTo(lands ? new PutOutcome.AlreadyExists() : new PutOutcome.Created());
    }
    assertThat(fake.faults().hits(fault)).isEqualTo(3);
  }

  @Test
  void put_noAnswerInTime_isUnknown() {
    fake.faults().delay(Duration.ofSeconds(2)).next(Fault.DELAYED, 1);
    try (S3ObjectStore hasty = hasty()) {
      assertThat(hasty.putIfAbsent(KEY, BYTES, Instant.MAX)).isInstanceOf(PutOutcome.Unknown.class);
    }
  }

  @Test
  void put_landsAfterItsCallerGaveUp_isFoundByTheNext() throws Exception {
    fake.faults().delay(Duration.ofMillis(50)).next(Fault.LANDS_LATE, 1);
    assertThat(put()).isInstanceOf(PutOutcome.Unknown.class);
    Instant giveUp = Instant.now().plusSeconds(10);
    while (!isThere() && Instant.now().isBefore(giveUp)) {
      Thread.onSpinWait();
    }
    assertThat(put()).isEqualTo(new PutOutcome.AlreadyExists());
  }

  @Test
  void put_lastMomentPassesWhileCredentialsAreFetched_sendsNothing() {
    Instant start = Instant.now();
    Instant last = start.plusSeconds(5);
    AtomicReference<Instant> now = new AtomicReference<>(start);
    AwsCredentialsProvider slow =
        () -> {
          now.set(last.plusMillis(1));
          return FakeS3.credentials().resolveCredentials();
        };
    try (var late = S3ObjectStore.open(settings, slow, now::get)) {
      assertThat(late.putIfAbsent(KEY, BYTES, last)).isEqualTo(new PutOutcome.TooLate());
    }
    assertThat(fake.count(RequestKind.PUT)).isZero();
  }

  @Test
  void put_signatureGrownOld_isRefused() {
    Instant later = Instant.now().plus(Duration.ofMinutes(16));
    try (FakeS3 ahead = FakeS3.start(0, () -> later);
        var off =
            S3ObjectStore.open(ahead.newBucket(), FakeS3.credentials(), InstantSource.system())) {
      assertThatThrownBy(() -> off.putIfAbsent(KEY, BYTES, Instant.MAX))
          .isInstanceOf(GraftException.Unavailable.class)
          .hasMessageContaining("clock");
    }
  }

  @Test
  void put_object_isStoredWithItsHashAndForEver() {
    put();
    String bucket = settings.bucket();
    assertThat(fake.header(bucket, KEY.value(), "cache-control"))
        .isEqualTo("public, max-age=31536000, immutable");
    assertThat(fake.header(bucket, KEY.value(), "x-amz-checksum-sha256")).isNotEmpty();
    long gets = fake.count(RequestKind.GET);
    assertThat(store.sha256(KEY)).contains(Hash.sha256(BYTES));
    assertThat(fake.count(RequestKind.GET)).as("asked for without reading").isEqualTo(gets);
    assertThat(store.sha256(new ObjectKey("nothing"))).isEmpty();
  }

  @Test
  void put_whereAPolicyWantsConditions_isAllowed() {
    fake.requireConditionalPuts(true);
    assertThat(put()).isEqualTo(new PutOutcome.Created());
    try (var client = Clients.client(settings, FakeS3.credentials(), InstantSource.system())) {
      assertThatThrownBy(() ->
              client.putObject(
                  b -> b.bucket(settings.bucket()).key("x"), RequestBody.fromBytes(BYTES)))
          .hasMessageContaining("explicit deny");
    }
  }

  @Test
  void sha256_objectOfAnotherProgram_isReadAndHashed() {
    byte[] large = new byte[1_000_003];
    new Random(3).nextBytes(large);
    try (var client = Clients.client(settings, FakeS3.credentials(), InstantSource.system())) {
      client.putObject(b -> b.bucket(settings.bucket()).key("plain"), RequestBody.fromBytes(large));
    }
    assertThat(store.sha256(new ObjectKey("plain"))).contains(Hash.sha256(large));
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"SLOW_DOWN", "ERROR"})
  void read_storeIsBusy_isUnavailable(Fault fault) {
    put();
    fake.faults().next(fault, 3);
    unavailable(() -> store.get(KEY, 0, 1));
    unavailable(() -> store.list("", "", 1));
    unavailable(() -> store.delete(KEY));
    assertThat(fake.faults().hits(fault)).isEqualTo(3);
    assertThat(isThere()).isTrue();
  }

  private static void unavailable(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(GraftException.Unavailable.class);
  }

  @Test
  void get_noAnswerInTime_isUnavailable() {
    put();
    fake.faults().delay(Duration.ofSeconds(2)).next(Fault.DELAYED, 1);
    try (S3ObjectStore hasty = hasty()) {
      unavailable(() -> hasty.get(KEY, 0, 1));
    }
  }

  @Test
  void get_bodyEndsTooEarly_isUnavailable() {
    put();
    fake.faults().next(Fault.TRUNCATED, 2);
    unavailable(() -> read(0, 10));
    unavailable(() -> read(3, 5));
    assertThat(fake.faults().hits(Fault.TRUNCATED)).isEqualTo(2);
    assertThat(read(0, 10)).isEqualTo(BYTES);
  }

  @Test
  void get_bitFlippedOnTheWay_isLeftToTheChecksumsOfFrames() {
    put();
    fake.faults().next(Fault.FLIPPED_BIT, 1);
    assertThat(read(0, 10)).isNotEqualTo(BYTES).hasSize(10);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"WHOLE_OBJECT", "LARGER_RANGE", "SHORTER_RANGE"})
  void get_otherRangeThanAskedFor_givesTheAskedBytes(Fault fault) {
    put();
    for (int from = 0; from < 12; from++) {
      for (int length = 1; length < 12; length++) {
        fake.faults().next(fault, 1);
        byte[] expected =
            java.util.Arrays.copyOfRange(BYTES, Math.min(from, 10), Math.min(10, from + length));
        assertThat(read(from, length)).as("%s+%s", from, length).isEqualTo(expected);
      }
    }
    assertThat(fake.faults().hits(fault)).isPositive();
  }

  @Test
  void get_wholeObjectInPlaceOfARange_isNotHeldInMemory() {
    ObjectKey large = new ObjectKey("large");
    store.putIfAbsent(large, new byte[48 << 20], Instant.MAX);
    store.get(large, 0, 1000);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    fake.faults().next(Fault.WHOLE_OBJECT, 1);
    assertThat(((GetOutcome.Found) store.get(large, 40 << 20, 1000)).totalBytes())
        .isEqualTo(48 << 20);
    assertThat(fake.faults().hits(Fault.WHOLE_OBJECT)).isEqualTo(1);
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(4 << 20);
  }

  @Test
  void anything_noBucket_saysSo() {
    S3Settings elsewhere =
        S3Settings.of("not-there").withEndpoint(fake.endpoint()).withRegion("us-east-1");
    try (var none = S3ObjectStore.open(elsewhere, FakeS3.credentials(), InstantSource.system())) {
      noBucket(() -> none.get(KEY, 0, 1));
      noBucket(() -> none.get(KEY, 0, 0));
      noBucket(() -> none.list("", "", 1));
      noBucket(() -> none.putIfAbsent(KEY, BYTES, Instant.MAX));
    }
  }

  private static void noBucket(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(GraftException.NotFound.class)
        .hasMessageContaining("there is no bucket 'not-there'");
  }

  @Test
  void anything_notAllowed_saysWhatIsNeeded() {
    fake.deny(RequestKind.values());
    for (org.assertj.core.api.ThrowableAssert.ThrowingCallable call :
        List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
            () -> store.get(KEY, 0, 1),
            () -> store.list("", "", 1),
            () -> store.delete(KEY),
            this::put)) {
      assertThatThrownBy(call)
          .isInstanceOf(GraftException.Unauthorized.class)
          .hasMessageContaining("403 AccessDenied")
          .hasMessageContaining("s3:ListBucket");
    }
  }

  @Test
  void get_missingAndListingNotAllowed_isNotTakenForMissing() {
    fake.deny(RequestKind.LIST);
    assertThatThrownBy(() -> store.get(KEY, 0, 1))
        .isInstanceOf(GraftException.Unauthorized.class)
        .hasMessageContaining("s3:ListBucket on the bucket");
  }

  @Test
  void anything_noOrWrongCredentials_saysSo() {
    AwsCredentialsProvider none =
        () -> {
          throw SdkClientException.create("Unable to load credentials");
        };
    try (var store = S3ObjectStore.open(settings, none, InstantSource.system())) {
      for (org.assertj.core.api.ThrowableAssert.ThrowingCallable call :
          List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
              () -> store.get(KEY, 0, 1),
              () -> store.putIfAbsent(KEY, BYTES, Instant.MAX),
              () ->
                  new Presigner(settings, none).put(KEY, 1, Hash.sha256(BYTES), SHORT.answer()))) {
        assertThatThrownBy(call)
            .isInstanceOf(GraftException.Unauthorized.class)
            .hasMessageContaining("there are no credentials for AWS");
      }
    }
    try (var store = S3ObjectStore.open(settings, HostS3.credentials(), InstantSource.system())) {
      assertThatThrownBy(() -> store.get(KEY, 0, 1))
          .isInstanceOf(GraftException.Unauthorized.class)
          .hasMessageContaining("check AWS_ACCESS_KEY_ID");
    }
  }

  @Test
  void put_nobodyListens_saysThatNothingLanded() {
    URI closed;
    try (FakeS3 other = FakeS3.start()) {
      closed = other.endpoint();
    }
    S3Settings gone = settings.withEndpoint(closed);
    try (var nobody = S3ObjectStore.open(gone, FakeS3.credentials(), InstantSource.system())) {
      unavailable(() -> nobody.putIfAbsent(KEY, BYTES, Instant.MAX));
      unavailable(() -> nobody.get(KEY, 0, 1));
    }
  }

  @Test
  void anything_manyThreads_allSucceed() throws Exception {
    List<Future<?>> all = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 64; i++) {
        ObjectKey key = new ObjectKey("many/" + i);
        all.add(
            threads.submit(() -> {
              byte[] bytes = key.value().getBytes(java.nio.charset.StandardCharsets.UTF_8);
              assertThat(store.putIfAbsent(key, bytes, Instant.MAX))
                  .isEqualTo(new PutOutcome.Created());
              for (int n = 0; n < 5; n++) {
                assertThat(((GetOutcome.Found) store.get(key, 0, 100)).bytes()).isEqualTo(bytes);
              }
            }));
      }
    }
    for (Future<?> each : all) {
      each.get();
    }
  }
}
