package dev.graft.functions.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.http.Route;
import dev.graft.protocol.error.GraftException.Code;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Each limit by itself, with the others far away. */
class MetersTest {
  private static final long FAR = 1_000_000;

  private final Bench.Clock clock = new Bench.Clock();
  private final RandomIdSource ids = new RandomIdSource(new Random(21));
  private final VolumeId volume = ids.newVolumeId();
  private final Route info = new Route.Info(volume);
  private final Route create = new Route.Create();

  private static void assertPasses(Meters meters, String token, Route route, long bytes) {
    assertThatCode(() -> meters.begin(token, route, bytes)).doesNotThrowAnyException();
  }

  /** It says whose limit it is, and what passes after the time that it names passes. */
  private void assertRefused(
      Meters meters, String token, Route route, long bytes, String whose, String what) {
    Refusal refusal = catchThrowableOfType(Refusal.class, () -> meters.begin(token, route, bytes));
    assertThat(refusal).as("not refused").isNotNull();
    assertThat(refusal.problem().code()).isEqualTo(Code.LIMIT);
    assertThat(refusal.problem().detail()).startsWith(whose + " has had its " + what);
    Duration wait = Objects.requireNonNull(refusal.problem().retryAfter());
    assertThat(wait).isPositive();
    clock.advance(wait);
    assertPasses(meters, token, route, bytes);
  }

  @Test
  void bytes_ofAToken_areLimitedOverAllRoutes() {
    Meters meters = new Meters(new Limits(FAR, FAR, 100, FAR), clock);
    assertPasses(meters, "a", create, 60);
    assertPasses(meters, "a", new Route.Info(ids.newVolumeId()), 60);
    assertPasses(meters, "b", create, 60);
    assertRefused(meters, "a", create, 60, "token a", "100 bytes");
  }

  @Test
  void bytes_ofAVolume_areLimitedOverAllTokens() {
    Meters meters = new Meters(new Limits(FAR, FAR, 100, FAR), clock);
    assertPasses(meters, "a", info, 60);
    assertPasses(meters, "b", info, 60);
    assertPasses(meters, "c", new Route.Info(ids.newVolumeId()), 60);
    assertRefused(meters, "d", info, 60, "volume " + volume, "100 bytes");
  }

  @Test
  void bytes_thatWereAnswered_areOwedByTheToken() {
    Meters meters = new Meters(new Limits(FAR, FAR, 100, FAR), clock);
    meters.end("a", create, 250);
    assertPasses(meters, "b", create, 1);
    assertRefused(meters, "a", create, 1, "token a", "100 bytes");
  }

  @Test
  void bytes_thatWereAnswered_areOwedByTheVolume() {
    Meters meters = new Meters(new Limits(FAR, FAR, 100, FAR), clock);
    meters.end("a", info, 250);
    assertPasses(meters, "b", create, 1);
    assertRefused(meters, "b", info, 1, "volume " + volume, "100 bytes");
  }

  @Test
  void forks_ofAVolume_areLimitedOverAllTokens() {
    Meters meters = new Meters(new Limits(FAR, FAR, FAR, 2), clock);
    Route fork = new Route.Fork(volume);
    assertPasses(meters, "a", fork, 1);
    assertPasses(meters, "b", fork, 1);
    assertPasses(meters, "a", new Route.Fork(ids.newVolumeId()), 1);
    assertPasses(meters, "a", info, 1);
    assertRefused(meters, "c", fork, 1, "volume " + volume, "2 forks");
  }

  @Test
  void requests_ofAVolume_areLimitedOverAllTokens() {
    Meters meters = new Meters(new Limits(2, FAR, FAR, FAR), clock);
    assertPasses(meters, "a", info, 1);
    assertPasses(meters, "b", info, 1);
    assertPasses(meters, "b", new Route.Info(ids.newVolumeId()), 1);
    assertRefused(meters, "c", info, 1, "volume " + volume, "2 requests");
  }

  @Test
  void requests_ofAToken_areLimitedOverAllRoutes() {
    Meters meters = new Meters(new Limits(2, FAR, FAR, FAR), clock);
    assertPasses(meters, "a", create, 1);
    assertPasses(meters, "a", info, 1);
    assertPasses(meters, "b", create, 1);
    assertRefused(meters, "a", create, 1, "token a", "2 requests");
  }
}
