package dev.graft.localstack.edge;

import dev.graft.localstack.edge.Lookup.Source;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Pieces of immutable objects, by path and number. Whoever needs a piece that is neither here nor
 * on its way fetches it, and the missing pieces behind it that are wanted too, with one request to
 * the origin; whoever needs a piece that is on its way waits for it. Failures reach those who wait,
 * and are forgotten. The pieces used least lately leave when there is no more room.
 *
 * <p>Safe for use by many threads; no lock is held while the origin is asked.
 */
final class RangeCache {
  private final ObjectOrigin origin;
  private final EdgeOptions options;
  private final InstantSource clock;
  private final ExecutorService threads;

  /** In order of use. Guarded by this, as is what follows. */
  private final LinkedHashMap<PieceKey, Lookup.Piece> pieces = new LinkedHashMap<>(16, 0.75f, true);

  private final Map<PieceKey, CompletableFuture<Lookup>> onTheirWay = new HashMap<>();
  private long cachedBytes;
  private long evictedBytes;
  private long originRequests;
  private long originBytes;

  /** Readers who wait for another's fetch. */
  private int waiting;

  private record PieceKey(String path, long number) {}

  RangeCache(
      ObjectOrigin origin, EdgeOptions options, InstantSource clock, ExecutorService threads) {
    this.origin = origin;
    this.options = options;
    this.clock = clock;
    this.threads = threads;
  }

  /**
   * One piece.
   *
   * @param number which
   * @param last the last one that the same reader will want
   */
  Lookup piece(String path, long number, long last) {
    PieceKey key = new PieceKey(path, number);
    List<CompletableFuture<Lookup>> mine = new ArrayList<>();
    CompletableFuture<Lookup> others;
    synchronized (this) {
      Lookup.Piece here = pieces.get(key);
      if (here != null) {
        return here;
      }
      others = onTheirWay.get(key);
      if (others == null) {
        for (long n = number; n <= last && mine.size() < options.piecesPerRequest(); n++) {
          PieceKey next = new PieceKey(path, n);
          if (pieces.containsKey(next) || onTheirWay.containsKey(next)) {
            break;
          }
          CompletableFuture<Lookup> future = new CompletableFuture<>();
          onTheirWay.put(next, future);
          mine.add(future);
        }
      } else {
        waiting++;
      }
    }
    if (others == null) {
      return fetch(path, number, mine);
    }
    try {
      Lookup answer = others.join();
      return answer instanceof Lookup.Piece piece ? piece.from(Source.COLLAPSED) : answer;
    } finally {
      synchronized (this) {
        waiting--;
      }
    }
  }

  /** How many readers wait at this moment for what another one fetches. */
  synchronized int waiting() {
    return waiting;
  }

  /** The length of an object, from its first piece or from the origin. */
  Lookup length(String path) {
    synchronized (this) {
      Lookup.Piece first = pieces.get(new PieceKey(path, 0));
      if (first != null) {
        return first;
      }
    }
    return switch (ask(path, 0, 0)) {
      case OriginAnswer.Part(byte[] bytes, long total) ->
          new Lookup.Piece(bytes, total, clock.instant(), Source.MISS, false);
      case OriginAnswer.Whole(byte[] bytes) ->
          new Lookup.Piece(bytes, bytes.length, clock.instant(), Source.MISS, true);
      case OriginAnswer.Missing() -> new Lookup.Missing();
      case OriginAnswer.Failed(int status, String reason) -> new Lookup.Failed(status, reason);
    };
  }

  synchronized EdgeCounts counts() {
    return new EdgeCounts(
        0, 0, 0, 0, 0, 0, originRequests, originBytes, 0, evictedBytes, cachedBytes);
  }

  private Lookup fetch(String path, long number, List<CompletableFuture<Lookup>> mine) {
    Lookup first = new Lookup.Failed(502, "the origin's answer could not be used");
    List<? extends Lookup> answers = List.of(first);
    try {
      answers = split(ask(path, number, mine.size()), path, number, mine.size());
      first = answers.getFirst();
      return first;
    } finally {
      arrived(path, number, mine, answers);
    }
  }

