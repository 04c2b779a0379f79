package dev.graft.client.http;

import dev.graft.client.RemoteUnderTest;
import dev.graft.concurrency.Concurrency;
import dev.graft.engine.EngineOptions;
import dev.graft.engine.EngineRemote;
import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.http.Route;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.remote.Remote;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Random;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Remotes behind an {@link HttpFace} of their own. */
public final class FacedRemote {
  private FacedRemote() {}

  /** Puts real HTTP between a test and its remote. */
  public static final class Way implements RemoteUnderTest {
    @Override
    public Remote over(
        ObjectStore store, Concurrency concurrency, IdSource ids, RandomGenerator random) {
      EngineRemote engine =
          new EngineRemote(store, store, concurrency, ids, random, EngineOptions.DEFAULT);
      return faced(engine, concurrency, owner -> object(store, owner), HttpOptions.DEFAULT);
    }

    /** A fake's failures are planned: each has to reach the test. */
    @Override
    public Remote passing(
        Remote fake, Concurrency concurrency, Function<FrameOwner, byte @Nullable []> objects) {
      return faced(fake, concurrency, objects, HttpOptions.DEFAULT.once());
    }
  }

  /** The whole of an object that a route leads to; null when there is none. */
  public static byte @Nullable [] object(ObjectStore store, FrameOwner owner) {
    ObjectKey key = new ObjectKey(Route.of(owner).path().substring("/v1/".length()));
    return store.get(key, 0, Integer.MAX_VALUE) instanceof GetOutcome.Found found
        ? found.bytes()
        : null;
  }

  private static Remote faced(
      Remote target,
      Concurrency concurrency,
      Function<FrameOwner, byte @Nullable []> objects,
      HttpOptions options) {
    HttpFace face = start(target, objects);
    Transport transport = new ClosingTransport(new UrlTransport(concurrency), face, target);
    return new HttpRemote(
        face.address(), transport, new HeldTokens(null), concurrency, new Random(1), options);
  }

  private static HttpFace start(Remote target, Function<FrameOwner, byte @Nullable []> objects) {
    try {
      return new HttpFace(target, objects);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Closes what it leads to. */
  private record ClosingTransport(Transport transport, HttpFace face, Remote target)
      implements Transport {
    @Override
    public <T> T send(Request request, Receiver<T> receiver) throws IOException {
      return transport.send(request, receiver);
    }

    @Override
    public void close() {
      face.close();
      target.close();
    }
  }
}
