package dev.graft.engine.store;

import dev.graft.concurrency.ThreadConcurrency;
import java.time.InstantSource;

class MemoryObjectStoreTest extends ObjectStoreContract {
  @Override
  protected void run(Scenario scenario) throws Exception {
    InstantSource clock = InstantSource.system();
    scenario.play(new MemoryObjectStore(clock), new ThreadConcurrency(clock));
  }
}
