package dev.graft.sim.judge;

import java.util.List;

/**
 * Something in a history that must not be.
 *
 * @param kind what
 * @param lines the numbers of the lines that show it, from 1
 * @param sentence what happened
 */
public record Violation(Kind kind, List<Integer> lines, String sentence) {
  /** What can be wrong. */
  public enum Kind {
    /** The store says that it has a commit, and the log does not hold it there. */
    LOST_COMMIT,
    /** One piece of work is in the log twice. */
    DOUBLED_COMMIT,
    /** A commit that was refused, or that nobody made, is in the log. */
    UNASKED_COMMIT,
    /** An acknowledged local commit is neither in a log, nor waiting, nor given up as asked. */
    LOST_LOCAL_COMMIT,
    /** A client's local commits are in the log in another order. */
    LOCAL_ORDER,
    /** An LSN is missing, stands twice, or landed before the one below it. */
    HOLE,
    /** A commit landed when the segments that it names might be gone. */
    OUTLIVED_SEGMENT,
    /** The time that a commit carries lies before its parent's. */
    COMMIT_TIME,
    /** A commit stands on another commit than the one that it was made on, and was not merged. */
    WRONG_BASE,
    /** A merged commit read, or wrote over, what others changed. */
    MERGED_OVER_CHANGE,
    /** The declared read set lacks a page that was read. */
    READ_SET,
    /** A version that is older than the snapshot. */
    STALE_READ,
    /** A version that is newer than the snapshot. */
    FUTURE_READ,
    /** A content that nobody ever wrote. */
    TORN_READ,
    /** The content of another page. */
    WRONG_FRAME,
    /** A page that was cut off shows what it held before. */
    TRUNCATED_PAGE_BACK,
    /** What was read is a transaction that is in no store, and the view does not say so. */
    UNFLAGGED_LOCAL_READ,
    /** A commit of the past was asked for, and another snapshot was given. */
    OTHER_SNAPSHOT,
    /** What nobody had asked to give up was told to be gone. */
    HISTORY_GONE,
    /** The page count is not that of the snapshot. */
    PAGE_COUNT,
    /** A fork shows what its parent got after the fork. */
    FORK_SHOWS_LATER_PARENT,
    /** A fork begins at another commit than was asked for. */
    FORK_POINT,
    /** After a revert a page is not what it was. */
    REVERT_MISSED_PAGE,
    /** The order of the log is not the order of real time, or an answer is older than it may be. */
    REAL_TIME,
    /** A session saw older versions after newer ones. */
    REGRESSION,
    /** One change counter was shown for two snapshots. */
    EQUAL_COUNTERS,
    /** The one who made the history saw something wrong. */
    CLAIM,
    /** The history does not make sense. */
    HISTORY
  }

  public Violation {
    lines = List.copyOf(lines);
  }
}
