package dev.graft.localstack;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.graft.auth.Admission;
import dev.graft.auth.Grant;
import dev.graft.auth.KeyRing;
import dev.graft.auth.RevocationLog;
import dev.graft.auth.SigningKey;
import dev.graft.auth.Token;
import dev.graft.auth.TokenMaker;
import dev.graft.auth.Verdict;
import dev.graft.auth.VolumeScope;
import dev.graft.concurrency.Concurrency;
import dev.graft.engine.EngineRemote;
import dev.graft.engine.UpkeepPort;
import dev.graft.engine.store.ObjectStore;
import dev.graft.functions.ChangesFunction;
import dev.graft.functions.CommitFunction;
import dev.graft.functions.MaintenanceFunction;
import dev.graft.functions.TokensFunction;
import dev.graft.functions.VolumesFunction;
import dev.graft.functions.service.Backend;
import dev.graft.functions.service.Gate;
import dev.graft.functions.service.Group;
import dev.graft.functions.service.WatchedStore;
import dev.graft.http.Action;
import dev.graft.http.HttpLimits;
import dev.graft.http.Route;
import dev.graft.localstack.edge.AdmissionCheck;
import dev.graft.localstack.edge.Edge;
import dev.graft.localstack.edge.EdgeCounts;
import dev.graft.localstack.edge.StoreOrigin;
import dev.graft.localstack.lambda.EventQueue;
import dev.graft.localstack.lambda.FunctionUrl;
import dev.graft.localstack.lambda.HandlerInvoker;
import dev.graft.localstack.web.WebAnswer;
import dev.graft.localstack.web.WebHandler;
import dev.graft.localstack.web.WebOptions;
import dev.graft.localstack.web.WebRequest;
import dev.graft.localstack.web.WebServer;
import dev.graft.protocol.error.GraftException.Code;
import dev.graft.protocol.id.RandomIdSource;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The backend in one process: an edge that listens on 127.0.0.1, the address of every function
 * behind it, each function with an engine of its own as in instances of their own, and the store
 * behind them all. Rollups and checkpoints are left to the maintenance function, which is invoked
 * asynchronously and has an engine of its own too.
 */
public final class Stack implements AutoCloseable {
  /** The functions that have an address (docs/http.md, section 1). */
  private static final Set<Group> FUNCTIONS =
      EnumSet.of(Group.COMMIT, Group.CHANGES, Group.VOLUMES, Group.TOKENS);

  /**
   * The longest body that any route takes. A function refuses more by itself, but only after the
   * edge, the event and the function have each held a copy of what may be all that Lambda takes.
   */
  private static final int MAX_COMMAND_BYTES =
      Math.max(HttpLimits.MAX_REQUEST_BYTES, HttpLimits.MAX_UPLOAD_BYTES);

  /** What Lambda gives at most. */
  private static final Duration MAINTENANCE_TIMEOUT = Duration.ofMinutes(15);

  private static final int MAX_SEGMENT_BYTES = 64 << 20;

  private final List<EngineRemote> engines;
  private final Map<Group, FunctionUrl> functions;
  private final EventQueue maintenance;
  private final UploadPlaces uploads;
  private final WebServer uploadServer;
  private final Edge edge;
  private final WebServer server;

  private Stack(
      List<EngineRemote> engines,
      Map<Group, FunctionUrl> functions,
      EventQueue maintenance,
      UploadPlaces uploads,
      WebServer uploadServer,
      Edge edge,
      WebServer server) {
    this.engines = engines;
    this.functions = functions;
    this.maintenance = maintenance;
    this.uploads = uploads;
    this.uploadServer = uploadServer;
    this.edge = edge;
    this.server = server;
  }

  /**
   * Starts one.
   *
   * @throws java.net.BindException when the port is taken
   */
  public static Stack start(StackOptions options) throws IOException {
    return new Building(options).start();
  }

  /** Where clients find it. */
  public URI address() {
    return server.address();
  }

  /** What the edge did until now. */
  public EdgeCounts edge() {
    return edge.counts();
  }

  /** How often a function was invoked. */
  public long invocations(Group function) {
    FunctionUrl url = functions.get(function);
    return url == null ? 0 : url.invocations();
  }

  /** How often any function was invoked. */
  public long invocations() {
    return functions.values().stream().mapToLong(FunctionUrl::invocations).sum();
  }

  /** Brings the invocations that were late. */
  public int late() {
    return functions.values().stream().mapToInt(FunctionUrl::late).sum();
  }

  /** How many bytes of segments went past the functions. */
  public long uploadedBytes() {
    return uploads.uploadedBytes();
  }

  /** How often the maintenance function was invoked, which has no address. */
  public long maintenances() {
    return maintenance.invocations();
  }

  /** Has all volumes looked after, as a schedule does once a week: does not wait for it. */
  public void sweep() {
    maintenance.send(MaintenanceFunction.sweep());
  }

