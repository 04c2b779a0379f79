package dev.graft.client;

import dev.graft.client.cache.FrameCache;
import dev.graft.client.cache.FrameKey;
import dev.graft.client.local.LocalCommit;
import dev.graft.client.local.LocalLog;
import dev.graft.client.local.OpenPush;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.Frame;
import dev.graft.protocol.frame.FrameDecoder;
import dev.graft.protocol.frame.FrameKind;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.Graft;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Pushes local commits until all that there were are in the store, and does what the policy says
 * when others committed first. The caller has the turn of all requests that may move the replica.
 */
final class Pusher {
  private final FrameCache cache;
  private final ServerClock clock;
  private final Questions questions;
  private final Line line;
  private final Pushing pushing;
  private final ForkAway forks;
  private final Replays replays;
  private final Patience patience;
  private final Consumer<Position> heads;

  /**
   * @param heads is told of every head that is seen
   */
  Pusher(
      FrameCache cache,
      ServerClock clock,
      Questions questions,
      Line line,
      Pushing pushing,
      ForkAway forks,
      Replays replays,
      Patience patience,
      Consumer<Position> heads) {
    this.cache = cache;
    this.clock = clock;
    this.questions = questions;
    this.line = line;
    this.pushing = pushing;
    this.forks = forks;
    this.replays = replays;
    this.patience = patience;
    this.heads = heads;
  }

  PushResult push(Policy policy, Progress progress) {
    if (forks.isBegun()) {
      return forkAway(progress);
    }
    int transactions = 0;
    int wanted = waiting();
    if (wanted == 0) {
      return new PushResult.Nothing();
    }
    int commits = 0;
    for (int tries = 0; transactions < wanted; tries++) {
      OpenPush push = pushing.begin(line.alone(line::pending));
      switch (send(push, progress)) {
        case CommitOutcome.Committed committed -> {
          landed(push, committed);
          transactions += push.transactions();
          commits++;
        }
        case CommitOutcome.Conflict(Graft graft) -> {
          Graft whole = whole(graft);
          patience.lost(whole, line.ground().position);
          PushResult end = conflicted(policy, whole, progress);
          if (end != null) {
            return end;
          }
          if (policy instanceof Policy.Replay) {
            wanted = transactions + waiting();
          }
          patience.pause(tries + 1);
        }
      }
    }
    return new PushResult.Pushed(line.ground().position, transactions, commits);
  }

  private int waiting() {
    return line.alone(line::pending).size();
  }

  /** Sends; that the history is another one decides the push, too. */
  private CommitOutcome send(OpenPush push, Progress progress) {
    try {
      return patience.timed(() -> pushing.send(push, progress));
    } catch (GraftException.Diverged e) {
      refused();
      throw new GraftException.Diverged(e.getMessage() + waysOut());
    } catch (GraftException.Gone e) {
      refused();
      throw new GraftException.Gone(e.getMessage() + waysOut());
    }
  }

  private String waysOut() {
    return "; "
        + waiting()
        + " local transactions are kept: export what is here or import it into a new volume, then"
        + " discard them and reset";
  }

  private void refused() {
    line.alone(() -> {
      line.refused();
      return true;
    });
  }

  /** The graft up to the head. */
  private Graft whole(Graft graft) {
    heads.accept(graft.head());
    return graft.upto().lsn().equals(graft.head().lsn())
        ? graft
        : Questions.sum(graft, questions.changes(graft.upto()));
  }

  /** Does what the policy says; null when the next attempt may follow. */
  private @Nullable PushResult conflicted(Policy policy, Graft graft, Progress progress) {
    return switch (policy) {
      case Policy.Reject reject -> {
        refused();
        yield conflict(graft, "others committed first");
      }
      case Policy.Merge merge -> line.alone(() -> merged(graft));
      case Policy.Replay(Replayer replayer) -> {
        refused();
        yield replayed(graft, replayer);
      }
      case Policy.Fork(VolumeId child) -> {
        if (line.ground().position.lsn().equals(Lsn.ZERO)) {
          refused();
          yield conflict(
              graft,
              "the local transactions stand on the empty volume, of which there is no fork; merge"
                  + " them, do them again, or discard them");
        }
        line.alone(() -> {
          line.refused();
          forks.begin(child);
          return true;
        });
        yield forkAway(progress);
      }
    };
  }

  private PushResult forkAway(Progress progress) {
    return forks.run(line.ground().volume, progress);
  }

  /** Lays the local commits on the head as they are, or tells which of them cannot. Alone. */
  private PushResult.@Nullable Conflict merged(Graft graft) {
    // As the log knows it: with new segments perhaps, and what of them is in the store.
    OpenPush push = line.log().push();
    Standing ground = line.ground();
    Changes changes = ChangedPages.of(graft, ground.position, ground.count());
    for (LocalCommit commit : line.pending()) {
      String trouble = trouble(commit, changes, ground);
      if (trouble != null) {
        if (push != null) {
          line.refused();
        }
        return conflictNow(graft, trouble);
      }
    }
    line.rebase(graft);
    if (push != null) {
      pushing.beginAgain(push, line.ground().position);
    }
    return null;
  }

