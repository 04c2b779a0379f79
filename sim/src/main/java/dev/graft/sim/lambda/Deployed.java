package dev.graft.sim.lambda;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.graft.auth.Admission;
import dev.graft.auth.RevocationLog;
import dev.graft.auth.Verdict;
import dev.graft.client.http.Transport;
import dev.graft.concurrency.Concurrency;
import dev.graft.engine.EngineRemote;
import dev.graft.engine.UpkeepPort;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.functions.ChangesFunction;
import dev.graft.functions.CommitFunction;
import dev.graft.functions.Deployment;
import dev.graft.functions.FunctionEvents;
import dev.graft.functions.MaintenanceFunction;
import dev.graft.functions.RangesFunction;
import dev.graft.functions.VolumesFunction;
import dev.graft.functions.service.Answer;
import dev.graft.functions.service.Backend;
import dev.graft.functions.service.Group;
import dev.graft.functions.service.Limits;
import dev.graft.functions.service.Observer;
import dev.graft.functions.service.Request;
import dev.graft.http.Headers;
import dev.graft.http.Route;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.VolumeId;
import dev.graft.sim.Fault;
import dev.graft.sim.SimConcurrency;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The product as it is deployed: the real handlers in instances of simulated functions, called with
 * the events that Lambda makes of HTTP requests, an edge for ranges, and presigned uploads. Used by
 * tasks of its simulation only.
 */
public final class Deployed {
  private static final Duration LONGEST_WAY = Duration.ofMillis(20);
  private static final Duration LOST = Duration.ofSeconds(2);
  private static final Duration SLOWEST = Duration.ofSeconds(20);
  private static final double LOG_SHARE = 0.05;
  private static final int OK = 200;
  private static final int SERVER_ERRORS = 500;
  private static final int PARTIAL = 206;

  private final Ground ground;
  private final SimConcurrency sim;
  private final Luck luck;
  private final Tokens tokens;
  private final Admission viewers;
  private final SegmentUploads uploads;
  private final LambdaService lambda;
  private final Map<Group, SimFunction> functions = new EnumMap<>(Group.class);
  private final SimFunction maintenance;

  /** Whether there is a maintenance function; else what it would do is done in the requests. */
  private final boolean maintained;

  private final List<EngineRemote> engines = new ArrayList<>();
  private final List<Throwable> failures = new ArrayList<>();
  private long requests;

  /** Nothing runs yet. */
  public Deployed(Ground ground) {
    this.ground = ground;
    this.sim = ground.sim();
    this.luck = new Luck(sim, ground.random().split(), ground.plan(), ground.hits());
    this.tokens = new Tokens(ground.random().split(), sim, ground.store().objects());
    this.viewers =
        new Admission(tokens.keys(), new RevocationLog(ground.store().objects(), sim), sim);
    this.uploads = new SegmentUploads(ground.store(), sim, luck.split());
    this.lambda = new LambdaService(sim, luck.split());
    for (Group group : List.of(Group.COMMIT, Group.CHANGES, Group.VOLUMES, Group.RANGES)) {
      String name = group.name().toLowerCase(Locale.ROOT);
      functions.put(group, function(name, () -> handler(group, store())));
    }
    this.maintenance =
        function(
            "maintenance",
            () -> {
              EngineRemote engine = deployment(store()).engine();
              return new MaintenanceFunction(engine, this::sendMaintenance, line -> {});
            });
    this.maintained = luck.coin();
  }

  private SimFunction function(String name, Supplier<RequestStreamHandler> starter) {
    return new SimFunction(name, sim, luck.split(), starter);
  }

  private void sendMaintenance(byte[] event) {
    lambda.send(maintenance, event);
  }

  /** The store as a new instance sees it. */
  private ObjectStore store() {
    return ground.stores().apply(new StandingStore(ground.store(), sim, luck.split()));
  }

