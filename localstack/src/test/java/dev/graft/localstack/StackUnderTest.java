package dev.graft.localstack;

import dev.graft.client.RemoteUnderTest;
import dev.graft.client.http.FacedRemote;
import dev.graft.client.http.Transport;
import dev.graft.client.http.UrlTransport;
import dev.graft.concurrency.Concurrency;
import dev.graft.engine.store.ObjectStore;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.remote.Remote;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Puts a whole stack between the tests of other modules and the store that {@link StandIns} chose.
 */
public final class StackUnderTest implements RemoteUnderTest {
  /** For the service loader. */
  public StackUnderTest() {}

  @Override
  public Remote over(
      ObjectStore store, Concurrency concurrency, IdSource ids, RandomGenerator random) {
    Stack stack = StandIns.start(StandIns.of(store, concurrency), concurrency);
    return HttpStage.remote(
        stack, "", new Closing(new UrlTransport(concurrency), stack), concurrency);
  }

  @Override
  public Optional<String> served(ObjectStore store, Concurrency concurrency) {
    return Optional.of(StandIns.address(store, StandIns.of(store, concurrency), concurrency));
  }

  /** A scripted remote has objects of its own and no store: plain HTTP lies before it. */
  @Override
  public Remote passing(
      Remote fake, Concurrency concurrency, Function<FrameOwner, byte @Nullable []> objects) {
    return new FacedRemote.Way().passing(fake, concurrency, objects);
  }

  /** Closes what it leads to. */
  private record Closing(Transport transport, Stack stack) implements Transport {
    @Override
    public <T> T send(Request request, Receiver<T> receiver) throws IOException {
      return transport.send(request, receiver);
    }

    @Override
    public void close() {
      transport.close();
      stack.close();
    }
  }
}
