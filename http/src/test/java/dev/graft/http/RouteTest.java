package dev.graft.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RouteTest {
  private static final String VID = Samples.VOLUME.toString();
  private static final String SID = Samples.SEGMENT.toString();

  static List<Route> all(VolumeId volume, SegmentId segment, Lsn lsn) {
    return List.of(
        new Route.Create(),
        new Route.Info(volume),
        new Route.Changes(volume),
        new Route.Log(volume),
        new Route.State(volume),
        new Route.Upload(volume, segment),
        new Route.Uploads(volume),
        new Route.Commits(volume),
        new Route.Fork(volume),
        new Route.Retain(volume),
        new Route.Waiting(volume),
        new Route.Delete(volume),
        new Route.Tokens(),
        new Route.Revoke(),
        new Route.SegmentRange(volume, segment),
        new Route.LogRange(volume, lsn));
  }

  @Test
  void parse_everyRoute_roundTrips() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int trial = 0; trial < 500; trial++) {
      VolumeId volume = new VolumeId(random.nextLong(), random.nextLong());
      SegmentId segment = new SegmentId(random.nextLong(), random.nextLong());
      for (Route route : all(volume, segment, new Lsn(random.nextLong()))) {
        assertThat(route.path()).as("seed %d", seed).hasSizeLessThanOrEqualTo(Route.MAX_PATH);
        for (String method : route.methods()) {
          assertThat(Route.parse(method, route.path())).as("seed %d", seed).contains(route);
        }
      }
    }
  }

  @Test
  void path_logRange_holdsTheComplement() {
    assertThat(new Route.LogRange(Samples.VOLUME, new Lsn(1)).path())
        .isEqualTo("/v1/volumes/" + VID + "/log/fffffffffffffffe");
  }

  @Test
  void parse_anyCharacterChanged_isThatPathOrNothing() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String characters =
        "abcdefghijklmnopqrstuvwxyzABCXYZ0123456789-_./%?#;:@&=+\\ \u0000\u00e9\u2028*~";
    int refused = 0;
    for (Route route : all(Samples.VOLUME, Samples.SEGMENT, new Lsn(77))) {
      String path = route.path();
      for (int trial = 0; trial < 3000; trial++) {
        int at = random.nextInt(path.length() + 1);
        String put = String.valueOf(characters.charAt(random.nextInt(characters.length())));
        int cut = random.nextInt(3) == 0 ? 0 : Math.min(1, path.length() - at);
        String other = path.substring(0, at) + put + path.substring(at + cut);
        var parsed = Route.parse(route.methods().getFirst(), other);
        parsed.ifPresent(found -> assertThat(found.path()).as("seed %d", seed).isEqualTo(other));
        refused += parsed.isEmpty() ? 1 : 0;
      }
    }
    assertThat(refused).isGreaterThan(10_000);
  }

  @Test
  void parse_tricks_areNothing() {
    List<String> tricks =
        List.of(
            "",
            "/",
            "*",
            "/v1",
            "/v1/",
            "/v1/volumes/",
            "//v1/volumes",
            "/v1//volumes",
            "/V1/volumes",
            "/v1/volumes?x=1",
            "/v1/volumes#x",
            "/v1/volumes/" + VID,
            "/v1/volumes/" + VID + "/",
            "/v1/volumes/" + VID + "/info/",
            "/v1/volumes/" + VID + "//info",
            "/v1/volumes/" + VID + "/./info",
            "/v1/volumes/" + VID + "/../" + VID + "/info",
            "/v1/volumes/" + VID + "/info%2f",
            "/v1/volumes/" + VID + "/%69nfo",
            "/v1/volumes/" + VID.toUpperCase(java.util.Locale.ROOT) + "/info",
            "/v1/volumes/vol-80000000000000000000000000/info",
            "/v1/volumes/" + VID + "/segments",
            "/v1/volumes/" + VID + "/segments/",
            "/v1/volumes/" + VID + "/segments/" + VID,
            "/v1/volumes/" + VID + "/uploads/",
            "/v1/volumes/" + VID + "/uploads/" + VID,
            "/v1/volumes/" + VID + "/segments/" + SID + "/",
            "/v1/volumes/" + VID + "/log/FFFFFFFFFFFFFFFE",
            "/v1/volumes/" + VID + "/log/fffffffffffffff",
            "/v1/volumes/" + VID + "/log/+ffffffffffffffe",
            "/v1/volumes/" + VID + "/log/fffffffffffffffe0",
            "/v1/volumes/" + VID + "/checkpoints/" + SID,
            "/v1/volumes/" + VID + "/derived/0/rollups/1/0",
            "/v1/volumes/" + VID + "/state/fffffffffffffffe",
            "/v1/volumes/" + VID + "/volume",
            "/v1/tokens/",
            "/v1/tokens/revoke/x",
            "volumes/" + VID + "/segments/" + SID,
            "/v1/volumes/" + "a".repeat(100_000));
    for (String trick : tricks) {
      assertThat(Route.methods(trick)).as(trick).isEmpty();
      for (String method : List.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "")) {
        assertThat(Route.parse(method, trick)).as(trick).isEmpty();
      }
    }
  }

  @Test
  void methods_ofPaths_tellWhatIsThere() {
    assertThat(Route.methods("/v1/volumes")).containsExactly("POST");
    assertThat(Route.methods(new Route.Upload(Samples.VOLUME, Samples.SEGMENT).path()))
        .containsExactly("POST");
    assertThat(Route.methods(new Route.SegmentRange(Samples.VOLUME, Samples.SEGMENT).path()))
        .containsExactly("GET", "HEAD");
    assertThat(Route.methods(new Route.LogRange(Samples.VOLUME, new Lsn(3)).path()))
        .containsExactly("GET", "HEAD");
    assertThat(Route.parse("get", new Route.LogRange(Samples.VOLUME, new Lsn(3)).path())).isEmpty();
    assertThat(Route.parse("GET", new Route.Info(Samples.VOLUME).path())).isEmpty();
  }

  @Test
  void of_owner_isItsRange() {
    FrameOwner owner = new FrameOwner.InSegment(Samples.VOLUME, Samples.SEGMENT);
    assertThat(Route.of(owner).owner()).isEqualTo(owner);
    FrameOwner commit = new FrameOwner.InCommit(Samples.VOLUME, new Lsn(9));
    assertThat(Route.of(commit).owner()).isEqualTo(commit);
    assertThat(Route.of(commit).action()).isEqualTo(Action.READ);
  }
}
