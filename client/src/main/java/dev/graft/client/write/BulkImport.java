package dev.graft.client.write;

import dev.graft.client.ServerClock;
import dev.graft.client.fetch.Fetcher;
import dev.graft.concurrency.Concurrency;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.Frame;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.ContentDigest;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.ChangesOutcome;
import dev.graft.protocol.remote.ChangesRequest;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.Graft;
import dev.graft.protocol.remote.Remote;
import java.time.Instant;
import java.util.List;

/**
 * Writes a whole volume in one commit, straight to the remote: reading, compressing and uploading
 * go on side by side, and memory does not grow with the volume. Hot pages go first, in frames of
 * their own, most useful first; then all others in index order. Pages of zeros take no room. Until
 * the commit nothing is seen of it; a failure leaves segments that nobody names.
 */
public final class BulkImport {
  /** Segments on their way at one time. */
  private static final int PARALLEL_UPLOADS = 3;

  /** A little below twice the largest range read, so that a scan needs two reads a segment. */
  private static final int SEGMENT_BYTES = 2 * Fetcher.MAX_READ_BYTES - 2 * Frame.MAX_PAGES_BYTES;

  private final Remote remote;
  private final Concurrency concurrency;
  private final IdSource ids;
  private final int compressors;
  private final int segmentBytes;

  /**
   * What to import.
   *
   * @param volume into which; it exists. What it holds is replaced by the commit and stays in the
   *     past
   * @param pageSize of the volume
   * @param count pages to write; all others are gone afterwards
   * @param hotPages the pages to pack first, most useful first, none twice; may be empty
   * @param author at most 64 bytes
   * @param message at most 256 bytes
   */
  public record Plan(
      VolumeId volume,
      PageSize pageSize,
      PageCount count,
      long[] hotPages,
      String author,
      String message) {}

  /** Is told how far it is. Called by the importing thread. */
  @FunctionalInterface
  public interface Progress {
    /** Tells nobody. */
    Progress NONE = (pagesDone, pages, bytesStored) -> {};

    /**
     * Called every few MiB.
     *
     * @param pagesDone pages packed, or skipped as zeros
     * @param pages of all
     * @param bytesStored bytes of segments so far
     */
    void advanced(long pagesDone, long pages, long bytesStored);
  }

  /**
   * What came of it.
   *
   * @param position of its commit
   * @param time of its commit
   * @param pagesStored pages that took room: all but those of zeros
   * @param hotPages of these, packed as hot
   * @param bytesStored bytes of all segments
   * @param segments how many
   */
  public record Result(
      Position position,
      Instant time,
      long pagesStored,
      long hotPages,
      long bytesStored,
      int segments) {}

  /**
   * Imports nothing yet.
   *
   * @param compressors compressions at one time: the number of processors is good
   */
  public BulkImport(Remote remote, Concurrency concurrency, IdSource ids, int compressors) {
    this(remote, concurrency, ids, compressors, SEGMENT_BYTES);
  }

  /**
   * Imports nothing yet.
   *
   * @param segmentBytes the length that a segment is not to pass
   */
  public BulkImport(
      Remote remote, Concurrency concurrency, IdSource ids, int compressors, int segmentBytes) {
    this.remote = remote;
    this.concurrency = concurrency;
    this.ids = ids;
    this.compressors = compressors;
    this.segmentBytes = segmentBytes;
  }

  /**
   * Imports; returns when the commit is durable.
   *
   * @throws GraftException.Conflict when another commit came meanwhile: nothing of this one is seen
   * @throws java.io.UncheckedIOException when the source cannot be read
   */
  public Result run(Plan plan, PageSource source, Progress progress) {
    var clock = new ServerClock(concurrency);
    Position base = head(plan.volume(), clock);
    var digest =
        new ContentDigest(
            base, plan.count(), PageCount.ZERO, null, PageSet.empty(), PageSet.empty());
    try (var sink =
        new SegmentSink(
            remote,
            concurrency,
            ids,
            clock,
            plan.volume(),
            plan.pageSize(),
            segmentBytes,
            PARALLEL_UPLOADS)) {
      var run = new ImportRun(plan, source, progress, sink, new ImportDigest(digest));
      run.packAll(concurrency, compressors);
      CommitRequest.Content content = run.finishMap();
      CommitRequest request = request(plan, base, run.digest(), content);
      return commit(request, run, sink);
    }
  }

  private Position head(VolumeId volume, ServerClock clock) {
    var question = new ChangesRequest(volume, null, new ChangesRequest.Until.Head(), false);
    return switch (remote.changesSince(question)) {
      case ChangesOutcome.Changed(Graft graft) -> {
        clock.told(graft.serverTime());
        yield graft.head();
      }
      case ChangesOutcome.Diverged diverged ->
          throw new GraftException.Diverged(
              "volume " + volume + " says that a question without a position has diverged");
    };
  }

  private CommitRequest request(
      Plan plan, Position base, Hash digest, CommitRequest.Content content) {
    var record =
        new TransactionRecord(
            ids.newIdempotencyKey(), digest, concurrency.instant(), plan.author(), plan.message());
    return new CommitRequest(
        plan.volume(), base, base.lsn(), plan.count(), PageCount.ZERO, List.of(record), content);
  }

  private Result commit(CommitRequest request, ImportRun run, SegmentSink sink) {
    CommitOutcome outcome = Retry.unlessAnswered(concurrency, () -> remote.commit(request));
    return switch (outcome) {
      case CommitOutcome.Committed committed ->
          new Result(
              committed.position(),
              committed.time(),
              run.pagesStored(),
              run.hotPages(),
              sink.bytes(),
              sink.segments());
      case CommitOutcome.Conflict(Graft graft) ->
          throw new GraftException.Conflict(
              "volume "
                  + request.volume()
                  + " moved on to LSN "
                  + graft.head().lsn()
                  + " during the import from LSN "
                  + request.base().lsn()
                  + "; nothing of the import is seen: start it again");
    };
  }
}
