package dev.graft.engine.store;

/**
 * What was asked of a store; failed requests count as well.
 *
 * @param gets calls of get and sha256
 * @param lists calls of list
 * @param puts calls of put-if-absent, whatever their outcome
 * @param deletes calls of delete
 * @param bytesRead bytes of objects that gets gave
 * @param bytesWritten bytes of objects that puts sent
 * @param rounds the most requests that came one after the other, each begun when the one before it
 *     had ended
 */
public record Counts(
    long gets,
    long lists,
    long puts,
    long deletes,
    long bytesRead,
    long bytesWritten,
    long rounds) {
  /** Before the first request. */
  public static final Counts ZERO = new Counts(0, 0, 0, 0, 0, 0, 0);

  /** Gets and lists. */
  public long reads() {
    return gets + lists;
  }

  /** Puts and deletes. */
  public long writes() {
    return puts + deletes;
  }

  /** Both together. */
  public Counts plus(Counts other) {
    return new Counts(
        gets + other.gets,
        lists + other.lists,
        puts + other.puts,
        deletes + other.deletes,
        bytesRead + other.bytesRead,
        bytesWritten + other.bytesWritten,
        rounds + other.rounds);
  }

  /** What came between an earlier snapshot and this one; exact when nothing ran at the earlier. */
  public Counts minus(Counts earlier) {
    return new Counts(
        gets - earlier.gets,
        lists - earlier.lists,
        puts - earlier.puts,
        deletes - earlier.deletes,
        bytesRead - earlier.bytesRead,
        bytesWritten - earlier.bytesWritten,
        rounds - earlier.rounds);
  }
}
