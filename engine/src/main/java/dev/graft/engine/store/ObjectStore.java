package dev.graft.engine.store;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A store of immutable objects. What is written can be read at once, by everybody, and never
 * changes.
 *
 * <p>Implementations are safe for use by many threads. Any method throws {@link
 * GraftException.Unavailable} when the store cannot be reached or refuses for now, and {@link
 * GraftException.Limit} when it is full; {@link #putIfAbsent} throws only when it is certain that
 * nothing landed and nothing will, and answers {@link PutOutcome.Unknown} otherwise.
 */
public interface ObjectStore {
  /**
   * Reads a range of an object.
   *
   * @param offset of the first byte; at or beyond the end gives no bytes
   * @param maxBytes the most bytes to give; 0 asks for the length alone
   */
  GetOutcome get(ObjectKey key, long offset, int maxBytes);

  /**
   * Writes an object when none stands at its key. Atomic: the whole object or nothing; of racing
   * calls for one key at most one is {@link PutOutcome.Created}. Durable when it answers.
   *
   * @param notAfter the object is created by this instant of the store's clock, or not at all;
   *     {@link Instant#MAX} for no limit
   */
  PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter);

  /**
   * The SHA-256 of a whole object, or nothing when none stands there. A store that was told it at
   * the write and held the bytes against it answers from its books; others read the object.
   */
  default Optional<Hash> sha256(ObjectKey key) {
    return get(key, 0, Integer.MAX_VALUE) instanceof GetOutcome.Found found
        ? Optional.of(Hash.sha256(found.bytes()))
        : Optional.empty();
  }

  /** Whether {@link #list} gives keys in order. */
  boolean listsInOrder();

  /**
   * The keys that begin with the prefix, in the order of their UTF-8 bytes.
   *
   * @param prefix empty, or a key and a slash
   * @param startAfter gives only keys after this text, which need not be a key; empty for all
   * @param maxKeys 1..1000
   */
  List<ObjectKey> list(String prefix, String startAfter, int maxKeys);

  /** Removes an object; one that is not there is no error. */
  void delete(ObjectKey key);
}