  /** What one instance works with. */
  private Deployment deployment(ObjectStore seen) {
    Ground.Machine machine = ground.machines().get();
    UpkeepPort port = task -> sendMaintenance(MaintenanceFunction.event(task));
    Deployment made =
        Deployment.over(
            new Deployment.Parts(
                machine.stores().apply(seen),
                machine.stores().apply(seen),
                uploads,
                tokens.keys(),
                Limits.DEFAULT,
                LOG_SHARE,
                maintained ? port : null,
                machine.concurrency(),
                machine.random(),
                line -> {}));
    engines.add(made.engine());
    machine.serves().run();
    return made;
  }

  private RequestStreamHandler handler(Group group, ObjectStore seen) {
    Backend usual = deployment(seen).backend();
    Backend backend =
        new Backend(
            ground.engines().apply(usual.engine(), seen),
            usual.log(),
            usual.bulk(),
            usual.places(),
            usual.gate(),
            usual.keys(),
            usual.revocations(),
            usual.limits(),
            () -> watching(usual.observer().begin()),
            usual.clock(),
            usual.random());
    return switch (group) {
      case COMMIT -> new CommitFunction(backend);
      case CHANGES -> new ChangesFunction(backend);
      case VOLUMES -> new VolumesFunction(backend);
      case RANGES -> new RangesFunction(backend);
      case TOKENS -> throw new IllegalArgumentException("nobody makes tokens here");
    };
  }

  /** What nobody foresaw is answered like any failure; here it is kept. */
  private Observer.Begun watching(Observer.Begun begun) {
    return seen -> {
      begun.end(seen);
      Throwable failure = seen.failure();
      if (failure != null && !(failure instanceof GraftException)) {
        failures.add(failure);
      }
    };
  }

  /** A failure of a function that nobody foresaw, if there was one. */
  public Optional<Throwable> failure() {
    return failures.stream().findFirst();
  }

  /** A token that admits everything. */
  public String operatorToken() {
    return tokens.operator();
  }

  /**
   * A token for a volume: reads, writes and forks.
   *
   * @throws IllegalArgumentException when there is no such volume
   */
  public String token(VolumeId volume) {
    return tokens.of(volume);
  }

  /**
   * Connections of a process.
   *
   * @param process who waits for answers
   * @param behindEdge whether ranges are the edge's; a function brings them otherwise
   */
  public Transport transport(Concurrency process, boolean behindEdge) {
    return new SimTransport(
        sim, process, request -> lambda.start("http", () -> answer(request, behindEdge)));
  }

  private Reply answer(Transport.Request request, boolean behindEdge) {
    luck.pause(LONGEST_WAY);
    if (SegmentUploads.isFor(request)) {
      return onItsWay(request, () -> uploads.put(request));
    }
    Optional<Route> route = Route.parse(request.method(), request.uri().getRawPath());
    if (route.isEmpty()) {
      return Reply.plain(404, "Not Found");
    }
    if (route.get() instanceof Route.OfObject object && behindEdge) {
      return onItsWay(request, () -> range(object, request));
    }
    SimFunction function = functions.get(Group.of(route.get()));
    return function == null
        ? Reply.plain(404, "Not Found")
        : lambda.invoke(function, event(request));
  }

  private byte[] event(Transport.Request request) {
    byte[] body = request.body();
    return FunctionEvents.event(
        new Request(
            request.method(),
            request.uri().getRawPath(),
            "",
            request.headers(),
            body == null ? new byte[0] : body),
        "request-" + requests++,
        sim.instant());
  }

