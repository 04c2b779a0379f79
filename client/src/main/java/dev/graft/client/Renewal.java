package dev.graft.client;

import dev.graft.client.local.LocalCommit;
import dev.graft.client.local.LocalLog;
import dev.graft.client.local.OpenPush;
import dev.graft.client.write.MapWriter;
import dev.graft.client.write.SegmentSink;
import dev.graft.protocol.frame.FooterEntry;
import dev.graft.protocol.frame.FrameKind;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.SegmentEntry;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.map.LeafLayer;
import dev.graft.protocol.map.LeafPlace;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.map.RootBuilder;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.remote.CommitRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Gives segments of a push whose ids have become too old new ones: their frames go into new
 * segments as they are. Those that are in the store and young enough stay.
 */
final class Renewal {
  private final Line line;
  private final ServerClock clock;

  Renewal(Line line, ServerClock clock) {
    this.line = line;
    this.clock = clock;
  }

  /**
   * The same push with new segments, remembered in the place of the old one.
   *
   * @param sinks gives a sink that keeps segments here and lists them
   */
  OpenPush renew(OpenPush push, BiFunction<VolumeId, List<SegmentEntry>, SegmentSink> sinks) {
    CommitRequest old = push.request();
    LocalLog log = line.log();
    List<LocalCommit> pending = line.alone(line::pending);
    OpenPush known = Objects.requireNonNull(line.alone(log::push));
    List<SegmentEntry> kept = new ArrayList<>();
    List<SegmentEntry> made = new ArrayList<>();
    RootBuilder map = Root.builder(old.count(), old.smallest());
    CommitRequest.Content.Segments content;
    try (SegmentSink sink = sinks.apply(old.volume(), made)) {
      for (SegmentEntry entry : known.segments()) {
        boolean stays =
            known.uploaded().contains(entry.id()) && Freshness.mayName(entry.id(), clock.instant());
        boolean anyPage = false;
        for (FooterEntry frame : log.footer(old.volume(), entry.id()).entries()) {
          if (frame.kind() == FrameKind.PAGES) {
            anyPage = true;
            FrameRef ref =
                stays ? frame.ref() : sink.addFrame(log.frameBytes(entry.id(), frame.ref()));
            map.addFrame(ref, frame.hot(), frame.pages());
          }
        }
        if (stays && anyPage) {
          kept.add(entry);
        }
      }
      Root sum = Objects.requireNonNull(Deltas.sum(pending.subList(0, known.transactions())));
      map.clear(cleared(sum));
      content = new MapWriter(sink, kept).finish(map.build());
    }
    CommitRequest request =
        new CommitRequest(
            old.volume(),
            old.base(),
            old.snapshot(),
            old.count(),
            old.smallest(),
            old.transactions(),
            content);
    List<SegmentEntry> all = new ArrayList<>(kept);
    all.addAll(made);
    Set<SegmentId> uploaded = new HashSet<>();
    kept.forEach(entry -> uploaded.add(entry.id()));
    return line.alone(() -> {
      OpenPush renewed = log.begin(known.transactions(), request, all, uploaded);
      List<SegmentId> left = new ArrayList<>();
      known.segments().forEach(entry -> left.add(entry.id()));
      left.removeAll(uploaded);
      log.frames().release(left);
      return renewed;
    });
  }

  private static PageSet cleared(Root sum) {
    PageSet cleared = PageSet.empty();
    for (List<LeafLayer> layers : sum.windows().values()) {
      for (LeafLayer layer : layers) {
        if (layer.place() instanceof LeafPlace.Inline(Leaf leaf)) {
          cleared = cleared.union(leaf.cleared());
        }
      }
    }
    return cleared.cut(sum.smallest().value());
  }
}