  /** Waits until all rollups and checkpoints that were asked for have been made or given up. */
  public void quiesce() throws InterruptedException {
    maintenance.quiesce();
    for (EngineRemote engine : engines) {
      engine.quiesce();
    }
  }

  /** Ends it: no new request is taken, those on their way are waited for, at most 10 s. */
  @Override
  public void close() {
    server.close();
    uploadServer.close();
    edge.close();
    try {
      maintenance.quiesce();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    engines.forEach(EngineRemote::close);
  }

  /** Puts the parts together. */
  private static final class Building {
    private final StackOptions options;
    private final SecureRandom random = new SecureRandom();
    private final Concurrency concurrency;
    private final InstantSource clock;
    private final List<EngineRemote> engines = new ArrayList<>();

    Building(StackOptions options) {
      this.options = options;
      this.concurrency = options.concurrency();
      this.clock = concurrency;
    }

    Stack start() throws IOException {
      KeyRing ring =
          options.keys().orElseGet(() -> new KeyRing(List.of(SigningKey.generate(random))));
      RevocationLog revocations = new RevocationLog(options.store(), clock);
      Gate gate =
          options.keys().isPresent()
              ? new Admission(ring, revocations, clock)::admit
              : everybody(ring);
      UploadPlaces uploads = new UploadPlaces(options.store(), clock, random);
      EventQueue maintenance = maintenance();
      UpkeepPort upkeep = task -> maintenance.send(MaintenanceFunction.event(task));
      Map<Group, FunctionUrl> functions = new EnumMap<>(Group.class);
      for (Group group : FUNCTIONS) {
        WatchedStore store = new WatchedStore(options.store());
        Backend backend =
            new Backend(
                engine(store, upkeep),
                store,
                store,
                options.places().orElse(uploads),
                gate,
                ring,
                revocations,
                options.limits(),
                options.log().observer(store, clock, random),
                clock,
                random);
        String name = group.name().toLowerCase(Locale.ROOT);
        functions.put(
            group,
            new FunctionUrl(
                new HandlerInvoker(name, handler(group, backend)),
                options.functionMishaps(),
                clock));
      }
      Edge edge =
          new Edge(
              new AdmissionCheck(gate),
              request -> route(functions, request),
              new StoreOrigin(options.store(), options.log()::failed),
              options.edge(),
              options.edgeMishaps(),
              clock);
      WebServer server = serve(options.port(), MAX_COMMAND_BYTES, edge);
      WebServer uploadServer;
      try {
        uploadServer = serve(0, MAX_SEGMENT_BYTES, uploads);
      } catch (IOException e) {
        server.close();
        throw e;
      }
      uploads.servedAt(uploadServer.address());
      return new Stack(engines, functions, maintenance, uploads, uploadServer, edge, server);
    }

    private WebServer serve(int port, int maxBodyBytes, WebHandler handler) throws IOException {
      return WebServer.start(
          port, WebOptions.of(maxBodyBytes), clock, options.log()::failed, handler);
    }

    private static RequestStreamHandler handler(Group group, Backend backend) {
      return switch (group) {
        case COMMIT -> new CommitFunction(backend);
        case CHANGES -> new ChangesFunction(backend);
        case VOLUMES -> new VolumesFunction(backend);
        case TOKENS -> new TokensFunction(backend);
        case RANGES -> throw new IllegalArgumentException("ranges are the edge's");
      };
    }

    /** The function that other functions ask for upkeep, and itself when its time is over. */
    private EventQueue maintenance() {
      AtomicReference<@Nullable EventQueue> itself = new AtomicReference<>();
      MaintenanceFunction handler =
          new MaintenanceFunction(
              engine(options.store(), null),
              event -> Objects.requireNonNull(itself.get()).send(event),
              _ -> {});
      EventQueue queue =
          new EventQueue(
              new HandlerInvoker("maintenance", handler, MAINTENANCE_TIMEOUT), concurrency);
      itself.set(queue);
      return queue;
    }

    private EngineRemote engine(ObjectStore store, @Nullable UpkeepPort upkeep) {
      EngineRemote engine =
          new EngineRemote(
              store,
              store,
              concurrency,
              new RandomIdSource(random),
              random,
              options.engine(),
              upkeep);
      engines.add(engine);
      return engine;
    }

    /** Admits whatever is asked, in the name of one token for everything. */
    private Gate everybody(KeyRing ring) {
      Grant all = Grant.of(VolumeScope.ALL, EnumSet.allOf(Action.class)).withLabel("everybody");
      Token token = new TokenMaker(ring, random, clock).make(all, Token.MAX_LIFE).token();
      return (_, _) -> new Verdict.Admitted(token);
    }

    private static WebAnswer route(Map<Group, FunctionUrl> functions, WebRequest request) {
      FunctionUrl url =
          Route.parse(request.method(), request.path())
              .map(route -> functions.get(Group.of(route)))
              .orElse(null);
      return url == null
          ? WebAnswer.problem(404, Code.NOT_FOUND, "no function has this path")
          : url.handle(request);
    }
  }
}
