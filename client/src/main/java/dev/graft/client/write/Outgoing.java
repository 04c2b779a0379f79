package dev.graft.client.write;

import dev.graft.client.cache.FrameCache;
import dev.graft.client.cache.FrameKey;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameKind;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.remote.CommitRequest;
import java.util.List;

/**
 * A commit request that is ready, to be sent unchanged until its outcome is known. Its segments are
 * durable at the remote. Immutable.
 */
public final class Outgoing {
  private final CommitRequest request;
  private final List<WrittenFrame> inline;

  Outgoing(CommitRequest request, List<WrittenFrame> inline) {
    this.request = request;
    this.inline = inline;
  }

  /** What to send. */
  public CommitRequest request() {
    return request;
  }

  /**
   * Puts the pages that travelled with the request into the cache, now that they have a place.
   *
   * @param lsn of the commit
   * @param first the number of its first frame there
   * @return the number after its last frame
   */
  public int keepWritten(FrameCache cache, Lsn lsn, int first) {
    FrameOwner owner = new FrameOwner.InCommit(request.volume(), lsn);
    try {
      for (int i = 0; i < inline.size(); i++) {
        WrittenFrame frame = inline.get(i);
        FrameKey key = new FrameKey(owner, first + i);
        cache.put(key, FrameKind.PAGES, frame.pages(), frame.raw(), 0, frame.raw().length);
      }
    } catch (GraftException.Limit e) {
      // The commit is durable. What does not fit here is fetched when it is read.
      return first + inline.size();
    }
    return first + inline.size();
  }
}
