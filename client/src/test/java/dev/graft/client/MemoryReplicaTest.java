package dev.graft.client;

/** A replica in memory. */
final class MemoryReplicaTest extends ReplicaContract {
  @Override
  ReplicaOptions home(ReplicaOptions options) {
    return options;
  }
}
