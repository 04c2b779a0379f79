package dev.graft.cli;

import dev.graft.engine.store.ObjectStore;

/**
 * An object store that an address names.
 *
 * @param objects the store
 * @param end ends what it holds open
 */
record OpenStore(ObjectStore objects, Runnable end) implements AutoCloseable {
  @Override
  public void close() {
    end.run();
  }
}
