package dev.graft.client.local;

import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.SegmentEntry;
import dev.graft.protocol.remote.CommitRequest;
import java.util.List;

/** A record of the local log. */
sealed interface LocalRecord {
  /**
   * A local commit.
   *
   * @param base the commit in the store that it lies on, perhaps with local commits between
   * @param draft 0 when it counts at once; else the number of the replay that made it, and it
   *     counts when a {@link Rebase} of that number does
   * @param work what it is
   * @param body where its frames are
   */
  record Made(Position base, long draft, LocalCommit.Work work, Body body) implements LocalRecord {
    /**
     * The same without the frames.
     *
     * @param at where they stand in the record
     */
    Made slim(int at) {
      return body instanceof Body.Here here ? new Made(base, draft, work, here.without(at)) : this;
    }
  }

  /** Where the frames of a local commit are. */
  sealed interface Body {
    /**
     * In the record itself.
     *
     * @param owner that they name as their object
     * @param offset of the first frame in the record
     * @param length bytes of all frames
     * @param frames one after the other; left out where only their place matters
     */
    record Here(SegmentId owner, int offset, int length, byte[] frames) implements Body {
      private static final byte[] LEFT_OUT = {};

      /** The place alone. */
      Here without(int at) {
        return new Here(owner, at, length, LEFT_OUT);
      }
    }

    /** Bytes of the frames that are in the record. */
    static int lengthHere(Body body) {
      return body instanceof Here here ? here.length() : 0;
    }

    /** In segments beside the log. */
    record InSegments(List<SegmentId> segments) implements Body {}
  }

  /**
   * A push was begun; nothing of it was sent before.
   *
   * @param transactions how many of the oldest local commits it carries
   * @param request as it is to be sent, whenever and how often that may be
   * @param segments that have to be in the store before
   */
  record Push(int transactions, CommitRequest request, List<SegmentEntry> segments)
      implements LocalRecord {}

  /** A segment of the push is in the store. */
  record Uploaded(SegmentId segment) implements LocalRecord {}

  /**
   * The outcome of the push is known, or a rebase is done.
   *
   * @param effective whether it came about
   * @param at where the local commits that are left lie then
   */
  record Settled(boolean effective, Position at) implements LocalRecord {}

  /**
   * The local commits go over to another commit of the store, as soon as the replica stands on it.
   *
   * @param to that commit
   * @param draft 0 when they go as they are; else those of that replay take their place
   */
  record Rebase(Position to, long draft) implements LocalRecord {}

  /** All local commits were given up, or are in a fork. */
  record Dropped() implements LocalRecord {}

  /**
   * The local commits go to a fork.
   *
   * @param child the fork
   * @param at its newest commit that is ours
   * @param transactions how many of the oldest local commits are in it
   */
  record Forking(VolumeId child, Position at, int transactions) implements LocalRecord {}
}
