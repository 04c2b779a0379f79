package dev.graft.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.graft.auth.Grant.Ancestor;
import dev.graft.http.Action;
import dev.graft.http.Route;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.TokenId;
import dev.graft.protocol.id.VolumeId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TokenMakerTest {
  private static final Instant NOW = Instant.parse("2026-11-01T10:20:30.999Z");
  private static final VolumeScope OWN = VolumeScope.of(new VolumeId(1, 1));
  private static final VolumeId PARENT = new VolumeId(2, 2);
  private static final Duration DAY = Duration.ofDays(1);

  private final KeyRing ring = new KeyRing(List.of(SigningKey.generate(new Random(1))));
  private final TokenMaker maker = new TokenMaker(ring, new Random(2), InstantSource.fixed(NOW));

  private Token proved(SignedToken made) {
    Verdict verdict = new TokenVerifier(ring).verify(made.text(), NOW);
    assertThat(verdict).isEqualTo(new Verdict.Admitted(made.token()));
    return made.token();
  }

  private static Grant grant(VolumeScope scope, Action... actions) {
    return Grant.of(scope, Set.of(actions));
  }

  @Test
  void make_anyGrant_isProved() {
    Grant grant =
        grant(OWN, Action.WRITE, Action.READ)
            .withAncestors(List.of(new Ancestor(PARENT, new Lsn(-1))))
            .withLabel("ci");
    Token token = proved(maker.make(grant, DAY));
    assertThat(token.grant()).isEqualTo(grant);
    assertThat(token.issued()).isEqualTo("2026-11-01T10:20:30Z");
    assertThat(token.expires()).isEqualTo("2026-11-02T10:20:30Z");
    assertThat(proved(maker.make(grant, DAY)).id()).isNotEqualTo(token.id());
    assertThat(maker.make(grant, DAY).toString()).doesNotContain(maker.make(grant, DAY).text());
  }

  @Test
  void make_theLargestToken_fits() {
    List<Ancestor> ancestors = new ArrayList<>();
    for (int i = 0; i < Grant.MAX_ANCESTORS; i++) {
      ancestors.add(new Ancestor(new VolumeId(-1, i), new Lsn(-1)));
    }
    Grant grant =
        Grant.of(OWN, EnumSet.allOf(Action.class))
            .withAncestors(ancestors)
            .withLabel("x".repeat(Grant.MAX_LABEL));
    assertThat(proved(maker.make(grant, Token.MAX_LIFE)).grant().ancestors()).hasSize(16);
    List<TokenId> via = Collections.nCopies(Token.MAX_VIA, new TokenId(-1, -1));
    Token largest =
        new Token(new TokenId(-1, -1), grant, Instant.EPOCH, Instant.ofEpochSecond(9), via);
    assertThat(maker.sign(largest).text()).hasSizeBetween(2000, TokenVerifier.MAX_CHARS);
    ancestors.add(new Ancestor(PARENT, Lsn.ZERO));
    assertThatExceptionOfType(GraftException.Limit.class)
        .isThrownBy(() -> grant.withAncestors(ancestors));
  }

  @Test
  void make_lifeOutOfBounds_isMisuse() {
    Grant grant = grant(OWN, Action.READ);
    for (Duration life :
        List.of(Duration.ZERO, Duration.ofSeconds(-1), Token.MAX_LIFE.plusSeconds(1))) {
      assertThatExceptionOfType(GraftException.Misuse.class)
          .isThrownBy(() -> maker.make(grant, life));
    }
    for (String label : List.of("", "x".repeat(65), "a\"b", "a\\b", "a\nb", "\u00e9")) {
      assertThatExceptionOfType(GraftException.Misuse.class)
          .isThrownBy(() -> grant.withLabel(label));
    }
  }

  @Test
  void makeUnder_noMoreAndNoLonger_isProved() {
    Ancestor parent = new Ancestor(PARENT, new Lsn(9));
    Token asking =
        maker
            .make(grant(OWN, Action.READ, Action.WRITE).withAncestors(List.of(parent)), DAY)
            .token();
    proved(maker.makeUnder(asking, asking.grant(), DAY));
    proved(maker.makeUnder(asking, grant(OWN, Action.READ), Duration.ofHours(1)));
    Grant lower = asking.grant().withAncestors(List.of(new Ancestor(PARENT, new Lsn(8))));
    proved(maker.makeUnder(asking, lower, DAY));
    Token all = maker.make(Grant.of(VolumeScope.ALL, EnumSet.allOf(Action.class)), DAY).token();
    proved(maker.makeUnder(all, asking.grant(), DAY));
    proved(maker.makeUnder(all, all.grant(), DAY));
  }

  @Test
  void makeUnder_moreOrLonger_isRefused() {
    Ancestor parent = new Ancestor(PARENT, new Lsn(9));
    Grant own = grant(OWN, Action.READ, Action.WRITE).withAncestors(List.of(parent));
    Token asking = maker.make(own, DAY).token();
    for (Grant more :
        List.of(
            grant(OWN, Action.ADMIN),
            grant(OWN, Action.READ, Action.FORK),
            grant(VolumeScope.ALL, Action.READ),
            grant(VolumeScope.of(PARENT), Action.READ),
            own.withAncestors(List.of(new Ancestor(PARENT, new Lsn(10)))),
            own.withAncestors(List.of(new Ancestor(PARENT, new Lsn(-1)))),
            own.withAncestors(List.of(new Ancestor(new VolumeId(3, 3), new Lsn(1)))))) {
      assertThatExceptionOfType(GraftException.Unauthorized.class)
          .as("%s", more)
          .isThrownBy(() -> maker.makeUnder(asking, more, Duration.ofHours(1)));
    }
    assertThatExceptionOfType(GraftException.Unauthorized.class)
        .isThrownBy(() -> maker.makeUnder(asking, asking.grant(), DAY.plusSeconds(1)));
  }

  @Test
  void makeForChild_ofAForkOfAFork_carriesTheAncestorsAndTheLabel() {
    VolumeId child = new VolumeId(4, 4);
    Ancestor grandparent = new Ancestor(PARENT, new Lsn(9));
    Token asking =
        maker
            .make(
                grant(OWN, Action.READ, Action.FORK)
                    .withAncestors(List.of(grandparent))
                    .withLabel("ci"),
                DAY)
            .token();
    Token made =
        proved(
            maker.makeForChild(
                asking, new VolumeId(1, 1), List.of(grandparent), new Lsn(41), child));
    assertThat(made.grant().scope()).isEqualTo(VolumeScope.of(child));
    assertThat(made.grant().actions()).isEqualTo(asking.grant().actions());
    assertThat(made.grant().label()).contains("ci");
    assertThat(made.grant().ancestors())
        .containsExactly(new Ancestor(new VolumeId(1, 1), new Lsn(41)), grandparent);
    assertThat(made.expires()).isEqualTo(asking.expires());
    assertThat(made.via()).containsExactly(asking.id());
  }

  @Test
  void makeWithAToken_anyNumberOfTimes_namesAllThatItWasMadeByWayOf() {
    Token all = maker.make(Grant.of(VolumeScope.ALL, EnumSet.allOf(Action.class)), DAY).token();
    assertThat(all.via()).isEmpty();
    Token asking = proved(maker.makeUnder(all, grant(OWN, Action.READ, Action.FORK), DAY));
    List<TokenId> via = new ArrayList<>(List.of(all.id()));
    VolumeId parent = new VolumeId(1, 1);
    List<Ancestor> ancestors = new ArrayList<>();
    for (int i = 1; i < Token.MAX_VIA; i++) {
      assertThat(asking.via()).isEqualTo(via);
      via.add(asking.id());
      VolumeId child = new VolumeId(4, i);
      asking = proved(maker.makeForChild(asking, parent, ancestors, new Lsn(i), child));
      ancestors.addFirst(new Ancestor(parent, new Lsn(i)));
      parent = child;
    }
    assertThat(asking.via()).isEqualTo(via).hasSize(Token.MAX_VIA);
    Token last = asking;
    assertThatExceptionOfType(GraftException.Limit.class)
        .isThrownBy(() -> maker.makeUnder(last, last.grant(), Duration.ofHours(1)));
    assertThatExceptionOfType(GraftException.Limit.class)
        .isThrownBy(() ->
            maker.makeForChild(
                last, new VolumeId(5, 5), List.of(), new Lsn(1), new VolumeId(6, 6)));
    for (TokenId revoked : via) {
      assertThat(admits(last, revoked)).as("%s", revoked).isFalse();
    }
    assertThat(admits(last, last.id())).isFalse();
    assertThat(admits(last, new TokenId(8, 8))).isTrue();
  }

  /** Whether a token still reads its volume when some token is revoked. */
  private boolean admits(Token token, TokenId revoked) {
    Revoked one =
        new Revoked() {
          @Override
          public boolean token(TokenId id) {
            return id.equals(revoked);
          }

          @Override
          public boolean volume(VolumeId id) {
            return false;
          }
        };
    VolumeId volume = ((VolumeScope.One) token.grant().scope()).volume();
    return new Admission(ring, one, InstantSource.fixed(NOW))
            .admit(maker.sign(token).text(), new Route.Info(volume))
        instanceof Verdict.Admitted;
  }
}
