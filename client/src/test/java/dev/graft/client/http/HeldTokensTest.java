package dev.graft.client.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.protocol.id.VolumeId;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HeldTokensTest {
  private static final VolumeId PARENT = new VolumeId(1, 2);
  private static final VolumeId CHILD = new VolumeId(3, 4);
  private static final VolumeId SISTER = new VolumeId(5, 6);
  private static final VolumeId STRANGER = new VolumeId(7, 8);

  private static final String OF_PARENT = token(PARENT.toString(), "", "");
  private static final String OF_CHILD = token(CHILD.toString(), ancestor(PARENT, "5"), "");
  private static final String OF_ALL = token("*", "", "");

  /** A token as docs/http.md, section 6, tells of it. */
  private static String token(String volume, String ancestors, String label) {
    String claims =
        "{\"jti\":\"tok-00000000000000000000000007\",\"iat\":1700000000,\"exp\":1700003600,\"vol\":\""
            + volume
            + "\",\"act\":[\"read\",\"write\"]"
            + (ancestors.isEmpty() ? "" : ",\"anc\":[" + ancestors + "]")
            + (label.isEmpty() ? "" : ",\"sub\":\"" + label + "\"")
            + ",\"via\":[\"tok-00000000000000000000000003\"]}";
    return "eyJ."
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(claims.getBytes(StandardCharsets.UTF_8))
        + ".c2ln";
  }

  private static String ancestor(VolumeId volume, String upTo) {
    return "[\"" + volume + "\",\"" + upTo + "\"]";
  }

  private static HeldTokens held(@Nullable String given, Map<VolumeId, String> saved) {
    return new HeldTokens(given, saved, (volume, token) -> {});
  }

  @Test
  void token_givenIsForAnother_isTheSavedOne() {
    assertThat(held(OF_PARENT, Map.of(CHILD, OF_CHILD)).token(CHILD)).contains(OF_CHILD);
    assertThat(held(OF_PARENT, Map.of(CHILD, OF_CHILD)).token(PARENT)).contains(OF_PARENT);
    assertThat(held(OF_ALL, Map.of(CHILD, OF_CHILD)).token(CHILD)).contains(OF_ALL);
    assertThat(held(OF_PARENT, Map.of()).token(CHILD)).as("there is no other").contains(OF_PARENT);
    assertThat(held(OF_CHILD, Map.of(SISTER, OF_ALL)).token(STRANGER)).contains(OF_ALL);
  }

  @Test
  void token_labelThatLooksLikeAVolume_isNotTakenForOne() {
    for (String label : new String[] {"*", CHILD.toString(), ",[" + CHILD + ",5]"}) {
      String given = token(PARENT.toString(), "", label);
      assertThat(held(given, Map.of(CHILD, OF_CHILD)).token(CHILD)).as(label).contains(OF_CHILD);
      assertThat(held(given, Map.of(CHILD, OF_CHILD)).token(PARENT)).as(label).contains(given);
    }
  }

  @Test
  void token_ancestorOfTheGivenOne_isTheSavedOneThatIsForIt() {
    assertThat(held(OF_CHILD, Map.of(PARENT, OF_PARENT)).token(PARENT)).contains(OF_PARENT);
    assertThat(held(OF_CHILD, Map.of(SISTER, OF_ALL)).token(PARENT)).contains(OF_ALL);
    String stranger = token(STRANGER.toString(), "", "");
    assertThat(held(OF_CHILD, Map.of(STRANGER, stranger)).token(PARENT)).contains(OF_CHILD);
    assertThat(held(stranger, Map.of(CHILD, OF_CHILD)).token(PARENT)).contains(OF_CHILD);
    assertThat(held(null, Map.of(STRANGER, stranger, CHILD, OF_CHILD)).token(PARENT))
        .contains(OF_CHILD);
  }

  @Test
  void token_ancestorOfSeveral_isTheOneThatReadsFurthest() {
    String near =
        token(CHILD.toString(), ancestor(STRANGER, "90") + "," + ancestor(PARENT, "9"), "");
    String far =
        token(SISTER.toString(), ancestor(PARENT, "10") + "," + ancestor(STRANGER, "8"), "");
    Map<VolumeId, String> saved = new LinkedHashMap<>(Map.of(CHILD, near));
    saved.put(SISTER, far);
    assertThat(held(null, saved).token(PARENT)).contains(far);
    assertThat(held(OF_CHILD, saved).token(PARENT)).contains(far);
    assertThat(held(near, Map.of(SISTER, far)).token(STRANGER)).contains(near);
  }

  @Test
  void token_learned_comesFirst() {
    Map<VolumeId, String> kept = new LinkedHashMap<>();
    HeldTokens held = new HeldTokens(OF_ALL, Map.of(), kept::put);
    held.learned(CHILD, OF_CHILD);
    assertThat(held.token(CHILD)).contains(OF_CHILD);
    assertThat(held.token(PARENT)).contains(OF_ALL);
    assertThat(kept).containsExactly(Map.entry(CHILD, OF_CHILD));
  }

  @Test
  void token_inNoKnownForm_mayDoForAll() {
    for (String odd : new String[] {"secret", "a.b.c", "a.%%.c", token("vol-1", "", "")}) {
      assertThat(held(odd, Map.of(CHILD, OF_CHILD)).token(CHILD)).as(odd).contains(odd);
    }
    assertThat(held(null, Map.of()).token(CHILD)).isEqualTo(Optional.empty());
  }
}