  private OriginAnswer ask(String path, long number, int count) {
    synchronized (this) {
      originRequests++;
    }
    Future<OriginAnswer> asked =
        threads.submit(
            () -> origin.get(path, number * options.pieceBytes(), count * options.pieceBytes()));
    OriginAnswer answer;
    try {
      answer = asked.get(options.originTimeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      asked.cancel(true);
      answer = new OriginAnswer.Failed(504, "the origin took longer than the edge waits");
    } catch (ExecutionException | CancellationException e) {
      answer = new OriginAnswer.Failed(502, "the origin failed");
    } catch (InterruptedException e) {
      asked.cancel(true);
      Thread.currentThread().interrupt();
      answer = new OriginAnswer.Failed(504, "the edge is being stopped");
    }
    synchronized (this) {
      originBytes +=
          switch (answer) {
            case OriginAnswer.Part part -> part.bytes().length;
            case OriginAnswer.Whole whole -> whole.bytes().length;
            case OriginAnswer.Missing _, OriginAnswer.Failed _ -> 0;
          };
    }
    return answer;
  }

  /** One answer for every piece, or one alone for all of them. */
  private List<? extends Lookup> split(OriginAnswer answer, String path, long number, int count) {
    return switch (answer) {
      case OriginAnswer.Missing() -> List.of(new Lookup.Missing());
      case OriginAnswer.Failed(int status, String reason) ->
          List.of(new Lookup.Failed(status, reason));
      case OriginAnswer.Part(byte[] bytes, long total) -> pieces(bytes, total, count, false);
      case OriginAnswer.Whole(byte[] bytes) -> {
        keepAll(path, bytes);
        int from = (int) Math.min(number * options.pieceBytes(), bytes.length);
        byte[] rest = Arrays.copyOfRange(bytes, from, bytes.length);
        yield pieces(rest, bytes.length, count, true);
      }
    };
  }

  private void keepAll(String path, byte[] bytes) {
    int count = Math.ceilDiv(bytes.length, options.pieceBytes());
    long number = 0;
    for (Lookup.Piece piece : pieces(bytes, bytes.length, count, true)) {
      synchronized (this) {
        keep(new PieceKey(path, number++), piece);
      }
    }
  }

  private List<Lookup.Piece> pieces(byte[] bytes, long total, int count, boolean whole) {
    Instant now = clock.instant();
    List<Lookup.Piece> pieces = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int from = (int) Math.min((long) i * options.pieceBytes(), bytes.length);
      int to = (int) Math.min((long) from + options.pieceBytes(), bytes.length);
      pieces.add(
          new Lookup.Piece(Arrays.copyOfRange(bytes, from, to), total, now, Source.MISS, whole));
    }
    return pieces;
  }

  /** Keeps what came, and wakes those who wait; one answer alone is for all of them. */
  private void arrived(
      String path,
      long number,
      List<CompletableFuture<Lookup>> mine,
      List<? extends Lookup> answers) {
    synchronized (this) {
      for (int i = 0; i < mine.size(); i++) {
        PieceKey key = new PieceKey(path, number + i);
        onTheirWay.remove(key);
        if (i < answers.size()
            && answers.get(i) instanceof Lookup.Piece piece
            && piece.bytes().length > 0) {
          keep(key, piece);
        }
      }
    }
    for (int i = 0; i < mine.size(); i++) {
      mine.get(i).complete(answers.get(Math.min(i, answers.size() - 1)));
    }
  }

  /** The caller holds the lock. */
  private void keep(PieceKey key, Lookup.Piece piece) {
    Lookup.@Nullable Piece before = pieces.put(key, piece.from(Source.HIT));
    cachedBytes += piece.bytes().length - (before == null ? 0 : before.bytes().length);
    Iterator<Lookup.Piece> eldest = pieces.values().iterator();
    while (cachedBytes > options.cacheBytes() && eldest.hasNext()) {
      int bytes = eldest.next().bytes().length;
      eldest.remove();
      cachedBytes -= bytes;
      evictedBytes += bytes;
    }
  }
}
