package dev.graft.functions.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.auth.AccessMatrix;
import dev.graft.auth.AccessWorld;
import dev.graft.auth.Door;
import dev.graft.auth.MeteredStore;
import dev.graft.engine.store.MemoryObjectStore;
import dev.graft.engine.store.ObjectKey;
import dev.graft.http.Headers;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.TokenId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.remote.ForkRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The matrix of {@code auth} at all functions, ranges included, where no edge stands before them.
 */
class AccessMatrixTest {
  private static final byte[] BODY = "{}".getBytes(StandardCharsets.UTF_8);

  private final MeteredStore store =
      new MeteredStore(new MemoryObjectStore(() -> Instant.parse("2026-11-21T12:00:00Z")));
  private final Bench bench = new Bench(41, Limits.NONE, store);

  /** Requests as a web face hands them to the functions: what follows a question mark apart. */
  private final class AtTheFunctions implements Door {
    @Override
    public int ask(String method, String path, @Nullable String token) {
      Map<String, String> headers = new LinkedHashMap<>();
      headers.put(Headers.CONTENT_TYPE, Headers.JSON);
      headers.put(Headers.CONTENT_SHA256, Hash.sha256(BODY).toString());
      headers.put(Headers.RANGE, "bytes=0-9");
      if (token != null) {
        headers.put(Headers.TOKEN, token);
      }
      int question = path.indexOf('?');
      Request request =
          new Request(
              method,
              question < 0 ? path : path.substring(0, question),
              question < 0 ? "" : path.substring(question + 1),
              headers,
              BODY);
      return bench.service.answer(request).status();
    }

    @Override
    public long storeReads() {
      return store.reads();
    }

    @Override
    public long storeWrites() {
      return store.writes();
    }
  }

  private AccessWorld world() {
    VolumeId own = bench.newVolume();
    VolumeId parent = bench.newVolume();
    bench.committed(own, bench.start(own));
    Position forkedAt = bench.committed(parent, bench.start(parent));
    bench.committed(parent, bench.committed(parent, forkedAt));
    VolumeId child = bench.ids.newVolumeId();
    bench.engine.fork(new ForkRequest(parent, forkedAt, child));
    SegmentId segment = bench.ids.newSegmentId(bench.clock.instant());
    for (VolumeId volume : new VolumeId[] {own, parent}) {
      ObjectKey key = new ObjectKey("volumes/" + volume + "/segments/" + segment);
      store.putIfAbsent(key, new byte[100], Instant.MAX);
    }
    TokenId revoked = new TokenId(5, 5);
    bench.revocations.revoke(revoked);
    return new AccessWorld(
        bench.keys,
        bench.clock.instant(),
        own,
        bench.newVolume(),
        parent,
        new Lsn(1),
        child,
        segment,
        revoked);
  }

  @Test
  void functions_matrix_isRefusedAndTheRestAdmitted() {
    AccessMatrix matrix = new AccessMatrix(world());
    Door door = new AtTheFunctions();
    AccessMatrix.checkRefused(door, matrix.refused());
    AccessMatrix.checkAdmitted(door, matrix.admitted());
    assertThat(store.writes()).isPositive();
  }
}
