package dev.graft.client.http;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The volumes that a token names. Nothing is proved. A token has one text (docs/http.md, section
 * 6): the members in one order with nothing between them, and no quote within a text; so the places
 * of {@code vol} and {@code anc} are known, and a label that looks like them is not taken for them.
 *
 * @param volume that it is for; nothing for all volumes
 * @param ancestors of the volume, whose ranges may be read, too, each with its highest LSN
 */
record TokenClaims(Optional<VolumeId> volume, Map<VolumeId, Lsn> ancestors) {
  private static final String VOLUME = "vol-[0-9a-z]{26}";
  private static final Pattern ANCESTOR =
      Pattern.compile("\\[\"(" + VOLUME + ")\",\"([0-9]{1,20})\"\\]");

  /** The claims up to what is of use here. */
  private static final Pattern FORM =
      Pattern.compile(
          "\\{\"jti\":\"[^\"]*\",\"iat\":[0-9]+,\"exp\":[0-9]+,\"vol\":\"(\\*|"
              + VOLUME
              + ")\",\"act\":\\[[a-z\",]*\\](?:,\"anc\":\\[([^{}]*?)\\]\\])?[,}]");

  TokenClaims {
    ancestors = Map.copyOf(ancestors);
  }

  /** Reads a token; nothing when it has not the known form of one. */
  static Optional<TokenClaims> of(String token) {
    int first = token.indexOf('.');
    int second = token.indexOf('.', first + 1);
    if (first < 0 || second < 0) {
      return Optional.empty();
    }
    try {
      byte[] claims = Base64.getUrlDecoder().decode(token.substring(first + 1, second));
      return read(new String(claims, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException | GraftException e) {
      return Optional.empty();
    }
  }

  private static Optional<TokenClaims> read(String claims) {
    Matcher form = FORM.matcher(claims);
    if (!form.lookingAt()) {
      return Optional.empty();
    }
    String volume = form.group(1);
    Map<VolumeId, Lsn> ancestors = new HashMap<>();
    if (form.group(2) != null) {
      Matcher each = ANCESTOR.matcher(form.group(2) + "]");
      while (each.find()) {
        ancestors.put(
            VolumeId.parse(each.group(1)), new Lsn(Long.parseUnsignedLong(each.group(2))));
      }
    }
    return Optional.of(
        new TokenClaims(
            volume.equals("*") ? Optional.empty() : Optional.of(VolumeId.parse(volume)),
            ancestors));
  }

  /** Whether it is for a volume, or for all. */
  boolean isFor(VolumeId asked) {
    return volume.isEmpty() || volume.get().equals(asked);
  }
}
