package dev.graft.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.http.Route;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.TokenId;
import dev.graft.protocol.id.VolumeId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The matrix at the admission alone, and at the edge's function. */
class AccessMatrixTest {
  private static final Instant NOW = Instant.parse("2026-11-01T00:00:00.123Z");

  private final AccessWorld world =
      new AccessWorld(
          new KeyRing(List.of(SigningKey.generate(new Random(3)))),
          NOW,
          new VolumeId(1, 1),
          new VolumeId(2, 2),
          new VolumeId(3, 3),
          new Lsn(41),
          new VolumeId(4, 4),
          SegmentId.parse(Vectors.SEGMENT),
          new TokenId(5, 5));
  private final AccessMatrix matrix = new AccessMatrix(world);

  /** Whoever is admitted touches the store. */
  private abstract static class Counting implements Door {
    private long reads;
    private long writes;

    abstract int status(String method, String path, @Nullable String token);

    @Override
    public int ask(String method, String path, @Nullable String token) {
      int status = status(method, path, token);
      if (status == 200 && method.equals("POST")) {
        writes++;
      } else if (status == 200) {
        reads++;
      }
      return status;
    }

    @Override
    public long storeReads() {
      return reads;
    }

    @Override
    public long storeWrites() {
      return writes;
    }
  }

  private Counting admission() {
    Revoked revoked =
        new Revoked() {
          @Override
          public boolean token(TokenId id) {
            return id.equals(world.revoked());
          }

          @Override
          public boolean volume(VolumeId id) {
            return false;
          }
        };
    Admission admission = new Admission(world.ring(), revoked, InstantSource.fixed(NOW));
    return new Counting() {
      @Override
      int status(String method, String path, @Nullable String token) {
        if (!Route.methods(path).contains(method)) {
          return Route.methods(path).isEmpty() ? 404 : 405;
        }
        return switch (admission.admit(token, Route.parse(method, path).orElseThrow())) {
          case Verdict.Admitted _ -> 200;
          case Verdict.Refused refused -> refused.cause().status();
        };
      }
    };
  }

  @Test
  void matrix_asksEveryKindOfRoute() {
    for (List<AccessMatrix.Case> cases : List.of(matrix.refused(), matrix.admitted())) {
      assertThat(
              cases.stream()
                  .flatMap(each -> Route.parse(each.method(), each.path()).stream())
                  .<Class<?>>map(Route::getClass))
          .containsAll(AccessMatrix.kindsOfRoutes());
    }
    assertThat(AccessMatrix.kindsOfRoutes()).contains(Route.Create.class, Route.LogRange.class);
  }

  @Test
  void admission_matrix_isRefusedAndTheRestAdmitted() {
    List<AccessMatrix.Case> refused = matrix.refused();
    System.out.println(
        "access matrix: "
            + refused.size()
            + " requests to refuse, "
            + refused.stream().filter(AccessMatrix.Case::isSendable).count()
            + " of them can be sent over HTTP, "
            + matrix.admitted().size()
            + " to admit");
    assertThat(refused).hasSizeGreaterThan(1000);
    AccessMatrix.checkRefused(admission(), refused);
    AccessMatrix.checkAdmitted(admission(), matrix.admitted());
  }

  @Test
  void edge_matrix_isRefusedAndTheRestAdmitted() {
    assumeTrue(EdgeFunction.isThere(), "there is no node here: the edge function is not run");
    RevocationLog.Listing revoked =
        new RevocationLog.Listing(Map.of(world.revoked(), NOW.plusSeconds(3600)), Map.of());
    try (EdgeFunction edge = EdgeFunction.start(EdgeEntries.of(world.ring(), revoked))) {
      Counting door =
          new Counting() {
            @Override
            int status(String method, String path, @Nullable String token) {
              return edge.ask(method, path, token, NOW).status();
            }
          };
      AccessMatrix.checkRefused(door, matrix.refused());
      AccessMatrix.checkAdmitted(door, matrix.admitted());
    }
  }

  /** What the exception among the refusals is: neither more nor less. */
  @Test
  void forksToken_parentsLaterSegment_isAdmittedByItsIdAlone() {
    AccessMatrix.Case exception =
        matrix.admitted().stream()
            .filter(each -> each.name().equals(AccessMatrix.PARENTS_SEGMENT))
            .findFirst()
            .orElseThrow();
    SegmentId later =
        new SegmentId(world.segment().hi() + (1_000_000_000L << 16), world.segment().lo());
    assertThat(later.epochMillis()).isGreaterThan(world.segment().epochMillis());
    Counting door = admission();
    for (SegmentId id : List.of(world.segment(), later)) {
      String path = new Route.SegmentRange(world.parent(), id).path();
      assertThat(door.ask("GET", path, exception.token())).isEqualTo(200);
      String upload = new Route.Upload(world.parent(), id).path();
      assertThat(door.ask("POST", upload, exception.token())).isEqualTo(403);
      String foreign = new Route.SegmentRange(world.other(), id).path();
      assertThat(door.ask("GET", foreign, exception.token())).isEqualTo(403);
    }
  }

  @Test
  void matrix_doorWithAHole_failsTheCheck() {
    Counting good = admission();
    List<AccessMatrix.Case> cases = matrix.refused();
    for (String hole :
        List.of(
            "revoked",
            "expired",
            "no path",
            "no method",
            "another volume",
            "the parent's later commit",
            "all other actions",
            "signature changed")) {
      AccessMatrix.Case through =
          cases.stream().filter(each -> each.name().equals(hole)).findFirst().orElseThrow();
      Counting leaky =
          new Counting() {
            @Override
            int status(String method, String path, @Nullable String token) {
              boolean open = through.equals(new AccessMatrix.Case(hole, method, path, token));
              return open ? 200 : good.status(method, path, token);
            }
          };
      assertThatExceptionOfType(AssertionError.class)
          .as(hole)
          .isThrownBy(() -> AccessMatrix.checkRefused(leaky, cases))
          .withMessageContaining(hole);
    }
    Counting shut =
        new Counting() {
          @Override
          int status(String method, String path, @Nullable String token) {
            return 401;
          }
        };
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> AccessMatrix.checkAdmitted(shut, matrix.admitted()));
  }
}
