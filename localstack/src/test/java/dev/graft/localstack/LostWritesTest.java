package dev.graft.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.graft.auth.VolumeScope;
import dev.graft.client.CommitOptions;
import dev.graft.client.CommitResult;
import dev.graft.client.Replica;
import dev.graft.client.http.HttpRemote;
import dev.graft.client.http.Transport;
import dev.graft.client.http.UrlTransport;
import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.http.Action;
import dev.graft.http.Headers;
import dev.graft.http.Message;
import dev.graft.http.Messages;
import dev.graft.http.RevokeRequest;
import dev.graft.http.Route;
import dev.graft.http.TokenRequest;
import dev.graft.localstack.HopMishaps.Hop;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameEncoder;
import dev.graft.protocol.frame.PageRuns;
import dev.graft.protocol.frame.Segment;
import dev.graft.protocol.frame.SegmentWriter;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.remote.ChangesRequest;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.protocol.remote.ForkRequest;
import dev.graft.protocol.remote.Forked;
import dev.graft.protocol.remote.RetainRequest;
import dev.graft.protocol.remote.UploadReceipt;
import dev.graft.protocol.remote.VolumeInfo;
import dev.graft.protocol.remote.VolumeState;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What {@link LostAnswersTest} shows of commits, of every other route that writes: whatever is lost
 * at whichever hop, or comes twice or late, the request repeated as it is finds what the first one
 * did, it is done once, and what comes late changes nothing.
 */
@Timeout(60)
class LostWritesTest {
  private static final long SEED = 20261124L;
  private static final int FLOOR = 32;
  private static final int TRIES = 10;

  /** The last part of the path of what may meet with a mishap. */
  private final AtomicReference<String> target = new AtomicReference<>("");

  /** A clock of which a test turns the hands on. */
  private static final class Clock implements InstantSource {
    private volatile Duration ahead = Duration.ZERO;

    @Override
    public Instant instant() {
      return InstantSource.system().instant().plus(ahead);
    }
  }

  private final Clock clock = new Clock();
  private final Random random = new Random(SEED);

  /** All routes that write, at one hop. */
  private final class World implements AutoCloseable {
    private final Hop hop;
    private final HopMishaps mishaps;
    private final HttpStage stage;
    private final Transport transport;

    World(Hop hop) {
      this.hop = hop;
      this.mishaps =
          new HopMishaps(hop, path -> path.contains(target.get()), key -> !key.isEmpty());
      this.stage =
          new HttpStage(
              mishaps::atTheStore,
              options -> options.withMishaps(mishaps.atTheEdge(), mishaps.atTheFunctions()),
              clock);
      this.transport = mishaps.atTheClient(new UrlTransport(stage.concurrency));
    }

    /** Does it with a mishap on its way, which happens. */
    <T> T struck(String part, Supplier<T> write) {
      target.set(part);
      mishaps.arm(1);
      int before = mishaps.refused();
      T result = write.get();
      assertThat(mishaps.left()).as("%s at %s", hop, part).isZero();
      // A revocation, and a note of who forks, are looked for before they are written again.
      boolean repeats =
          hop == Hop.STORE_LOSES_THE_ANSWER_AND_REFUSES_THE_REPEAT
              && !part.endsWith("/revoke")
              && !part.endsWith("/fork");
      assertThat(mishaps.refused() - before).as("%s at %s", hop, part).isEqualTo(repeats ? 1 : 0);
      return result;
    }

    /** What was late comes now, if that is what is tried. */
    void late() {
      assertThat(stage.stack.late()).isEqualTo(hop == Hop.FUNCTION_RUNS_LATE ? 1 : 0);
    }

    HttpRemote remote() {
      return stage.remote(transport);
    }

    byte[] object(Route.OfObject route) {
      ObjectKey key = new ObjectKey(route.path().substring("/v1/".length()));
      GetOutcome found = stage.store.get(key, 0, 64 << 20);
      assertThat(found).isInstanceOf(GetOutcome.Found.class);
      return ((GetOutcome.Found) found).bytes();
    }

