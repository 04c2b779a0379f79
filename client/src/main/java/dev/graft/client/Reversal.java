package dev.graft.client;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.ContentDigest;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.remote.ChangesRequest.Until;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.Graft;
import dev.graft.protocol.remote.Remote;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Goes back to an earlier LSN by a commit without pages: one request for the page count of then,
 * and one that commits. In the turn of all that may move the replica.
 */
final class Reversal {
  private final VolumeId volume;
  private final Remote remote;
  private final IdSource ids;
  private final InstantSource time;
  private final ServerClock clock;
  private final Questions questions;
  private final Line line;
  private final Consumer<Graft> heads;

  /** Sent, and not known what became of it: nothing else is sent before it is. */
  private @Nullable CommitRequest open;

  /** An attempt at the open one may have landed. */
  private boolean mayHaveLanded;

  Reversal(
      VolumeId volume,
      Remote remote,
      IdSource ids,
      InstantSource time,
      ServerClock clock,
      Questions questions,
      Line line,
      Consumer<Graft> heads) {
    this.volume = volume;
    this.remote = remote;
    this.ids = ids;
    this.time = time;
    this.clock = clock;
    this.questions = questions;
    this.line = line;
    this.heads = heads;
  }

  /** See {@link Replica#revert}. */
  CommitResult revert(Lsn to, CommitOptions how) {
    CommitRequest sent = open;
    if (sent != null) {
      CommitResult result = send(sent);
      if (sent.content().equals(new CommitRequest.Content.Revert(to))) {
        return result;
      }
    }
    requireNothingLocal();
    Standing from = line.current();
    Lsn base = from.position.lsn();
    if (to.isAfter(base)) {
      throw new GraftException.NotFound(
          "this replica of " + volume + " stands at commit " + base + ", before " + to + "; pull");
    }
    if (to.equals(base)) {
      return new CommitResult.Nothing();
    }
    PageCount count = count(to);
    return send(request(from, to, count, how));
  }

  private void requireNothingLocal() {
    int pending = line.current().pending;
    if (pending > 0) {
      throw new GraftException.Misuse(
          volume
              + " has "
              + pending
              + " local transactions that are not in the store; push them, or discard them, and"
              + " then go back");
    }
  }

  private PageCount count(Lsn to) {
    return to.equals(Lsn.ZERO)
        ? PageCount.ZERO
        : questions.changes(null, new Until.AtLsn(to)).root().count();
  }

  private CommitRequest request(Standing from, Lsn to, PageCount count, CommitOptions how) {
    PageCount smallest = count.min(from.count());
    Hash digest =
        new ContentDigest(from.position, count, smallest, to, null, PageSet.empty()).finish();
    TransactionRecord transaction =
        new TransactionRecord(
            ids.newIdempotencyKey(), digest, time.instant(), how.author(), how.message());
    return new CommitRequest(
        volume,
        from.position,
        from.position.lsn(),
        count,
        smallest,
        List.of(transaction),
        new CommitRequest.Content.Revert(to));
  }

  private CommitResult send(CommitRequest request) {
    return line.alone(() -> {
      if (request != open) {
        requireNothingLocal();
        mayHaveLanded = false;
      }
      open = request;
      CommitOutcome outcome;
      try {
        outcome = remote.commit(request);
      } catch (GraftException.Unavailable e) {
        mayHaveLanded = true;
        throw e;
      } catch (GraftException.Limit | GraftException.Unauthorized e) {
        if (mayHaveLanded) {
          throw new GraftException.Unavailable(
              "the commit was sent before and may have landed; the same again finds out, but now"
                  + " it is refused: "
                  + e.getMessage(),
              e);
        }
        open = null;
        throw e;
      } catch (RuntimeException e) {
        open = null;
        throw e;
      }
      open = null;
      return switch (outcome) {
        case CommitOutcome.Committed committed -> landed(request, committed);
        case CommitOutcome.Conflict(Graft graft) -> {
          heads.accept(graft);
          Standing now = line.current();
          yield new CommitResult.Conflict(
              request.base(), graft.head(), ChangedPages.of(graft, request.base(), now.count()));
        }
      };
    });
  }

  private CommitResult landed(CommitRequest request, CommitOutcome.Committed committed) {
    Graft graft = committed.graft();
    clock.told(graft.serverTime());
    heads.accept(graft);
    Standing now = line.current();
    // Local commits that came in between, and their base, stay; a push takes them along.
    if (now.pending == 0 && now.position.equals(request.base())) {
      line.land(graft, List.of(), false);
    } else if (now.pending == 0 && now.position.lsn().isBefore(committed.position().lsn())) {
      line.land(questions.changes(now.position), List.of(), false);
    }
    return new CommitResult.Committed(committed.position());
  }
}
