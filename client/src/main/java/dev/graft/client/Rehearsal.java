package dev.graft.client;

/**
 * A replica beside another one, to find out what something costs: it stands on the same commit,
 * keeps what it fetches to itself, and counts. What is done on it leaves no trace in the replica
 * that it was made of. Close it before that one.
 *
 * @param replica to read from; its {@link Replica#status} tells what was asked of the store
 * @param borrowed counts what the other replica had
 */
public record Rehearsal(Replica replica, Borrowed borrowed) implements AutoCloseable {
  /** Counts what was here already. Safe for use by many threads. */
  public interface Borrowed {
    /** Frames that were here. */
    long frames();

    /** Bytes of their content, not compressed. */
    long bytes();
  }

  @Override
  public void close() {
    replica.close();
  }
}
