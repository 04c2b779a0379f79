package dev.graft.engine;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameKind;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.RootPlace;
import dev.graft.protocol.log.SegmentEntry;
import dev.graft.protocol.log.SegmentTable;
import dev.graft.protocol.map.Branch;
import dev.graft.protocol.map.BranchPlace;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.map.LeafLayer;
import dev.graft.protocol.map.LeafPlace;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CommitRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Proves the map of a commit whose pages lie in segments (rule 5.1). */
final class RequestMap {
  private final Uploads uploads;
  private final StoredMaps maps;
  private final Rounds rounds;

  RequestMap(Uploads uploads, StoredMaps maps, Rounds rounds) {
    this.uploads = uploads;
    this.maps = maps;
    this.rounds = rounds;
  }

  /**
   * Proves it.
   *
   * @return all segments of the commit
   * @throws GraftException.Misuse when the map names anything that is not in them
   */
  List<SegmentEntry> prove(
      CommitRequest request, CommitRequest.Content.Segments content, PageSize pageSize) {
    try {
      return proved(request, content, pageSize);
    } catch (GraftException.Corrupt first) {
      return provedAgain(request, content, pageSize, first);
    }
  }

  /**
   * What cannot be proved was damaged on its way here, or is what the caller put there. A second
   * look tells: the same damage in the same place is the caller's.
   */
  private List<SegmentEntry> provedAgain(
      CommitRequest request,
      CommitRequest.Content.Segments content,
      PageSize pageSize,
      GraftException.Corrupt first) {
    try {
      return proved(request, content, pageSize);
    } catch (GraftException.Corrupt second) {
      if (!String.valueOf(second.getMessage()).equals(first.getMessage())) {
        throw second;
      }
      throw new GraftException.Misuse("a segment of the request is damaged: " + first.getMessage());
    }
  }

  private List<SegmentEntry> proved(
      CommitRequest request, CommitRequest.Content.Segments content, PageSize pageSize) {
    VolumeId volume = request.volume();
    List<SegmentEntry> segments = segments(volume, content.segments());
    SegmentProof proof =
        new SegmentProof(volume, pageSize, segments, entry -> uploads.named(volume, entry), rounds);
    Root root = root(content.root(), proof);
    if (!root.count().equals(request.count()) || !root.smallest().equals(request.smallest())) {
      throw new GraftException.Misuse(
          "the map has "
              + root.count()
              + " pages, at least "
              + root.smallest()
              + ", and the request says "
              + request.count()
              + " and "
              + request.smallest());
    }
    root.hot().forEach(proof::hotRange);
    root.windows().values().forEach(layers -> layers(layers, proof, root));
    for (BranchPlace place : root.branches()) {
      proof.frame(place.ref(), FrameKind.BRANCH);
      Branch branch = place.open(bytes(place.ref(), FrameKind.BRANCH, proof));
      branch.windows().values().forEach(layers -> layers(layers, proof, root));
    }
    return segments;
  }

  private List<SegmentEntry> segments(VolumeId volume, SegmentTable table) {
    return switch (table) {
      case SegmentTable.Inline(List<SegmentEntry> segments) -> segments;
      case SegmentTable.External(SegmentEntry last, FrameRef frame, Hash sha256) -> {
        SegmentProof proof =
            new SegmentProof(
                volume,
                uploads.named(volume, last).footer().pageSize(),
                List.of(last),
                entry -> uploads.named(volume, entry),
                rounds);
        proof.frame(frame, FrameKind.SEGMENT_TABLE);
        byte[] content = bytes(frame, FrameKind.SEGMENT_TABLE, proof);
        if (!Hash.sha256(content).equals(sha256)) {
          throw new GraftException.Misuse("the segment table has another SHA-256 than was said");
        }
        List<SegmentEntry> segments =
            new ArrayList<>(
                SegmentTable.decodeContent("the segment table of a commit request", content));
        segments.add(last);
        yield segments;
      }
    };
  }

  private Root root(RootPlace place, SegmentProof proof) {
    return switch (place) {
      case RootPlace.Inline(Root root) -> root;
      case RootPlace.InFrame(FrameRef frame, Hash sha256) -> {
        proof.frame(frame, FrameKind.ROOT);
        yield History.opened(frame, sha256, bytes(frame, FrameKind.ROOT, proof));
      }
      case RootPlace.OfFork fork ->
          throw new GraftException.Misuse(
              "a commit request cannot begin a fork of " + fork.parent() + "; ask for the fork");
    };
  }

  private void layers(Collection<LeafLayer> layers, SegmentProof proof, Root root) {
    for (LeafLayer layer : layers) {
      Leaf leaf =
          switch (layer.place()) {
            case LeafPlace.Inline(Leaf here) -> here;
            case LeafPlace.InFrame place -> {
              proof.frame(place.ref(), FrameKind.LEAF);
              yield place.open(bytes(place.ref(), FrameKind.LEAF, proof));
            }
          };
      proof.leaf(leaf, root.count());
    }
  }

  private byte[] bytes(FrameRef ref, FrameKind kind, SegmentProof proof) {
    return proof
        .bytesAtHand(ref)
        .map(bytes -> StoredMaps.content(ref, bytes, kind))
        .orElseGet(() -> maps.content(ref, kind));
  }
}
