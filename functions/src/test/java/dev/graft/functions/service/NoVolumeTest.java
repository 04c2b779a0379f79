package dev.graft.functions.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.http.LogRequest;
import dev.graft.http.Messages;
import dev.graft.http.Nothing;
import dev.graft.http.Route;
import dev.graft.http.UploadsAnswer;
import dev.graft.protocol.error.GraftException.Code;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.remote.ChangesRequest;
import dev.graft.protocol.remote.ChangesRequest.Until;
import dev.graft.protocol.remote.ForkRequest;
import dev.graft.protocol.remote.RetainRequest;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Every route about a volume, where the volume was deleted or never was. */
class NoVolumeTest {
  private static final int TWO_PARTS = 3_000;

  private final Bench bench = new Bench(81);
  private final Service service = new Service(EnumSet.allOf(Group.class), placing());

  /** One whose large segments have a place outside of the function. */
  private Backend placing() {
    Backend plain = bench.backend;
    return new Backend(
        plain.engine(),
        plain.log(),
        plain.bulk(),
        (volume, entry) ->
            new UploadsAnswer.Presigned(
                URI.create("https://store.example/" + volume + "/" + entry.id()),
                Map.of("if-none-match", "*"),
                bench.clock.instant().plusSeconds(600),
                Instant.EPOCH),
        plain.gate(),
        plain.keys(),
        plain.revocations(),
        plain.limits(),
        plain.observer(),
        plain.clock(),
        plain.random());
  }

  /** A good request for each route that needs the volume. */
  private Map<Route.OfVolume, byte[]> requests(VolumeId volume, Position base) {
    Bench.Made small = bench.segment(volume, base, 1);
    Bench.Made large = bench.segment(volume, base, TWO_PARTS);
    byte[] nothing = Messages.empty().encode(new Nothing());
    Map<Route.OfVolume, byte[]> requests = new LinkedHashMap<>();
    requests.put(new Route.Info(volume), nothing);
    requests.put(
        new Route.Changes(volume),
        Messages.changesRequest(volume)
            .encode(new ChangesRequest(volume, base, new Until.Head(), false)));
    requests.put(new Route.Log(volume), Messages.logRequest().encode(new LogRequest(null, 10)));
    requests.put(new Route.Upload(volume, small.segment().id()), small.segment().bytes());
    requests.put(new Route.Uploads(volume), Messages.uploadsRequest().encode(large.entry()));
    requests.put(
        new Route.Commits(volume),
        Messages.commitRequest(volume).encode(bench.commit(volume, base, 3)));
    requests.put(
        new Route.Fork(volume),
        Messages.forkRequest(volume)
            .encode(new ForkRequest(volume, base, bench.ids.newVolumeId())));
    requests.put(
        new Route.Retain(volume),
        Messages.retainRequest(volume)
            .encode(
                new RetainRequest(
                    volume, new RetainRequest.Change.Retention(Duration.ofDays(30)))));
    return requests;
  }

  private Answer answer(Route.OfVolume route, byte[] body) {
    return service.answer(Bench.request(bench.root, route, body));
  }

  private void assertAll(Map<Route.OfVolume, byte[]> requests, Code code, int status) {
    requests.forEach((route, body) -> {
      Answer answer = answer(route, body);
      assertThat(answer.status()).as("%s", route).isEqualTo(status);
      assertThat(Bench.problem(answer).code()).as("%s", route).isEqualTo(code);
    });
  }

  @Test
  void everyRoute_volumeWasDeleted_isGone() {
    VolumeId volume = bench.newVolume();
    Position head = bench.committed(volume, bench.start(volume));
    Map<Route.OfVolume, byte[]> living = requests(volume, head);
    living.forEach(
        (route, body) -> assertThat(answer(route, body).status()).as("%s", route).isEqualTo(200));
    byte[] nothing = Messages.empty().encode(new Nothing());
    assertThat(answer(new Route.Delete(volume), nothing).status()).isEqualTo(200);
    assertAll(requests(volume, head), Code.GONE, 410);
    assertThat(answer(new Route.State(volume), nothing).status()).isEqualTo(200);
    assertThat(answer(new Route.Delete(volume), nothing).status()).isEqualTo(200);
  }

  @Test
  void everyRoute_volumeNeverWas_isNotFound() {
    VolumeId other = bench.newVolume();
    VolumeId volume = bench.ids.newVolumeId();
    Map<Route.OfVolume, byte[]> requests =
        requests(volume, bench.committed(other, bench.start(other)));
    byte[] nothing = Messages.empty().encode(new Nothing());
    requests.put(new Route.State(volume), nothing);
    requests.put(new Route.Waiting(volume), nothing);
    requests.put(new Route.Delete(volume), nothing);
    assertAll(requests, Code.NOT_FOUND, 404);
  }
}
