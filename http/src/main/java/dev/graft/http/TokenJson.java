package dev.graft.http;

import dev.graft.protocol.id.VolumeId;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The JSON of tokens. */
final class TokenJson {
  private static final String ALL = "*";

  private TokenJson() {}

  static void write(JsonOut out, TokenRequest request) {
    VolumeId volume = request.volume();
    out.text("volume", volume == null ? ALL : volume);
    out.texts("actions", request.actions().stream().sorted().map(Action::wireName).toList());
    out.millis("ttl", request.ttl());
    if (request.label() != null) {
      out.text("label", request.label());
    }
  }

  static TokenRequest request(JsonObject in) {
    Duration ttl = in.millis("ttl");
    String label = in.has("label") ? in.text("label", HttpLimits.MAX_LABEL) : null;
    return new TokenRequest(volume(in), actions(in), ttl, label);
  }

  private static @Nullable VolumeId volume(JsonObject in) {
    return in.text("volume", 64).equals(ALL) ? null : in.volume("volume");
  }

  private static Set<Action> actions(JsonObject in) {
    List<Action> listed =
        in.texts(
            "actions",
            name ->
                Action.parse(name)
                    .orElseThrow(() -> in.wrong("actions", "is of read, write, fork, admin")));
    Set<Action> actions = EnumSet.noneOf(Action.class);
    actions.addAll(listed);
    if (actions.isEmpty() || actions.size() < listed.size()) {
      throw in.wrong("actions", "names nothing, or something twice");
    }
    return actions;
  }

  static void write(JsonOut out, TokenAnswer answer) {
    out.text("token", answer.token()).time("expires", answer.expires());
  }

  static TokenAnswer answer(JsonObject in) {
    return new TokenAnswer(in.text("token", HttpLimits.MAX_TOKEN), in.time("expires"));
  }

  static void write(JsonOut out, RevokeRequest request) {
    switch (request) {
      case RevokeRequest.ByToken(String token) -> out.text("token", token);
      case RevokeRequest.ById(String id) -> out.text("id", id);
    }
  }

  static RevokeRequest revoke(JsonObject in) {
    return in.has("id")
        ? new RevokeRequest.ById(in.text("id", 64))
        : new RevokeRequest.ByToken(in.text("token", HttpLimits.MAX_TOKEN));
  }
}
