package dev.graft.cli;

import dev.graft.auth.Grant;
import dev.graft.auth.Token;
import dev.graft.auth.VolumeScope;
import dev.graft.protocol.id.TokenId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the commands say of a token. */
final class TokenText {
  private TokenText() {}

  /** The claims as members. */
  static Map<String, @Nullable Object> object(Token token) {
    Grant grant = token.grant();
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("id", token.id().toString());
    object.put("volume", grant.scope().toString());
    object.put("allow", grant.actionNames());
    object.put(
        "ancestors",
        grant.ancestors().stream()
            .map(ancestor -> {
              Map<String, Object> entry = new LinkedHashMap<>();
              entry.put("volume", ancestor.volume().toString());
              entry.put("upTo", ancestor.upTo().toString());
              return entry;
            })
            .toList());
    object.put("label", grant.label().orElse(null));
    object.put("issued", token.issued().toString());
    object.put("expires", token.expires().toString());
    object.put("via", token.via().stream().map(TokenId::toString).toList());
    return object;
  }

  /** The claims as lines. */
  static List<String> lines(Token token) {
    Grant grant = token.grant();
    List<String> lines = new ArrayList<>();
    lines.add(token.id().toString());
    lines.add(
        "  for     " + (grant.scope() instanceof VolumeScope.All ? "every volume" : grant.scope()));
    lines.add("  allows  " + String.join(", ", grant.actionNames()));
    grant
        .ancestors()
        .forEach(ancestor ->
            lines.add(
                "  reads   "
                    + ancestor.volume()
                    + " up to commit "
                    + ancestor.upTo()
                    + ", of which it is a fork"));
    grant.label().ifPresent(label -> lines.add("  label   " + label));
    lines.add("  made    " + token.issued());
    token.via().forEach(id -> lines.add("  via     " + id + ", with which it is revoked"));
    lines.add("  ends    " + token.expires());
    return lines;
  }
}
