package dev.graft.client;

import dev.graft.client.cache.FrameCache;
import dev.graft.client.cache.FrameKey;
import dev.graft.client.local.LocalCommit;
import dev.graft.client.local.OpenPush;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.Frame;
import dev.graft.protocol.frame.FrameDecoder;
import dev.graft.protocol.frame.FrameKind;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.Graft;
import java.util.List;
import java.util.function.Consumer;

/**
 * Pushes local commits until all that there were are in the store, and asks the policy when others
 * committed first. The caller has the turn of all requests that may move the replica.
 */
final class Pusher {
  private final FrameCache cache;
  private final ServerClock clock;
  private final Line line;
  private final Pushing pushing;
  private final Consumer<Position> heads;

  /**
   * @param heads is told of every head that is seen
   */
  Pusher(
      FrameCache cache, ServerClock clock, Line line, Pushing pushing, Consumer<Position> heads) {
    this.cache = cache;
    this.clock = clock;
    this.line = line;
    this.pushing = pushing;
    this.heads = heads;
  }

  PushResult push(Policy policy, Progress progress) {
    int wanted = line.alone(line::pending).size();
    if (wanted == 0) {
      return new PushResult.Nothing();
    }
    int commits = 0;
    int transactions = 0;
    while (transactions < wanted) {
      List<LocalCommit> pending = line.alone(line::pending);
      OpenPush push = pushing.begin(pending);
      switch (pushing.send(push, progress)) {
        case CommitOutcome.Committed committed -> {
          landed(push, committed);
          transactions += push.transactions();
          commits++;
        }
        case CommitOutcome.Conflict(Graft graft) -> {
          heads.accept(graft.head());
          line.alone(() -> {
            line.refused();
            return true;
          });
          return conflict(graft);
        }
      }
    }
    return new PushResult.Pushed(line.ground().position, transactions, commits);
  }

  /**
   * Refuses to forget local commits that may be in the store. Alone.
   *
   * @throws GraftException.Unavailable when a push was cut
   */
  void requireDecided() {
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

  private PushResult.Conflict conflict(Graft graft) {
    Standing ground = line.ground();
    int waiting = line.alone(line::pending).size();
    return new PushResult.Conflict(
        ground.position,
        graft.head(),
        ChangedPages.of(graft, ground.position, ground.count()),
        waiting,
        "others committed first, up to "
            + graft.head().lsn()
            + "; push with a policy that says what to do");
  }
}
