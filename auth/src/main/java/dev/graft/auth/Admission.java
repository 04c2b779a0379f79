package dev.graft.auth;

import dev.graft.auth.Verdict.Cause;
import dev.graft.http.Route;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides on requests, whole: proves the token, asks whether it is revoked, and compares what it
 * admits with what is asked. Docs/http.md, section 6, holds the rules. Safe for use by many
 * threads.
 */
public final class Admission {
  private final TokenVerifier verifier;
  private final Revoked revoked;
  private final InstantSource clock;

  /** An admission by the keys of a ring. */
  public Admission(KeyRing ring, Revoked revoked, InstantSource clock) {
    this.verifier = new TokenVerifier(ring);
    this.revoked = revoked;
    this.clock = clock;
  }

  /**
   * Decides on one request.
   *
   * @param token what the header {@code graft-token} held; null when there was none
   * @throws GraftException.Unavailable when it cannot be told now what is revoked
   */
  public Verdict admit(@Nullable String token, Route route) {
    return switch (verifier.verify(token, clock.instant())) {
      case Verdict.Refused refused -> refused;
      case Verdict.Admitted(Token proved) -> admit(proved, route);
    };
  }

  private Verdict admit(Token token, Route route) {
    Optional<String> why = revoked.why(token);
    if (why.isPresent()) {
      return new Verdict.Refused(Cause.UNPROVEN, why.get());
    }
    // A delete whose answer was lost is asked again, with a token that it ended.
    if (token.grant().scope() instanceof VolumeScope.One(VolumeId volume)
        && !(route instanceof Route.Delete)
        && revoked.volume(volume)) {
      return new Verdict.Refused(Cause.DELETED, "volume " + volume + " was deleted");
    }
    return compare(token, route);
  }

  /** Whether what is asked is what a grant admits, revoked or not. */
  private static Verdict compare(Token token, Route route) {
    Grant grant = token.grant();
    if (!grant.actions().contains(route.action())) {
      return notAdmitted(
          token,
          "does not allow to "
              + route.action().wireName()
              + ", only to "
              + String.join(", ", grant.actionNames()));
    }
    boolean admitted =
        switch (route) {
          case Route.OfObject object ->
              grant.scope().covers(object.volume()) || ofAncestor(grant, object);
          case Route.OfVolume about -> grant.scope().covers(about.volume());
          case Route.Create(), Route.Tokens(), Route.Revoke() ->
              grant.scope() instanceof VolumeScope.All;
        };
    return admitted
        ? new Verdict.Admitted(token)
        : notAdmitted(token, "is for " + grant.scope() + " and not for this");
  }

  private static boolean ofAncestor(Grant grant, Route.OfObject object) {
    return grant.ancestors().stream()
        .filter(ancestor -> ancestor.volume().equals(object.volume()))
        .anyMatch(ancestor ->
            switch (object) {
              case Route.SegmentRange _ -> true;
              case Route.LogRange(VolumeId _, Lsn lsn) -> !lsn.isAfter(ancestor.upTo());
            });
  }

  private static Verdict notAdmitted(Token token, String why) {
    return new Verdict.Refused(Cause.NOT_ADMITTED, "token " + token.id() + " " + why);
  }
}
