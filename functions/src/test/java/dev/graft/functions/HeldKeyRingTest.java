package dev.graft.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.auth.KeyId;
import dev.graft.auth.KeyRing;
import dev.graft.auth.SigningKey;
import dev.graft.protocol.error.GraftException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How long a process believes the key ring that it has read. */
class HeldKeyRingTest {
  private static final KeyRing OLD =
      new KeyRing(List.of(new SigningKey(new KeyId("old"), new byte[32], false)));
  private static final KeyRing NEW = OLD.add(new SigningKey(new KeyId("new"), new byte[48], false));

  private Instant now = Instant.parse("2026-03-01T00:00:00Z");
  private KeyRing there = OLD;
  private boolean fails;
  private int reads;
  private final List<String> lines = new ArrayList<>();
  private final HeldKeyRing held = new HeldKeyRing(this::read, () -> now, lines::add);

  private KeyRing read() {
    reads++;
    if (fails) {
      throw new GraftException.Unavailable("ssm answered 400");
    }
    return there;
  }

  @Test
  void get_withinFiveMinutes_asksNobody() {
    there = NEW;
    now = now.plus(HeldKeyRing.YOUNG).minusMillis(1);
    assertThat(held.get()).isEqualTo(OLD);
    assertThat(reads).isEqualTo(1);
  }

  @Test
  void get_afterFiveMinutes_isTheNewRing() {
    there = NEW;
    now = now.plus(HeldKeyRing.YOUNG);
    assertThat(held.get()).isEqualTo(NEW);
    assertThat(held.get()).isEqualTo(NEW);
    assertThat(reads).isEqualTo(2);
  }

  @Test
  void get_whileItCannotBeRead_isTheOldOneForAnHourAndAsksEveryHalfMinute() {
    fails = true;
    now = now.plus(HeldKeyRing.YOUNG);
    assertThat(held.get()).isEqualTo(OLD);
    assertThat(held.get()).isEqualTo(OLD);
    assertThat(reads).isEqualTo(2);
    now = now.plus(HeldKeyRing.AGAIN);
    assertThat(held.get()).isEqualTo(OLD);
    assertThat(reads).isEqualTo(3);
    assertThat(lines).hasSize(2).allMatch(line -> line.contains("key-ring"));
    now = now.plus(HeldKeyRing.LONGEST);
    assertThatThrownBy(held::get)
        .isInstanceOf(GraftException.Unavailable.class)
        .hasMessageContaining("for an hour");
    fails = false;
    there = NEW;
    assertThat(held.get()).isEqualTo(NEW);
  }

  @Test
  void get_clockSetBack_readsAnew() {
    there = NEW;
    now = now.minus(Duration.ofDays(1));
    assertThat(held.get()).isEqualTo(NEW);
  }

  @Test
  void open_ringThatCannotBeRead_fails() {
    fails = true;
    assertThatThrownBy(() -> new HeldKeyRing(this::read, () -> now, lines::add))
        .isInstanceOf(GraftException.Unavailable.class);
  }
}
