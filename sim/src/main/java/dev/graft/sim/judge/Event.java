package dev.graft.sim.judge;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One line of a history. The order of the lines is the order of real time; times are nanoseconds
 * since the history began. A call is two lines: the event with its number, and {@link Told} with
 * the same number. A page's content is named by a text that differs for different contents of the
 * volume's pages; {@link #ZEROS} names a page of zeros.
 */
public sealed interface Event {
  /** What a page of zeros is called. */
  String ZEROS = "0";

  /** When it was written down. */
  long time();

  /** The beginning of a call. */
  sealed interface Call extends Event {
    /** Unique in the history. */
    long call();

    /** The life of one client in one process; its calls follow each other. */
    String session();

    /** Which volume it is about. */
    String volume();
  }

  /** When a commit is done. */
  enum Durability {
    /** In the store. */
    REMOTE,
    /** In the client's folder. */
    LOCAL
  }

  /** What a call was told. */
  enum Outcome {
    /** It is in the store: a commit or revert at the LSN; a push up to it; a pull stands on it. */
    DONE,
    /** It is safe in the client's folder. */
    LOCAL,
    /** Others came first; nothing of it is in the store. */
    CONFLICT,
    /** A push went to a fork that was made for it; the LSN is the last one there. */
    FORKED,
    /** There was nothing to do. */
    NOTHING,
    /** It failed, and may have happened. */
    UNKNOWN
  }

  /** The answer to a call. */
  record Told(long time, long call, Outcome outcome, long lsn) implements Event {}

  /**
   * A transaction is handed over.
   *
   * @param transaction unique for a piece of work with this content
   * @param work what it was to achieve: a transaction that is made anew is the same work
   * @param began when its snapshot was about to be pinned
   * @param view what it read
   * @param reads pages and what was seen there, its own writes left out
   * @param readSet the pages that the client is told to have been read; null when it is not known
   * @param writes pages and what they become
   * @param count pages after it
   * @param smallest the smallest page count on the way; pages above it are gone but for the writes
   * @param policy what to do when others come first: {@code reject}, {@code merge}, {@code replay}
   */
  record Commit(
      long time,
      long call,
      String session,
      String client,
      String volume,
      String transaction,
      String work,
      long began,
      View view,
      Map<Long, String> reads,
      @Nullable Set<Long> readSet,
      Map<Long, String> writes,
      long count,
      long smallest,
      Durability durability,
      String policy)
      implements Call {}

  /**
   * Pages were read outside any transaction.
   *
   * @param began when its snapshot was about to be pinned
   * @param kind {@code current}, {@code past} (asked for by LSN or by time, or pinned for long), or
   *     {@code whole} (all pages that are not zeros: those that are not named were zeros)
   * @param asked the LSN that was asked for; -1 when none was
   */
  record Read(
      long time,
      String session,
      String volume,
      long began,
      View view,
      Map<Long, String> reads,
      String kind,
      long asked)
      implements Event {}

  /** A session asks what is new, or opens: told the LSN that it stands on. */
  record Pull(long time, long call, String session, String volume) implements Call {}

  /** Local transactions are to go to the store; told the last LSN. */
  record Push(
      long time, long call, String session, String volume, List<String> transactions, String policy)
      implements Call {}

  /** A volume is to become what it was. */
  record Revert(
      long time, long call, String session, String volume, String transaction, View view, long to)
      implements Call {}

  /** A volume is to begin as another one at an LSN. */
  record Fork(long time, long call, String session, String volume, long lsn, String child)
      implements Call {}

  /**
   * A snapshot was asked for by time.
   *
   * @param began when the question left
   * @param asked the time, told as the times that commits carry
   * @param lsn what was given; 0 when it was told that nothing is that old
   */
  record Dated(long time, String session, String volume, long began, long asked, long lsn)
      implements Event {}

  /**
   * A volume is to give up history; written down before it was asked.
   *
   * @param below what lies below this LSN may go; -1 when no LSN was named
   * @param age what ceased to be the head longer ago than so many nanoseconds may go; -1 when no
   *     age was named
   */
  record Retain(long time, String volume, long below, long age) implements Event {}

  /**
   * Somebody asked for a commit and was told that its history was given up.
   *
   * @param lsn which one; -1 when it was asked for by time
   * @param asked the time, told as the times that commits carry; -1 when it was asked for by LSN
   */
  record Gone(long time, String session, String volume, long lsn, long asked) implements Event {}

  /** Local transactions were given up, as asked. */
  record Discarded(long time, String client, List<String> transactions) implements Event {}

  /** What a client holds: after a restart, and at the end. */
  record Standing(
      long time, String session, String client, String volume, long lsn, List<String> pending)
      implements Event {}

  /** A connection to a database was shown a change counter. */
  record Shown(long time, String process, String connection, String volume, long number, View view)
      implements Event {}

  /** Something that the one who made the history checked. */
  record Claim(long time, boolean holds, String sentence) implements Event {}

  /**
   * A commit as it lies in the log, told by one who looked from outside.
   *
   * @param time when it landed; -1 when that is not known
   * @param transactions in their order; none for the first commit of a fork
   * @param count pages after it; -1 when it is not known
   * @param commitTime the time that it carries, in nanoseconds; -1 when it is not known
   * @param oldestSegment when the oldest segment that it names was made; -1 for none
   * @param revertTo the LSN that it goes back to; -1 for none
   */
  record Logged(
      long time,
      String volume,
      long lsn,
      List<String> transactions,
      long count,
      long commitTime,
      long oldestSegment,
      long revertTo)
      implements Event {}

  /** The first commit of a volume is a snapshot of another one. */
  record Origin(long time, String volume, String parent, long lsn) implements Event {}
}
