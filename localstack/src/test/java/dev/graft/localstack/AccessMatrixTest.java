package dev.graft.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.auth.AccessMatrix;
import dev.graft.auth.AccessWorld;
import dev.graft.auth.Door;
import dev.graft.auth.MeteredStore;
import dev.graft.auth.RevocationLog;
import dev.graft.client.CommitOptions;
import dev.graft.client.Replica;
import dev.graft.client.http.HttpRemote;
import dev.graft.engine.store.ObjectKey;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.TokenId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.remote.ForkRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The matrix of {@code auth} over HTTP, byte for byte through a socket: what nobody may ask reaches
 * no function and no object behind the edge.
 */
@Timeout(120)
class AccessMatrixTest {
  private static final String BODY = "{}";

  private final AtomicReference<@Nullable MeteredStore> metered = new AtomicReference<>();
  private final HttpStage stage =
      new HttpStage(
          memory -> {
            MeteredStore store = new MeteredStore(memory);
            metered.set(store);
            return store;
          },
          options -> options);

  private MeteredStore store() {
    MeteredStore store = metered.get();
    if (store == null) {
      throw new AssertionError("the stage has no store");
    }
    return store;
  }

  /** The edge of a stack: a function that was invoked counts as a read. */
  private final class AtTheEdge implements Door {
    @Override
    public int ask(String method, String path, @Nullable String token) {
      String head =
          method
              + " "
              + path
              + " HTTP/1.1\r\nhost: a\r\nconnection: close\r\nrange: bytes=0-9\r\n"
              + (token == null ? "" : "graft-token: " + token + "\r\n")
              + "content-type: application/json\r\nx-amz-content-sha256: "
              + Hash.sha256(BODY.getBytes(StandardCharsets.US_ASCII))
              + "\r\ncontent-length: "
              + BODY.length()
              + "\r\n\r\n";
      String answer = send(head + BODY);
      int status = Integer.parseInt(answer.substring("HTTP/1.1 ".length()).substring(0, 3));
      // What is no HTTP at all the server answers by itself, before anything of ours sees it.
      return status == 400 && !answer.contains("application/problem+json") ? 404 : status;
    }

    private String send(String request) {
      try (Socket socket =
          new Socket(InetAddress.getByName("127.0.0.1"), stage.stack.address().getPort())) {
        socket.setSoTimeout(20_000);
        OutputStream out = socket.getOutputStream();
        out.write(request.getBytes(StandardCharsets.US_ASCII));
        out.flush();
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public long storeReads() {
      return store().reads() + stage.stack.invocations();
    }

    @Override
    public long storeWrites() {
      return store().writes();
    }
  }

  private AccessWorld world() throws InterruptedException {
    // Before the stack reads for the first time what is revoked, and believes it for a while.
    TokenId revoked = new TokenId(5, 5);
    new RevocationLog(store(), stage.concurrency).revoke(revoked);
    HttpRemote remote = stage.remote();
    VolumeId own = stage.create(remote);
    VolumeId parent = stage.create(remote);
    HttpStage.commit(stage.open(remote, own), CommitOptions.NONE, 1, 1);
    Replica replica = stage.open(remote, parent);
    HttpStage.commit(replica, CommitOptions.NONE, 1, 1);
    Position forkedAt = replica.status().position();
    HttpStage.commit(replica, CommitOptions.NONE, 1, 2);
    HttpStage.commit(replica, CommitOptions.NONE, 1, 3);
    VolumeId child = stage.ids.newVolumeId();
    remote.fork(new ForkRequest(parent, forkedAt, child));
    SegmentId segment = stage.ids.newSegmentId(stage.concurrency.instant());
    for (VolumeId volume : List.of(own, parent)) {
      ObjectKey key = new ObjectKey("volumes/" + volume + "/segments/" + segment);
      store().putIfAbsent(key, new byte[100], Instant.MAX);
    }
    stage.stack.quiesce();
    return new AccessWorld(
        stage.keys,
        stage.concurrency.instant(),
        own,
        stage.create(remote),
        parent,
        forkedAt.lsn(),
        child,
        segment,
        revoked);
  }

  @Test
  void edge_matrix_isRefusedAndTheRestAdmitted() throws InterruptedException {
    try (stage) {
      AccessMatrix matrix = new AccessMatrix(world());
      Door door = new AtTheEdge();
      List<AccessMatrix.Case> cases =
          matrix.refused().stream().filter(AccessMatrix.Case::isSendable).toList();
      AccessMatrix.checkRefused(door, cases);
      AccessMatrix.checkAdmitted(door, matrix.admitted());
      assertThat(stage.stack.invocations()).isPositive();
    }
  }
}