    /** As docs/http.md tells a client to ask: the same again while nobody knows. */
    <T> T post(String token, Route route, byte[] body, Message<T> message) {
      Map<String, String> headers = new HashMap<>();
      headers.put(Headers.TOKEN, token);
      headers.put(Headers.CONTENT_TYPE, Headers.JSON);
      headers.put(Headers.CONTENT_SHA256, Hash.sha256(body).toString());
      URI uri = stage.stack.address().resolve(route.path());
      Transport.Request request =
          new Transport.Request("POST", uri, headers, body, Duration.ofSeconds(20));
      for (int tried = 0; tried < TRIES; tried++) {
        try {
          byte[] answer =
              transport.send(
                  request,
                  told -> {
                    byte[] bytes = told.body().readAllBytes();
                    boolean known = told.status() < 500 && told.status() != 429;
                    assertThat(known ? told.status() : 200).isEqualTo(200);
                    return known ? bytes : new byte[0];
                  });
          if (answer.length > 0) {
            return message.decode(answer);
          }
        } catch (IOException lost) {
          // Nobody knows; the same again.
        }
      }
      throw new AssertionError("no answer in " + TRIES + " tries");
    }

    @Override
    public void close() {
      stage.close();
    }
  }

  private Segment segment(HttpStage stage, VolumeId volume, int pages) {
    byte[] raw = new byte[pages * HttpStage.SIZE.bytes()];
    random.nextBytes(raw);
    try (FrameEncoder encoder = new FrameEncoder()) {
      SegmentWriter writer =
          new SegmentWriter(
              volume, stage.ids.newSegmentId(clock.instant()), HttpStage.SIZE, encoder);
      int step = 32;
      for (int page = 0; page < pages; page += step) {
        int count = Math.min(step, pages - page);
        writer.addPages(
            false,
            PageRuns.of(1 + page, count),
            raw,
            page * HttpStage.SIZE.bytes(),
            count * HttpStage.SIZE.bytes());
      }
      return writer.finish();
    }
  }

  @ParameterizedTest
  @EnumSource
  void create_isDoneOnce(Hop hop) {
    try (World world = new World(hop)) {
      HttpRemote remote = world.remote();
      CreateVolume request = new CreateVolume(world.stage.ids.newVolumeId(), HttpStage.SIZE);
      VolumeInfo made = world.struck("/v1/volumes", () -> remote.createVolume(request));
      world.late();
      assertThat(remote.volume(request.volume())).isEqualTo(made);
      assertThat(remote.createVolume(request)).isEqualTo(made);
    }
  }

  @ParameterizedTest
  @EnumSource
  void upload_smallAndLarge_bringsItsBytes(Hop hop) {
    try (World world = new World(hop)) {
      HttpRemote remote = world.remote();
      VolumeId volume = world.stage.create(remote);
      Segment small = segment(world.stage, volume, 60);
      UploadReceipt receipt =
          world.struck("/uploads/", () -> remote.upload(volume, small.id(), small.bytes()));
      world.late();
      assertThat(receipt.entry().sha256()).isEqualTo(small.sha256());
      assertThat(world.object(new Route.SegmentRange(volume, small.id()))).isEqualTo(small.bytes());

      Segment large = segment(world.stage, volume, 600);
      assertThat(large.bytes().length).isGreaterThan(2 << 20);
      // The place is asked for; the client's transport also meets with it at the place itself.
      UploadReceipt placed =
          world.struck(
              "/uploads", () -> untilRoom(() -> remote.upload(volume, large.id(), large.bytes())));
      world.late();
      assertThat(placed.entry().sha256()).isEqualTo(large.sha256());
      assertThat(world.object(new Route.SegmentRange(volume, large.id()))).isEqualTo(large.bytes());
      if (hop == Hop.CLIENT_LOSES_THE_ANSWER) {
        Segment put = segment(world.stage, volume, 600);
        world.struck("/uploads/", () -> remote.upload(volume, put.id(), put.bytes()));
        assertThat(world.object(new Route.SegmentRange(volume, put.id()))).isEqualTo(put.bytes());
      }
    }
  }

  /** That there is no room is told at once: a segment that may be there is nothing yet. */
  private static <T> T untilRoom(Supplier<T> upload) {
    try {
      return upload.get();
    } catch (GraftException.Limit full) {
      return upload.get();
    }
  }

  @ParameterizedTest
  @EnumSource
  void fork_isMadeOnce_andItsTokenComes(Hop hop) {
    try (World world = new World(hop)) {
      HttpRemote root = world.remote();
      VolumeId volume = world.stage.create(root);
      Replica writer = world.stage.open(root, volume);
      commits(writer, 2);
      Position at = writer.status().position();
      HttpRemote scoped =
          world.stage.remote(world.stage.token(VolumeScope.of(volume)), world.transport);
      VolumeId child = world.stage.ids.newVolumeId();
      ForkRequest request = new ForkRequest(volume, at, child);
      Forked made = world.struck("/fork", () -> scoped.fork(request));
      world.late();
      assertThat(scoped.fork(request)).isEqualTo(made);
      assertThat(root.state(volume).forks()).containsExactly(child);
      // With the token that came: the one for the parent does not admit this.
      Replica forked = world.stage.open(scoped, child);
      commits(forked, 1);
      assertThat(root.log(child, null, 10).head().lsn()).isEqualTo(new Lsn(2));
    }
  }

