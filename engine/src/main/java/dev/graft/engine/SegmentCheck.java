package dev.graft.engine;

import dev.graft.engine.store.ObjectKey;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FooterEntry;
import dev.graft.protocol.frame.Frame;
import dev.graft.protocol.frame.FrameDecoder;
import dev.graft.protocol.frame.FrameKind;
import dev.graft.protocol.frame.Segment;
import dev.graft.protocol.frame.SegmentFooter;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.SegmentEntry;
import dev.graft.protocol.map.Branch;
import dev.graft.protocol.map.Leaf;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads and proves every segment of a volume, one at a time. */
final class SegmentCheck {
  private final VolumeId volume;
  private final PatientStore bulk;
  private final Map<SegmentId, LogCheck.Named> named;
  private final boolean deep;
  private final Findings findings;
  private final Doctor.Count count;

  /** What footers say; kept, for maps are held against it. */
  private final Map<SegmentId, List<FooterEntry>> footers = new HashMap<>();

  SegmentCheck(
      VolumeId volume,
      PatientStore bulk,
      Map<SegmentId, LogCheck.Named> named,
      boolean deep,
      Findings findings,
      Doctor.Count count) {
    this.volume = volume;
    this.bulk = bulk;
    this.named = named;
    this.deep = deep;
    this.findings = findings;
    this.count = count;
  }

  void check(List<ObjectKey> keys) {
    Map<SegmentId, LogCheck.Named> missing = new HashMap<>(named);
    for (ObjectKey key : keys) {
      findings.check(
          key,
          () -> {
            SegmentId id =
                SegmentId.parse(key.value().substring(Keys.segmentsPrefix(volume).length()));
            missing.remove(id);
            // There, whatever it holds: what its maps say of it is told once, here.
            footers.put(id, List.of());
            footers.put(id, footer(key, id).entries());
            return id;
          });
      count.done(1);
    }
    missing.forEach((id, by) ->
        findings.add(Keys.segment(volume, id), "the segment is missing; " + by.by() + " names it"));
  }

  private SegmentFooter footer(ObjectKey key, SegmentId id) {
    byte[] whole =
        bulk.whole(volume, key, Segment.MAX_BYTES)
            .orElseThrow(() -> new GraftException.NotFound(key + " was listed and cannot be read"));
    SegmentFooter footer = Segment.verify(whole, volume, id);
    LogCheck.Named by = named.get(id);
    if (by != null) {
      SegmentEntry entry = by.entry();
      if (entry.lengthBytes() != whole.length || !Hash.sha256(whole).equals(entry.sha256())) {
        throw new GraftException.Corrupt(
            key
                + " is another segment than "
                + by.by()
                + " names: it has "
                + whole.length
                + " bytes and SHA-256 "
                + Hash.sha256(whole)
                + ", and should have "
                + entry.lengthBytes()
                + " and "
                + entry.sha256());
      }
    }
    try (FrameDecoder decoder = new FrameDecoder()) {
      for (FooterEntry entry : footer.entries()) {
        if (deep || entry.kind() != FrameKind.PAGES) {
          open(
              decoder.decode(
                  whole, (int) entry.ref().offsetBytes(), entry.ref().lengthBytes(), entry.ref()));
        }
      }
    }
    return footer;
  }

  private static void open(Frame frame) {
    switch (frame.header().kind()) {
      case LEAF -> Leaf.decode(frame.content());
      case BRANCH -> Branch.decode(frame.content());
      case PAGES, ROOT, SEGMENT_TABLE -> {}
    }
  }

  /**
   * What the footer says of a segment: empty when it could not be read, null when there is no such
   * segment.
   */
  @Nullable List<FooterEntry> entries(SegmentId id) {
    return footers.get(id);
  }
}