  /** What may go wrong with a request that no function answers. */
  private Reply onItsWay(Transport.Request request, Supplier<Reply> side) {
    Optional<Fault> fault =
        luck.draw(
            Fault.REMOTE_REQUEST_LOST,
            Fault.REMOTE_ANSWER_LOST,
            Fault.REMOTE_SLOW,
            Fault.RANGE_TRUNCATED,
            Fault.RANGE_FLIPPED);
    if (fault.isEmpty()) {
      return side.get();
    }
    String what = request.method();
    return switch (fault.get()) {
      case REMOTE_REQUEST_LOST -> {
        luck.hit(Fault.REMOTE_REQUEST_LOST, what);
        luck.pause(LOST);
        yield new Reply.Dropped();
      }
      case REMOTE_ANSWER_LOST -> unheard(side.get());
      case REMOTE_SLOW -> {
        luck.hit(Fault.REMOTE_SLOW, what);
        luck.pause(SLOWEST);
        yield side.get();
      }
      default -> damaged(fault.get(), side.get());
    };
  }

  private Reply unheard(Reply reply) {
    if (reply instanceof Reply.Answered && reply.status() < SERVER_ERRORS) {
      luck.hitAnswer(Fault.REMOTE_ANSWER_LOST, reply.getClass().getSimpleName());
    }
    return new Reply.Dropped();
  }

  private Reply damaged(Fault fault, Reply reply) {
    if (!(reply instanceof Reply.Answered(Answer answer, int arriving))
        || (answer.status() != PARTIAL && answer.status() != OK)
        || arriving == 0) {
      return reply;
    }
    luck.hitAnswer(fault, "range");
    if (fault == Fault.RANGE_TRUNCATED) {
      return new Reply.Answered(answer, luck.below(arriving));
    }
    byte[] flipped = answer.body().clone();
    flipped[luck.below(arriving)] ^= (byte) (1 << luck.below(Byte.SIZE));
    return new Reply.Answered(new Answer(answer.status(), answer.headers(), flipped), arriving);
  }

  /** As the edge answers: after its check of the token, from its cache or the store. */
  private Reply range(Route.OfObject route, Transport.Request request) {
    String token = request.headers().get(Headers.TOKEN);
    if (viewers.admit(token, route) instanceof Verdict.Refused refused) {
      return Reply.plain(refused.cause().status(), refused.reason());
    }
    long[] asked = asked(SimTransport.header(request, Headers.RANGE));
    ObjectKey key = new ObjectKey(route.path().substring("/v1/".length()));
    int length = Math.toIntExact(asked[1] - asked[0] + 1);
    RangeEdge.Piece piece;
    try {
      piece = ground.edge().read(key, asked[0], length);
    } catch (GraftException.Unavailable e) {
      return Reply.plain(503, "Service Unavailable");
    }
    byte @Nullable [] bytes = piece.bytes();
    if (bytes == null) {
      return Reply.plain(404, "NoSuchKey");
    }
    return ranged(piece, bytes, length);
  }

  /** One range with both ends, as clients ask. */
  private static long[] asked(String header) {
    String[] ends = header.substring("bytes=".length()).split("-", -1);
    return new long[] {Long.parseLong(ends[0]), Long.parseLong(ends[1])};
  }

  private static Reply ranged(RangeEdge.Piece piece, byte[] bytes, int length) {
    int due = piece.due();
    if (due == 0) {
      return Reply.plain(416, "InvalidRange");
    }
    // What was cut short on its way from the store is cut short here, too: the length is told
    // first.
    byte[] body = bytes.length == due ? bytes : Arrays.copyOf(bytes, due);
    boolean isWhole = piece.offset() == 0 && due == piece.total() && due > length;
    Map<String, String> headers =
        isWhole
            ? Map.of(Headers.CONTENT_TYPE, Headers.BYTES)
            : Map.of(
                Headers.CONTENT_TYPE,
                Headers.BYTES,
                Headers.CONTENT_RANGE,
                "bytes " + piece.offset() + "-" + (piece.offset() + due - 1) + "/" + piece.total());
    Answer answer = new Answer(isWhole ? OK : PARTIAL, headers, body);
    return new Reply.Answered(answer, Math.min(due, bytes.length));
  }

  /** Waits until all that was asked has ended, late invocations too. */
  public void quiesce() {
    lambda.quiesce();
    engines.forEach(EngineRemote::close);
  }
}