  /** Why a local commit cannot go on top of changes; null when it can. */
  private static @Nullable String trouble(LocalCommit commit, Changes changes, Standing ground) {
    LocalCommit.Work work = commit.work();
    if (changes.whole()) {
      return "too much has changed to tell whether the local transactions are touched by it";
    }
    if (!changes.pageCount().equals(ground.count())) {
      return "others made the volume "
          + changes.pageCount()
          + " pages long, which all local transactions have read as "
          + ground.count();
    }
    PageSet met = Footprint.of(commit).meets(changes.pages());
    return met.isEmpty()
        ? null
        : Replays.name(work)
            + " read or wrote page "
            + met.first()
            + (met.cardinality() > 1 ? " and " + (met.cardinality() - 1) + " more" : "")
            + ", which others changed";
  }

  private @Nullable PushResult replayed(Graft graft, Replayer replayer) {
    return line.alone(() ->
        replays.run(graft, replayer).map(trouble -> conflictNow(graft, trouble)).orElse(null));
  }

  /** Lays the local commits on the remote's head without a push. */
  PushResult rebase(Policy policy) {
    if (forks.isBegun()) {
      throw new GraftException.Misuse("a fork of the local transactions was begun: push first");
    }
    OpenPush open = line.alone(() -> line.log().push());
    if (open != null) {
      switch (send(open, Progress.NONE)) {
        case CommitOutcome.Committed committed -> landed(open, committed);
        case CommitOutcome.Conflict conflict -> refused();
      }
    }
    int waiting = waiting();
    if (waiting == 0) {
      return new PushResult.Nothing();
    }
    Graft graft = questions.changes(line.ground().position);
    heads.accept(graft.head());
    if (graft.upto().equals(line.ground().position)) {
      return new PushResult.Nothing();
    }
    PushResult end =
        switch (policy) {
          case Policy.Reject reject -> conflict(graft, "others committed first");
          case Policy.Merge merge -> line.alone(() -> merged(graft));
          case Policy.Replay(Replayer replayer) -> replayed(graft, replayer);
          case Policy.Fork fork ->
              throw new GraftException.Misuse("a rebase forks nothing: push with that policy");
        };
    return end != null ? end : new PushResult.Pushed(line.ground().position, waiting, 0);
  }

  /**
   * Refuses to forget local commits that may be in the store. Alone.
   *
   * @throws GraftException.Unavailable when a push was cut
   */
  void requireDecided() {
    LocalLog.Fork fork = line.log().fork();
    if (fork != null) {
      throw new GraftException.Unavailable(
          "a fork to " + fork.child() + " was begun and may have landed; push again first");
    }
    OpenPush push = line.log().push();
    if (push != null && push.maySent()) {
      throw new GraftException.Unavailable(
          "a push of "
              + push.transactions()
              + " local transactions was cut and may have landed; push again first");
    }
  }

  private void landed(OpenPush push, CommitOutcome.Committed committed) {
    clock.told(committed.graft().serverTime());
    heads.accept(committed.graft().head());
    if (push.request().content() instanceof CommitRequest.Content.Inline inline) {
      keep(inline, new FrameOwner.InCommit(push.request().volume(), committed.position().lsn()));
    }
    line.alone(() -> {
      line.landed(committed.graft());
      return true;
    });
  }

  /** Pages that travelled with the request have their place now. */
  private void keep(CommitRequest.Content.Inline inline, FrameOwner owner) {
    FrameOwner unstamped = new FrameOwner.InCommit(owner.volume(), Lsn.ZERO);
    try (FrameDecoder decoder = new FrameDecoder()) {
      int number = 0;
      for (byte[] bytes : inline.frames()) {
        FrameRef ref = new FrameRef(unstamped, number, 0, bytes.length);
        Frame frame = decoder.decode(bytes, 0, bytes.length, ref);
        byte[] content = frame.content();
        cache.put(
            new FrameKey(owner, number),
            FrameKind.PAGES,
            frame.header().pages(),
            content,
            0,
            content.length);
        number++;
      }
    } catch (GraftException.Limit e) {
      // The commit is durable. What does not fit here is fetched when it is read.
      return;
    }
  }

  private PushResult.Conflict conflict(Graft graft, String reason) {
    return line.alone(() -> conflictNow(graft, reason));
  }

  /** Alone. */
  private PushResult.Conflict conflictNow(Graft graft, String reason) {
    Standing ground = line.ground();
    return new PushResult.Conflict(
        ground.position,
        graft.head(),
        ChangedPages.of(graft, ground.position, ground.count()),
        line.pending().size(),
        reason);
  }
}
