package dev.graft.client;

import dev.graft.client.local.LocalCommit;
import dev.graft.protocol.id.IdempotencyKey;
import dev.graft.protocol.page.PageSet;
import java.time.Instant;
import java.util.Optional;

/**
 * A local transaction that is not in the store yet.
 *
 * @param key made once for it
 * @param localTime when it was committed here
 * @param author as committed
 * @param message as committed
 * @param readSet pages that it read
 * @param writeSet pages that it wrote
 * @param mutation with which it can be done again
 * @param bytes that it takes in the folder
 */
public record PendingCommit(
    IdempotencyKey key,
    Instant localTime,
    String author,
    String message,
    PageSet readSet,
    PageSet writeSet,
    Optional<Mutation> mutation,
    long bytes) {
  static PendingCommit of(LocalCommit commit) {
    LocalCommit.Work work = commit.work();
    return new PendingCommit(
        work.key(),
        work.localTime(),
        work.record().author(),
        work.record().message(),
        work.readSet(),
        Deltas.written(commit),
        work.mutation(),
        commit.bytes());
  }
}
