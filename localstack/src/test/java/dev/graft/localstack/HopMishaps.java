package dev.graft.localstack;

import dev.graft.client.http.Transport;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.engine.store.PassingStore;
import dev.graft.engine.store.PutOutcome;
import dev.graft.localstack.edge.EdgeMishaps;
import dev.graft.localstack.lambda.FunctionMishaps;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** Requests and answers that are lost at one hop, when a test says so. Safe for many threads. */
final class HopMishaps {
  /** Where, and what. */
  enum Hop {
    STORE_LOSES_THE_ANSWER,
    STORE_LOSES_THE_ANSWER_AND_REFUSES_THE_REPEAT,
    STORE_REPORTS_ITS_OWN_WRITE_AS_TAKEN,
    FUNCTION_LOSES_THE_ANSWER,
    FUNCTION_IS_THROTTLED,
    FUNCTION_RUNS_TWICE,
    FUNCTION_RUNS_TWICE_AT_ONCE,
    FUNCTION_RUNS_LATE,
    EDGE_LOSES_THE_REQUEST,
    EDGE_LOSES_THE_ANSWER,
    EDGE_CUTS_THE_ANSWER,
    EDGE_TIMES_OUT,
    CLIENT_LOSES_THE_ANSWER;

    boolean isOfTheStore() {
      return this == STORE_LOSES_THE_ANSWER
          || this == STORE_LOSES_THE_ANSWER_AND_REFUSES_THE_REPEAT
          || this == STORE_REPORTS_ITS_OWN_WRITE_AS_TAKEN;
    }
  }

  private final Hop hop;
  private final Predicate<String> paths;
  private final Predicate<String> keys;
  private final AtomicInteger armed = new AtomicInteger();
  private final AtomicInteger happened = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();

  /** Whose next put the store refuses. */
  private final Set<ObjectKey> full = ConcurrentHashMap.newKeySet();

  /**
   * @param paths of requests that may meet with it
   * @param keys of objects whose put may meet with it
   */
  HopMishaps(Hop hop, Predicate<String> paths, Predicate<String> keys) {
    this.hop = hop;
    this.paths = paths;
    this.keys = keys;
  }

  /** How many of the next ones meet with it. */
  void arm(int mishaps) {
    armed.set(mishaps);
  }

  /** How many of those that were asked for have not happened yet. */
  int left() {
    return armed.get();
  }

  /** How many have. */
  int happened() {
    return happened.get();
  }

  /** How many puts were refused for good. */
  int refused() {
    return refused.get();
  }

  private boolean strikes() {
    boolean strikes = armed.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    if (strikes) {
      happened.incrementAndGet();
    }
    return strikes;
  }

  EdgeMishaps atTheEdge() {
    EdgeMishaps.Mishap kind =
        switch (hop) {
          case EDGE_LOSES_THE_REQUEST -> EdgeMishaps.Mishap.LOSE_REQUEST;
          case EDGE_LOSES_THE_ANSWER -> EdgeMishaps.Mishap.LOSE_ANSWER;
          case EDGE_CUTS_THE_ANSWER -> EdgeMishaps.Mishap.CUT_ANSWER;
          case EDGE_TIMES_OUT -> EdgeMishaps.Mishap.TIME_OUT;
          default -> EdgeMishaps.Mishap.NONE;
        };
    return request ->
        kind != EdgeMishaps.Mishap.NONE && paths.test(request.path()) && strikes()
            ? kind
            : EdgeMishaps.Mishap.NONE;
  }

  FunctionMishaps atTheFunctions() {
    FunctionMishaps.Mishap kind =
        switch (hop) {
          case FUNCTION_LOSES_THE_ANSWER -> FunctionMishaps.Mishap.LOSE_ANSWER;
          case FUNCTION_IS_THROTTLED -> FunctionMishaps.Mishap.THROTTLED;
          case FUNCTION_RUNS_TWICE -> FunctionMishaps.Mishap.TWICE;
          case FUNCTION_RUNS_TWICE_AT_ONCE -> FunctionMishaps.Mishap.TOGETHER;
          case FUNCTION_RUNS_LATE -> FunctionMishaps.Mishap.LATE;
          default -> FunctionMishaps.Mishap.NONE;
        };
    return request ->
        kind != FunctionMishaps.Mishap.NONE && paths.test(request.path()) && strikes()
            ? kind
            : FunctionMishaps.Mishap.NONE;
  }

  Transport atTheClient(Transport transport) {
    if (hop != Hop.CLIENT_LOSES_THE_ANSWER) {
      return transport;
    }
    return new Transport() {
      @Override
      public <T> T send(Request request, Receiver<T> receiver) throws IOException {
        T answer = transport.send(request, receiver);
        if (paths.test(request.uri().getPath()) && strikes()) {
          throw new IOException("the answer is lost, as was asked for");
        }
        return answer;
      }

      @Override
      public void close() {
        transport.close();
      }
    };
  }

  /** Loses what a store says of writes. */
  ObjectStore atTheStore(ObjectStore store) {
    return new Lossy(store);
  }

  private final class Lossy extends PassingStore {
    Lossy(ObjectStore store) {
      super(store);
    }

    @Override
    public PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
      if (full.remove(key)) {
        refused.incrementAndGet();
        throw new GraftException.Limit("the store is full, as was asked for");
      }
      PutOutcome outcome = store.putIfAbsent(key, bytes, notAfter);
      if (!hop.isOfTheStore() || !keys.test(key.value()) || !strikes()) {
        return outcome;
      }
      if (hop == Hop.STORE_REPORTS_ITS_OWN_WRITE_AS_TAKEN) {
        return new PutOutcome.AlreadyExists();
      }
      if (hop == Hop.STORE_LOSES_THE_ANSWER_AND_REFUSES_THE_REPEAT) {
        full.add(key);
      }
      return new PutOutcome.Unknown("the answer is lost, as was asked for");
    }

    @Override
    public Optional<Hash> sha256(ObjectKey key) {
      return store.sha256(key);
    }
  }
}
