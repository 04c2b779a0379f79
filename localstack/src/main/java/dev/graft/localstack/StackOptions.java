package dev.graft.localstack;

import dev.graft.auth.KeyRing;
import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.EngineOptions;
import dev.graft.engine.store.ObjectStore;
import dev.graft.functions.service.Limits;
import dev.graft.functions.service.SegmentPlaces;
import dev.graft.localstack.edge.EdgeMishaps;
import dev.graft.localstack.edge.EdgeOptions;
import dev.graft.localstack.lambda.FunctionMishaps;
import java.time.InstantSource;
import java.util.Optional;

/**
 * What a {@link Stack} is made of.
 *
 * @param store of everything
 * @param places where large segments are uploaded; none: the stack takes them itself
 * @param keys that tokens are proved by; none: no token is asked for
 * @param port of the edge, 0 for any free one
 * @param edge how it caches
 * @param edgeMishaps what goes wrong before the functions
 * @param functionMishaps what goes wrong with invocations
 * @param limits of callers
 * @param engine of every function
 * @param log of requests
 * @param concurrency and clock of all parts
 */
public record StackOptions(
    ObjectStore store,
    Optional<SegmentPlaces> places,
    Optional<KeyRing> keys,
    int port,
    EdgeOptions edge,
    EdgeMishaps edgeMishaps,
    FunctionMishaps functionMishaps,
    Limits limits,
    EngineOptions engine,
    StackLog log,
    Concurrency concurrency) {
  /** A store, no tokens, any port, and nothing goes wrong. */
  public static StackOptions of(ObjectStore store) {
    return new StackOptions(
        store,
        Optional.empty(),
        Optional.empty(),
        0,
        EdgeOptions.DEFAULT,
        EdgeMishaps.NONE,
        FunctionMishaps.NONE,
        Limits.NONE,
        EngineOptions.DEFAULT,
        StackLog.NONE,
        new ThreadConcurrency(InstantSource.system()));
  }

  /** The same on a port. */
  public StackOptions withPort(int other) {
    return new StackOptions(
        store,
        places,
        keys,
        other,
        edge,
        edgeMishaps,
        functionMishaps,
        limits,
        engine,
        log,
        concurrency);
  }

  /** The same with tokens. */
  public StackOptions withKeys(KeyRing ring) {
    return new StackOptions(
        store,
        places,
        Optional.of(ring),
        port,
        edge,
        edgeMishaps,
        functionMishaps,
        limits,
        engine,
        log,
        concurrency);
  }

  /** The same with uploads elsewhere. */
  public StackOptions withPlaces(SegmentPlaces other) {
    return new StackOptions(
        store,
        Optional.of(other),
        keys,
        port,
        edge,
        edgeMishaps,
        functionMishaps,
        limits,
        engine,
        log,
        concurrency);
  }

  /** The same with another edge. */
  public StackOptions withEdge(EdgeOptions other) {
    return new StackOptions(
        store,
        places,
        keys,
        port,
        other,
        edgeMishaps,
        functionMishaps,
        limits,
        engine,
        log,
        concurrency);
  }

  /** The same where things go wrong. */
  public StackOptions withMishaps(EdgeMishaps atEdge, FunctionMishaps atFunctions) {
    return new StackOptions(
        store, places, keys, port, edge, atEdge, atFunctions, limits, engine, log, concurrency);
  }

  /** The same with limits. */
  public StackOptions withLimits(Limits other) {
    return new StackOptions(
        store,
        places,
        keys,
        port,
        edge,
        edgeMishaps,
        functionMishaps,
        other,
        engine,
        log,
        concurrency);
  }

  /** The same with another clock and other threads. */
  public StackOptions withConcurrency(Concurrency other) {
    return new StackOptions(
        store, places, keys, port, edge, edgeMishaps, functionMishaps, limits, engine, log, other);
  }

  /** The same with a log. */
  public StackOptions withLog(StackLog other) {
    return new StackOptions(
        store,
        places,
        keys,
        port,
        edge,
        edgeMishaps,
        functionMishaps,
        limits,
        engine,
        other,
        concurrency);
  }
}
