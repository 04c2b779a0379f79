package dev.graft.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.graft.protocol.error.GraftException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyRingTest {
  private static final String SECRET = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

  private static SigningKey key(int seed) {
    return SigningKey.generate(new Random(seed));
  }

  @Test
  void parse_whatToJsonWrote_isTheSame() {
    KeyRing ring = new KeyRing(List.of(key(1))).add(key(2)).retire(key(1).id());
    KeyRing again = KeyRing.parse(ring.toJson());
    assertThat(again).isEqualTo(ring).hasSameHashCodeAs(ring);
    assertThat(again.toJson()).isEqualTo(ring.toJson()).contains("\"retired\" : true");
    assertThat(again.keys()).extracting(SigningKey::retired).containsExactly(false, true);
    assertThat(ring.toString()).doesNotContain(key(1).secretText()).contains("(retired)");
  }

  @Test
  void rotation_addRetireRemove_signsWithTheFirstThatIsNotRetired() {
    KeyRing ring = new KeyRing(List.of(key(1)));
    assertThat(ring.signing()).isEqualTo(key(1));
    ring = ring.add(key(2));
    assertThat(ring.signing()).isEqualTo(key(2));
    ring = ring.retire(key(2).id());
    assertThat(ring.signing()).isEqualTo(key(1));
    KeyRing idle = ring.retire(key(1).id());
    assertThatExceptionOfType(GraftException.Misuse.class).isThrownBy(idle::signing);
    assertThat(idle.remove(key(1).id()).keys()).containsExactly(key(2).retire());
    assertThatExceptionOfType(GraftException.NotFound.class)
        .isThrownBy(() -> idle.remove(key(3).id()))
        .withMessageContaining(key(3).id().value());
  }

  @Test
  void newRing_emptyTwiceOrTooMany_isMisuse() {
    List<SigningKey> many = new ArrayList<>();
    for (int i = 0; i <= KeyRing.MAX_KEYS; i++) {
      many.add(key(i));
    }
    assertThat(new KeyRing(many.subList(1, many.size())).keys()).hasSize(KeyRing.MAX_KEYS);
    for (List<SigningKey> wrong : List.of(List.<SigningKey>of(), List.of(key(1), key(1)), many)) {
      assertThatExceptionOfType(GraftException.Misuse.class).isThrownBy(() -> new KeyRing(wrong));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "{}",
        "null",
        "{\"keys\":[]}",
        "{\"keys\":{}}",
        "{\"keys\":[1]}",
        "{\"keys\":[{\"id\":\"a\"}]}",
        "{\"keys\":[{\"secret\":\"SECRET\"}]}",
        "{\"keys\":[{\"id\":\"a b\",\"secret\":\"SECRET\"}]}",
        "{\"keys\":[{\"id\":1,\"secret\":\"SECRET\"}]}",
        "{\"keys\":[{\"id\":\"a\",\"secret\":\"SECRET\",\"more\":1}]}",
        "{\"keys\":[{\"id\":\"a\",\"secret\":\"SECRET\",\"retired\":\"no\"}]}",
        "{\"keys\":[{\"id\":\"a\",\"secret\":\"AAECAwQFBgcICQoLDA0ODw==\"}]}",
        "{\"keys\":[{\"id\":\"a\",\"secret\":\"SECRET*\"}]}",
        "{\"keys\":[{\"id\":\"a\",\"secret\":\"SECRET\",\"secret\":\"SECRET\"}]}",
        "{\"keys\":[{\"id\":\"a\",\"secret\":\"SECRET\"}],\"more\":1}",
        "{\"keys\":[{\"id\":\"a\",\"secret\":\"SECRET\"}]} {}",
        "{\"keys\":[{\"id\":\"a\",\"secret\":\"SECRET\" oops}]}",
        "{\"keys\":[[[[[[[]]]]]]]}",
      })
  void parse_noKeyRing_isMisuseWithoutTheSecret(String json) {
    String text = json.replace("SECRET", SECRET);
    assertThatExceptionOfType(GraftException.Misuse.class)
        .isThrownBy(() -> KeyRing.parse(text))
        .satisfies(wrong -> assertThat(wrong.getMessage()).doesNotContain(SECRET.substring(0, 8)))
        .withNoCause();
  }
}
