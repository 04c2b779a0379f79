package dev.graft.sim;

import java.util.EnumSet;
import java.util.Set;

/** What can go wrong in a simulated world. Each is a point that a run counts the hits of. */
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
  LIST_REFUSED,
  /** Two puts of one key met and this one is refused (409); nothing of it landed. */
  PUT_CLASHED,
  /**
   * The put landed, and was sent again below its caller: it is told that the key is taken (412).
   */
  PUT_TOLD_TAKEN,
  /** For seconds the store refuses most of what is asked. */
  STORM,
  /** A request takes many times its time. */
  STORE_SLOW,
  /** A request is held back, and one that began later ends before it. */
  OVERTAKEN,
  /** Whoever asks the store stands still before the request leaves: for seconds, or for days. */
  PAUSED_BEFORE,
  /** Whoever asks the store stands still before he looks at the answer: for seconds, or days. */
  PAUSED_AFTER,
  /** A get gives fewer bytes than there are. */
  GET_TRUNCATED,
  /** A get gives one bit the other way. */
  GET_FLIPPED,
  /** A client's request never arrived. */
  REMOTE_REQUEST_LOST,
  /** A client's request was answered, and the answer was lost. */
  REMOTE_ANSWER_LOST,
  /**
   * A client's request arrived at two engines at the same time, as when an invocation is doubled;
   * either answer came back.
   */
  REMOTE_TWICE,
  /**
   * A client's request was answered, and arrives once more at another engine seconds or minutes
   * later, as when an invocation is repeated; nobody hears of that.
   */
  REMOTE_REPEATED,
  /** A client's request took seconds. */
  REMOTE_SLOW,
  /** A range that a client read came with fewer bytes than asked. */
  RANGE_TRUNCATED,
  /** A range that a client read came with one bit the other way. */
  RANGE_FLIPPED,
  /** An edge answers that a key is missing which came into being seconds ago. */
  EDGE_STALE,
  /**
   * An edge makes one fetch of an object for several callers: all get its answer or its failure.
   */
  EDGE_COLLAPSED,
  /** An edge answers with a larger range than was asked for. */
  EDGE_LARGER,
  /** An edge answers with the whole object. */
  EDGE_WHOLE,
  /**
   * An engine and its client begin as a copy of one that was primed: with what it had read, and
   * with its random state.
   */
  CLONED_INSTANCE,
  /** The clock of an engine or a client is minutes off. */
  CLOCK_SKEW,
  /** A function's invocation is lost before it begins; its caller's connection ends. */
  INVOCATION_LOST,
  /** A function did what it was asked, and its answer is lost before it leaves the service. */
  RESPONSE_LOST_AT_FUNCTION,
  /** A function answered, and the client's connection ends before the answer is there. */
  RESPONSE_LOST_AT_CLIENT,
  /** One event is run twice: by two instances at the same time, or by any once more later. */
  INVOCATION_DUPLICATED,
  /** An event is run when its caller has given it up, up to minutes later. */
  INVOCATION_LATE,
  /** For a while the service starts next to no invocation, and says so (429, 503). */
  INVOCATION_REFUSED,
  /** An instance stands still in the middle of an invocation, and goes on when it is thawed. */
  INSTANCE_FROZEN,
  /** A client's process is killed before, in or after a step of its disk. */
  CLIENT_KILLED,
  /** With it the machine loses power: of what was not synced the newest is lost. */
  WRITES_LOST,
  /** With it the machine loses power: a write that was not synced is there in part. */
  WRITE_TORN,
  /** With it the machine loses power: of what was not synced older is lost, and newer is there. */
  WRITES_REORDERED,
  /** For a while a client's disk has no room. */
  DISK_FULL;

  /** Those that a store makes by itself. */
  public static Set<Fault> ofStore() {
    return EnumSet.range(PUT_ANSWER_LOST, GET_FLIPPED);
  }

  /** Those of deployed functions. */
  public static Set<Fault> ofFunctions() {
    return EnumSet.range(INVOCATION_LOST, INSTANCE_FROZEN);
  }

  /** Those of a power cut, of which one at most comes with a killed client. */
  public static Set<Fault> ofPowerCut() {
    return EnumSet.range(WRITES_LOST, WRITES_REORDERED);
  }
}
