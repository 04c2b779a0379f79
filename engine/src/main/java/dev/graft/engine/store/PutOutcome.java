package dev.graft.engine.store;

/** What became of a {@link ObjectStore#putIfAbsent}. */
public sealed interface PutOutcome {
  /** The object is there, durable, and this call made it. */
  record Created() implements PutOutcome {}

  /**
   * An object stands at the key; this call did not make it, or an earlier attempt of the same
   * caller did and its answer was lost. The bytes decide.
   */
  record AlreadyExists() implements PutOutcome {}

  /**
   * The last moment had passed before the object was made: of this call nothing landed, and nothing
   * will. Says nothing of other calls: an object may stand at the key, perhaps of an earlier
   * attempt of the same caller.
   */
  record TooLate() implements PutOutcome {}

  /**
   * Nobody knows. It may stand there already, or land later, but never after its last moment.
   *
   * @param reason what was seen, for messages
   */
  record Unknown(String reason) implements PutOutcome {}
}
