package dev.graft.engine;

import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.protocol.frame.FooterEntry;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Pin;
import dev.graft.protocol.log.StateRecord;
import dev.graft.protocol.log.VolumeRecord;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageSet;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Holds all maps that can be asked for against the frames that they name. */
final class MapCheck {
  private final VolumeRecord record;
  private final StateRecord state;
  private final History history;
  private final StoredMaps maps;
  private final Roots roots;
  private final PatientStore bulk;
  private final LogCheck commits;
  private final SegmentCheck segments;
  private final Findings findings;

  /** Objects of other volumes that were looked for. */
  private final Set<ObjectKey> seen = new HashSet<>();

  MapCheck(
      VolumeRecord record,
      StateRecord state,
      History history,
      StoredMaps maps,
      Roots roots,
      PatientStore bulk,
      LogCheck commits,
      SegmentCheck segments,
      Findings findings) {
    this.record = record;
    this.state = state;
    this.history = history;
    this.maps = maps;
    this.roots = roots;
    this.bulk = bulk;
    this.commits = commits;
    this.segments = segments;
    this.findings = findings;
  }

  void check(List<ObjectKey> derivedKeys, List<ObjectKey> pinKeys) {
    VolumeId volume = record.volume();
    for (StateRecord.KeptCheckpoint checkpoint : state.checkpoints()) {
      ObjectKey key = Keys.checkpoint(volume, checkpoint.id());
      of(key, () -> history.checkpoint(volume, checkpoint).root());
    }
    findings.check(
        Keys.commit(volume, state.floor()),
        () -> {
          roots.commitsAbove(
              state, header -> of(Keys.commit(volume, header.lsn()), () -> history.root(header)));
          return true;
        });
    for (ObjectKey key : derivedKeys) {
      Keys.blockOf(volume, state.generation(), key)
          .filter(block -> block.first().isAfter(state.floor()))
          .ifPresent(block ->
              of(key, () -> history.part(volume, state.generation(), block).orElseThrow().root()));
    }
    for (ObjectKey key : pinKeys) {
      findings.check(key, () -> pin(key));
    }
  }

  /** What a fork of this volume began with names frames of it, too. */
  private boolean pin(ObjectKey key) {
    VolumeId volume = record.volume();
    VolumeId child = VolumeId.parse(key.value().substring(Keys.pinPrefix(volume).length()));
    bulk.whole(volume, key, 4096)
        .map(bytes -> Pin.decode(key.value(), volume, child, bytes))
        .flatMap(pin -> history.checkpointObject(child, pin.checkpoint()))
        .ifPresent(begun -> of(key, begun::root));
    return true;
  }

  private void of(ObjectKey key, Supplier<Root> root) {
    Reach reach = new Reach(record.volume(), maps, Instant.MAX, leaf -> leaf(key, leaf));
    findings.check(
        key,
        () -> {
          reach.add(root.get());
          return true;
        });
  }

  private void leaf(ObjectKey key, Leaf leaf) {
    for (int ordinal = 0; ordinal < leaf.frameCount(); ordinal++) {
      FrameRef ref = leaf.frame(ordinal);
      switch (ref.owner()) {
        case FrameOwner.InSegment(VolumeId of, SegmentId id) when of.equals(record.volume()) ->
            inSegment(key, ref, id, leaf.live(ordinal));
        case FrameOwner.InCommit(VolumeId of, Lsn lsn) when of.equals(record.volume()) -> {
          if (commits.position(lsn) == null) {
            findings.add(
                Keys.commit(of, lsn),
                "commit "
                    + lsn
                    + " holds pages that "
                    + key
                    + " names, and it is missing or damaged");
          }
        }
        case FrameOwner other -> elsewhere(key, other);
      }
    }
  }

  private void inSegment(ObjectKey key, FrameRef ref, SegmentId id, PageSet live) {
    List<FooterEntry> entries = segments.entries(id);
    if (entries == null) {
      findings.add(
          Keys.segment(record.volume(), id),
          "the segment is missing; the map of " + key + " names it");
      return;
    }
    if (entries.isEmpty()) {
      return; // It is damaged, and that was told.
    }
    FooterEntry entry = ref.number() < entries.size() ? entries.get(ref.number()) : null;
    if (entry == null || !entry.ref().equals(ref)) {
      findings.add(key, "its map names " + ref + ", which is not in the footer of that segment");
    } else if (!live.difference(entry.pages()).isEmpty()) {
      findings.add(
          key,
          "its map says that pages "
              + live.difference(entry.pages())
              + " are in "
              + ref
              + ", which does not hold them");
    }
  }

  /** An object of a volume that this one was forked from. */
  private void elsewhere(ObjectKey by, FrameOwner owner) {
    ObjectKey key = Keys.of(owner);
    if (seen.add(key) && bulk.get(owner.volume(), key, 0, 0) instanceof GetOutcome.Missing) {
      findings.add(key, "it is missing; the map of " + by + " names it");
    }
  }
}
