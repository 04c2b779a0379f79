package dev.graft.localstack.edge;

import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.protocol.error.GraftException;
import java.util.function.Consumer;

/** Objects of a store under their keys: a path without {@code /v1/}. */
public final class StoreOrigin implements ObjectOrigin {
  private static final String PREFIX = "/v1/";

  private final ObjectStore store;
  private final Consumer<String> failures;

  /** Reads from this store alone. */
  public StoreOrigin(ObjectStore store) {
    this(store, _ -> {});
  }

  /**
   * Reads from this store alone.
   *
   * @param failures takes the reason when the store fails, which no caller is told
   */
  public StoreOrigin(ObjectStore store, Consumer<String> failures) {
    this.store = store;
    this.failures = failures;
  }

  @Override
  public OriginAnswer get(String path, long offset, int maxBytes) {
    try {
      ObjectKey key = new ObjectKey(path.substring(PREFIX.length()));
      return switch (store.get(key, offset, maxBytes)) {
        case GetOutcome.Missing() -> new OriginAnswer.Missing();
        case GetOutcome.Found(byte[] bytes, long total) -> new OriginAnswer.Part(bytes, total);
      };
    } catch (GraftException.Misuse noKey) {
      return new OriginAnswer.Missing();
    } catch (GraftException e) {
      failures.accept("the edge could not read " + path + ": " + e);
      return new OriginAnswer.Failed(502, "the store does not answer");
    }
  }
}
