package dev.graft.engine;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.Frame;
import dev.graft.protocol.frame.FrameDecoder;
import dev.graft.protocol.frame.FrameHeader;
import dev.graft.protocol.frame.FrameKind;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.frame.Segment;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.log.Commit;
import dev.graft.protocol.log.CommitDraft;
import dev.graft.protocol.log.RootPlace;
import dev.graft.protocol.log.SegmentEntry;
import dev.graft.protocol.log.SegmentTable;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.map.RootBuilder;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.remote.CommitRequest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Makes the object of a commit from a request, and proves on the way all that it says. */
final class Preparer {
  private final RequestMap requestMap;
  private final StoredMaps maps;
  private final PatientStore bulk;
  private final IdSource ids;
  private final Rounds rounds;

  Preparer(RequestMap requestMap, StoredMaps maps, PatientStore bulk, IdSource ids, Rounds rounds) {
    this.requestMap = requestMap;
    this.maps = maps;
    this.bulk = bulk;
    this.ids = ids;
    this.rounds = rounds;
  }

  /**
   * Makes the object.
   *
   * @throws GraftException.Misuse when the request says what cannot be proved
   */
  Prepared prepare(CommitDraft draft, CommitRequest request) {
    return switch (request.content()) {
      case CommitRequest.Content.Segments content -> named(draft, request, content);
      case CommitRequest.Content.Inline(List<byte[]> frames, PageSet cleared) ->
          inline(draft, frames, cleared);
      case CommitRequest.Content.Revert revert ->
          throw new IllegalArgumentException("what goes back is prepared while its LSN is kept");
    };
  }

  private Prepared named(
      CommitDraft draft, CommitRequest request, CommitRequest.Content.Segments content) {
    List<SegmentEntry> segments = requestMap.prove(request, content, draft.pageSize());
    Commit commit = Commit.of(draft, content.root(), content.segments());
    return new Prepared(commit, notAfter(segments), Optional.empty());
  }

  /** Rule 5.1: the oldest segment that the commit names, and 24 hours. */
  private static Instant notAfter(List<SegmentEntry> segments) {
    return segments.stream()
        .map(entry -> Instant.ofEpochMilli(entry.id().epochMillis()))
        .min(Instant::compareTo)
        .map(oldest -> oldest.plus(Uploads.NAMED_WITHIN))
        .orElse(Instant.MAX);
  }

  private Prepared inline(CommitDraft draft, List<byte[]> frames, PageSet cleared) {
    try (FrameDecoder decoder = new FrameDecoder()) {
      Commit commit = Commit.assemble(draft, frames, cleared);
      for (FrameRef ref : commit.frames()) {
        decoder.decode(commit.bytes(), (int) ref.offsetBytes(), ref.lengthBytes(), ref);
      }
      return new Prepared(commit, Instant.MAX, Optional.empty());
    } catch (GraftException.Limit e) {
      return inSegment(draft, frames, cleared);
    } catch (GraftException.Corrupt e) {
      throw new GraftException.Misuse("a frame of the request is damaged: " + e.getMessage());
    }
  }

  /** Pages or map are too much for a commit: they go into a segment of the engine's own. */
  private Prepared inSegment(CommitDraft draft, List<byte[]> frames, PageSet cleared) {
    Instant now = rounds.now();
    try (NewSegment segment = new NewSegment(draft.volume(), draft.pageSize(), ids, now)) {
      RootBuilder places = Root.builder(draft.count(), draft.smallest());
      for (byte[] frame : frames) {
        FrameHeader header = Frame.header("inline frame", frame, 0, frame.length);
        FrameRef ref = segment.addFrame(frame);
        header
            .pages()
            .forEachRun(
                (first, count) -> places.addFrame(ref, header.hot(), first, first + count - 1));
      }
      Root root = places.clear(cleared.cut(draft.count().value())).build();
      RootPlace place = place(root, maps, segment);
      Segment made = segment.finish().orElseThrow();
      Instant notAfter = now.plus(Uploads.NAMED_WITHIN);
      bulk.put(draft.volume(), Keys.segment(draft.volume(), made.id()), made.bytes(), notAfter);
      SegmentTable table = new SegmentTable.Inline(List.of(Rollups.entry(made)));
      return new Prepared(Commit.of(draft, place, table), notAfter, Optional.of(made));
    }
  }

  /** The root inline when it is short, else as a frame of the segment, as are large leaves. */
  static RootPlace place(Root root, StoredMaps maps, NewSegment segment) {
    Root fit = new MapFitter(maps).fit(root, segment);
    byte[] encoded = fit.encode();
    return encoded.length <= RootPlace.Inline.MAX_BYTES
        ? new RootPlace.Inline(fit)
        : new RootPlace.InFrame(segment.addMap(FrameKind.ROOT, encoded), Hash.sha256(encoded));
  }
}