  private static void commits(Replica replica, int count) {
    for (int i = 1; i <= count; i++) {
      assertThat(HttpStage.commit(replica, CommitOptions.NONE, 1 + i % 40, i))
          .isInstanceOf(CommitResult.Committed.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void retain_eachWay_isDoneOnce(Hop hop) throws InterruptedException {
    try (World world = new World(hop)) {
      HttpRemote remote = world.remote();
      VolumeId volume = world.stage.create(remote);
      commits(world.stage.open(remote, volume), FLOOR + 3);
      world.stage.stack.quiesce();
      VolumeState kept = retain(world, remote, volume, new RetainRequest.Change.Keep(lsn(5), true));
      assertThat(kept.kept()).containsExactly(lsn(5));
      VolumeState longer =
          retain(world, remote, volume, new RetainRequest.Change.Retention(Duration.ofDays(8)));
      assertThat(longer.retention()).isEqualTo(Duration.ofDays(8));
      clock.ahead = clock.ahead.plusDays(10);
      HttpRemote later = world.remote();
      VolumeState raised =
          retain(world, later, volume, new RetainRequest.Change.FloorAt(lsn(FLOOR)));
      assertThat(raised.floor()).isEqualTo(lsn(FLOOR));
      VolumeState released =
          retain(world, later, volume, new RetainRequest.Change.Keep(lsn(5), false));
      assertThat(released.kept()).isEmpty();
      assertThatExceptionOfType(GraftException.Gone.class)
          .isThrownBy(() ->
              later.changesSince(
                  new ChangesRequest(volume, null, new ChangesRequest.Until.AtLsn(lsn(5)), false)));
    }
  }

  private static Lsn lsn(long value) {
    return new Lsn(value);
  }

  /** One change is one state record, however often it is asked for. */
  private static VolumeState retain(
      World world, HttpRemote remote, VolumeId volume, RetainRequest.Change change) {
    RetainRequest request = new RetainRequest(volume, change);
    long before = remote.state(volume).number();
    VolumeState told = world.struck("/retain", () -> remote.retain(request)).state();
    world.late();
    assertThat(remote.retain(request).state()).isEqualTo(told);
    VolumeState now = remote.state(volume);
    assertThat(now).isEqualTo(told);
    assertThat(now.number()).as("%s", change).isEqualTo(before + 1);
    return now;
  }

  @ParameterizedTest
  @EnumSource
  void delete_isDoneOnce(Hop hop) {
    try (World world = new World(hop)) {
      HttpRemote remote = world.remote();
      VolumeId volume = world.stage.create(remote);
      commits(world.stage.open(remote, volume), 2);
      VolumeState told = world.struck("/delete", () -> remote.delete(volume));
      world.late();
      assertThat(told.deleted()).isTrue();
      assertThat(remote.state(volume)).isEqualTo(told);
      assertThat(remote.delete(volume)).isEqualTo(told);
      assertThatExceptionOfType(GraftException.Gone.class)
          .isThrownBy(() -> remote.log(volume, null, 10));
    }
  }

  @ParameterizedTest
  @EnumSource
  void tokens_madeAndRevoked_areGoodAndThenNot(Hop hop) {
    try (World world = new World(hop)) {
      String admin = world.stage.admin();
      VolumeId volume = world.stage.create(world.remote());
      byte[] more =
          Messages.tokenRequest()
              .encode(new TokenRequest(volume, Set.of(Action.READ), Duration.ofMinutes(9), null));
      Supplier<String> make =
          () -> world.post(admin, new Route.Tokens(), more, Messages.token()).token();
      // A token is written nowhere: there is nothing that the store could lose.
      String made = hop.isOfTheStore() ? make.get() : world.struck("/v1/tokens", make);
      if (!hop.isOfTheStore()) {
        world.late();
      }
      HttpRemote reading = world.stage.remote(made, new UrlTransport(world.stage.concurrency));
      assertThat(reading.volume(volume).volume()).isEqualTo(volume);
      byte[] which = Messages.revoke().encode(new RevokeRequest.ByToken(made));
      world.struck(
          "/v1/tokens/revoke", () -> world.post(admin, new Route.Revoke(), which, Messages.done()));
      world.late();
      clock.ahead = clock.ahead.plusSeconds(31);
      assertThatExceptionOfType(GraftException.Unauthorized.class)
          .isThrownBy(() -> reading.volume(volume));
    }
  }
}
