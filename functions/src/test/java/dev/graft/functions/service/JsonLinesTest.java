package dev.graft.functions.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.engine.store.MemoryObjectStore;
import dev.graft.protocol.error.GraftException.Code;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which requests are told in full, and what is counted of all of them. */
class JsonLinesTest {
  private static final String DETAIL = "\"request\":\"r-1\"";

  private final Bench.Clock clock = new Bench.Clock();
  private final List<String> lines = new ArrayList<>();

  private JsonLines observer(double share) {
    WatchedStore store = new WatchedStore(new MemoryObjectStore(clock));
    return new JsonLines(store, share, clock, new Random(31), lines::add);
  }

  private static Observer.Seen seen(int status, @Nullable Code code, @Nullable Throwable failure) {
    return new Observer.Seen(
        "r-1", "all", null, null, null, null, status, code, failure, Duration.ofMillis(3), 2, 5);
  }

  private String line(JsonLines observer, Observer.Seen seen) {
    observer.begin().end(seen);
    return lines.getLast();
  }

  @Test
  void details_ofRequestsThatWentWell_areToldOfAShare() {
    JsonLines observer = observer(0.25);
    for (int i = 0; i < 1_000; i++) {
      line(observer, seen(200, null, null));
    }
    assertThat(lines).hasSize(1_000).allMatch(line -> line.contains("\"Latency\":3.0"));
    assertThat(lines.stream().filter(line -> line.contains(DETAIL)).count()).isBetween(200L, 300L);
  }

  @Test
  void details_ofNoShare_areToldOfFailuresAlone() {
    JsonLines none = observer(0);
    assertThat(line(none, seen(200, null, null))).doesNotContain(DETAIL, "\"status\"");
    assertThat(line(none, seen(409, Code.CONFLICT, null))).doesNotContain(DETAIL);
    assertThat(line(none, seen(409, Code.DIVERGED, null))).doesNotContain(DETAIL);
    assertThat(line(none, seen(429, Code.LIMIT, null))).contains(DETAIL, "\"status\":429");
    assertThat(line(none, seen(200, null, new IllegalStateException("x")))).contains(DETAIL);
    assertThat(line(observer(1), seen(200, null, null))).contains(DETAIL);
  }

  @Test
  void details_ofARequestThatBroughtAToken_areAlwaysTold() {
    Observer.Seen made =
        new Observer.Seen(
            "r-1", "all", null, "tok-a", null, "tok-b", 200, null, null, Duration.ZERO, 2, 5);
    assertThat(line(observer(0), made))
        .contains(DETAIL, "\"token\":\"tok-a\"", "\"made\":\"tok-b\"");
    assertThat(line(observer(1), seen(200, null, null))).doesNotContain("\"made\"");
  }

  @Test
  void conflicts_areCounted_andNothingElseIsOne() {
    JsonLines none = observer(0);
    assertThat(line(none, seen(409, Code.CONFLICT, null)))
        .contains("\"Conflicts\":1", "\"Refused\":1", "\"Failed\":0");
    assertThat(line(none, seen(409, Code.DIVERGED, null))).contains("\"Conflicts\":0");
    assertThat(line(none, seen(503, Code.UNAVAILABLE, null)))
        .contains("\"Conflicts\":0", "\"Refused\":0", "\"Failed\":1");
    assertThat(line(none, seen(200, null, null))).contains("\"Conflicts\":0", "\"Refused\":0");
  }
}
