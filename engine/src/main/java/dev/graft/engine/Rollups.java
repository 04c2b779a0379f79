package dev.graft.engine;

import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.PutOutcome;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.Segment;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Rollup;
import dev.graft.protocol.log.SegmentEntry;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageSize;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Makes rollups and their packs (rule 4.9). */
final class Rollups {
  private final History history;
  private final StoredMaps maps;
  private final Packer packer;
  private final PatientStore bulk;
  private final IdSource ids;
  private final Rounds rounds;

  Rollups(
      History history,
      StoredMaps maps,
      FrameReader frames,
      PatientStore bulk,
      IdSource ids,
      Rounds rounds) {
    this.history = history;
    this.maps = maps;
    this.packer = new Packer(frames);
    this.bulk = bulk;
    this.ids = ids;
    this.rounds = rounds;
  }

  /**
   * Makes the rollup of a block whose commits all exist, unless one is there.
   *
   * @return whether there is one now; not so when a rollup beneath it is missing
   */
  boolean make(VolumeId volume, PageSize pageSize, int generation, Block block) {
    List<Part> parts = new ArrayList<>();
    List<Optional<Part>> found =
        rounds.each(
            "roll up",
            block.children(),
            child -> history.partWithFrames(volume, generation, child));
    for (Optional<Part> part : found) {
      if (part.isEmpty()) {
        return false;
      }
      parts.add(part.get());
    }
    Instant now = rounds.now();
    try (NewSegment segment = new NewSegment(volume, pageSize, ids, now)) {
      Root root = packed(parts, pageSize, segment);
      Optional<Segment> pack = segment.finish();
      write(volume, generation, block, parts, root, pack, now.plus(Uploads.NAMED_WITHIN));
    }
    return true;
  }

  private Root packed(List<Part> parts, PageSize pageSize, NewSegment segment) {
    List<Root> newestFirst = new ArrayList<>();
    for (Part part : parts.reversed()) {
      newestFirst.add(part.root());
    }
    Root laid = history.lay(newestFirst);
    Root merged = maps.folded(laid, laid::needsFold);
    newestFirst.add(merged);
    Root packed = HotPages.refreshed(packer.pack(merged, pageSize, segment), newestFirst);
    return new MapFitter(maps).fit(packed, segment);
  }

  private void write(
      VolumeId volume,
      int generation,
      Block block,
      List<Part> parts,
      Root root,
      Optional<Segment> pack,
      Instant notAfter) {
    // The pack before the rollup that names it.
    pack.ifPresent(
        made -> bulk.put(volume, Keys.segment(volume, made.id()), made.bytes(), notAfter));
    Rollup rollup =
        new Rollup(
            volume,
            generation,
            block.level(),
            block.index(),
            parts.getFirst().first(),
            parts.getFirst().firstTime(),
            parts.getLast().last(),
            parts.getLast().lastTime(),
            root,
            pack.map(Rollups::entry).orElse(null));
    ObjectKey key = Keys.rollup(volume, generation, block);
    byte[] bytes = rollup.encode();
    switch (bulk.put(volume, key, bytes, notAfter)) {
      case PutOutcome.Created() -> history.remember(key, rollup, bytes.length);
      // Too late says nothing of an earlier try of this very put, which may have landed.
      case PutOutcome.AlreadyExists _, PutOutcome.TooLate _ -> {
        if (isLost(key, rollup)) {
          drop(volume, pack);
        }
      }
      // PatientStore.put never answers so; were it to, the pack may be named and stays.
      case PutOutcome.Unknown unknown -> {}
    }
  }

  /**
   * Whether another's rollup stands in the place of this one, or none and none will.
   *
   * @throws GraftException.Corrupt when what stands there cannot be proved: then the pack may be
   *     named by it and stays
   */
  private boolean isLost(ObjectKey key, Rollup mine) {
    return bulk.whole(mine.volume(), key, History.MAX_OBJECT_BYTES)
        .map(bytes ->
            Rollup.decode(
                key.value(), mine.volume(), mine.generation(), mine.level(), mine.index(), bytes))
        .map(there -> !Objects.equals(there.pack(), mine.pack()))
        .orElse(true);
  }

  /** Nobody else knows the pack's id: who lost the rollup's put removes its own pack at once. */
  private void drop(VolumeId volume, Optional<Segment> pack) {
    pack.ifPresent(made -> bulk.delete(Keys.segment(volume, made.id())));
  }

  static SegmentEntry entry(Segment segment) {
    return new SegmentEntry(segment.id(), segment.bytes().length, segment.sha256());
  }
}
