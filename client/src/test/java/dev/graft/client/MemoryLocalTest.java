package dev.graft.client;

/** Local transactions of a replica in memory. */
final class MemoryLocalTest extends LocalContract {
  @Override
  ReplicaOptions home(ReplicaOptions options) {
    return options;
  }
}
