package dev.graft.replica;

import dev.graft.auth.Grant;
import dev.graft.auth.KeyRing;
import dev.graft.auth.SigningKey;
import dev.graft.auth.TokenMaker;
import dev.graft.auth.VolumeScope;
import dev.graft.engine.store.MemoryObjectStore;
import dev.graft.http.Action;
import dev.graft.localstack.Stack;
import dev.graft.localstack.StackOptions;
import dev.graft.localstack.edge.EdgeCounts;
import dev.graft.protocol.id.VolumeId;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;

/**
 * The edge and the functions over a store, as a replica elsewhere has them: with a token that may
 * read one volume. The edge counts: a question goes on to a function, a range does not.
 */
final class HttpDoor implements Door {
  private final Stack stack;
  private final String token;
  private EdgeCounts before;

  private HttpDoor(Stack stack, String token) {
    this.stack = stack;
    this.token = token;
    this.before = stack.edge();
  }

  static HttpDoor open(MemoryObjectStore store, VolumeId volume) throws IOException {
    SecureRandom random = new SecureRandom();
    KeyRing keys = new KeyRing(List.of(SigningKey.generate(random)));
    Grant grant = Grant.of(VolumeScope.of(volume), EnumSet.of(Action.READ));
    String token =
        new TokenMaker(keys, random, InstantSource.system())
            .make(grant, Duration.ofHours(3))
            .text();
    return new HttpDoor(Stack.start(StackOptions.of(store).withKeys(keys)), token);
  }

  @Override
  public Map<String, String> environment() {
    return Map.of("GRAFT_ADDRESS", stack.address().toString(), "GRAFT_TOKEN", token);
  }

  @Override
  public Seen seen() {
    EdgeCounts now = stack.edge();
    EdgeCounts since = now.minus(before);
    before = now;
    if (since.refused() > 0) {
      throw new IllegalStateException("the edge turned away " + since.refused() + " requests");
    }
    return new Seen(since.commands(), since.requests() - since.commands(), -1, since.rangeBytes());
  }

  @Override
  public void close() {
    stack.close();
  }
}
