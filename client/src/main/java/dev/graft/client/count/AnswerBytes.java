package dev.graft.client.count;

import dev.graft.protocol.log.RootPlace;
import dev.graft.protocol.remote.ChangesOutcome;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.Graft;

/**
 * How many bytes a message has where it matters: encoded maps and frames. The few bytes of names
 * and times around them are left out, since each transport has its own.
 */
final class AnswerBytes {
  private AnswerBytes() {}

  static long ofChanges(ChangesOutcome outcome) {
    return switch (outcome) {
      case ChangesOutcome.Changed(Graft graft) -> ofGraft(graft);
      case ChangesOutcome.Diverged diverged -> 0;
    };
  }

  static long ofCommit(CommitOutcome outcome) {
    return switch (outcome) {
      case CommitOutcome.Committed committed -> ofGraft(committed.graft());
      case CommitOutcome.Conflict(Graft graft) -> ofGraft(graft);
    };
  }

  static long ofRequest(CommitRequest request) {
    return switch (request.content()) {
      case CommitRequest.Content.Inline inline -> {
        long sum = inline.cleared().encodedLength();
        for (byte[] frame : inline.frames()) {
          sum += frame.length;
        }
        yield sum;
      }
      case CommitRequest.Content.Revert revert -> 0;
      case CommitRequest.Content.Segments segments ->
          segments.root() instanceof RootPlace.Inline inline ? inline.root().encode().length : 0;
    };
  }

  private static long ofGraft(Graft graft) {
    long sum = graft.root().encode().length;
    for (Graft.CarriedFrame frame : graft.frames()) {
      sum += frame.bytes().length;
    }
    return sum;
  }
}
