package dev.graft.sim;

/** What can go wrong in a simulated store. */
public enum Fault {
  /** The put landed; its answer was lost and the caller learns nothing. */
  PUT_ANSWER_LOST,
  /** The put never reached the store; the caller learns nothing. */
  PUT_LOST,
  /** The caller was told that nobody knows; the put lands afterwards, within its last moment. */
  PUT_LANDS_LATE,
  /** The store refused a put: it is busy, and nothing landed. */
  PUT_REFUSED,
  /** The store refused a get: it is busy. */
  GET_REFUSED,
  /** The store refused a listing: it is busy. */
  LIST_REFUSED
}
