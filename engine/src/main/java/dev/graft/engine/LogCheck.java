package dev.graft.engine;

import dev.graft.engine.store.ObjectKey;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameKind;
import dev.graft.protocol.frame.ObjectNames;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Commit;
import dev.graft.protocol.log.CommitHeader;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.RootPlace;
import dev.graft.protocol.log.SegmentEntry;
import dev.graft.protocol.log.SegmentTable;
import dev.graft.protocol.log.StateRecord;
import dev.graft.protocol.log.VolumeRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads and proves every commit of a volume with its inline frames, and that above the floor they
 * are a chain without gaps.
 */
final class LogCheck {
  private final VolumeRecord record;
  private final StateRecord state;
  private final PatientStore log;
  private final StoredMaps maps;
  private final Findings findings;
  private final Doctor.Count count;
  private final TreeMap<Long, Position> positions = new TreeMap<>();
  private final Map<SegmentId, Named> segments = new HashMap<>();

  /**
   * A segment that must be there.
   *
   * @param by the object that names it
   */
  record Named(ObjectKey by, SegmentEntry entry) {}

  LogCheck(
      VolumeRecord record,
      StateRecord state,
      PatientStore log,
      StoredMaps maps,
      Findings findings,
      Doctor.Count count) {
    this.record = record;
    this.state = state;
    this.log = log;
    this.maps = maps;
    this.findings = findings;
    this.count = count;
  }

  void check(List<ObjectKey> newestFirst) {
    @Nullable CommitHeader above = null;
    for (ObjectKey key : newestFirst) {
      Optional<CommitHeader> header = findings.check(key, () -> commit(key));
      count.done(1);
      if (header.isEmpty()) {
        above = null;
        continue;
      }
      Lsn lsn = header.get().lsn();
      positions.put(lsn.value(), header.get().position());
      if (above != null && lsn.next().equals(above.lsn()) && !lsn.isBefore(state.floor())) {
        follow(key, header.get(), above);
      }
      above = header.get();
      if (lsn.isAfter(state.floor())) {
        segments(key, header.get());
      }
    }
    if (above != null && above.lsn().value() == 1 && !above.base().equals(record.start())) {
      findings.add(
          Keys.commit(record.volume(), above.lsn()),
          "commit 1 does not begin at the volume's record");
    }
    gaps(newestFirst);
  }

  private CommitHeader commit(ObjectKey key) {
    VolumeId volume = record.volume();
    Lsn lsn = new Lsn(Keys.numberOf(key));
    byte[] bytes =
        log.whole(volume, key, CommitLog.MAX_COMMIT_BYTES)
            .orElseThrow(() -> new GraftException.NotFound(key + " was listed and cannot be read"));
    return Commit.decode(ObjectNames.commit(volume, lsn), volume, lsn, bytes).header();
  }

  private void follow(ObjectKey key, CommitHeader header, CommitHeader above) {
    if (!above.base().equals(header.position())) {
      findings.add(
          Keys.commit(record.volume(), above.lsn()),
          "commit "
              + above.lsn()
              + " follows "
              + above.base()
              + ", but there stands "
              + header.position());
    }
    if (above.time().isBefore(header.time())) {
      findings.add(key, "commit " + header.lsn() + " is later than the one after it");
    }
  }

  /** Every LSN from the floor, or 1, up to the newest, and those that are kept. */
  private void gaps(List<ObjectKey> newestFirst) {
    if (newestFirst.isEmpty()) {
      return;
    }
    TreeMap<Long, ObjectKey> there = new TreeMap<>();
    for (ObjectKey key : newestFirst) {
      findings.check(key, () -> Keys.numberOf(key)).ifPresent(lsn -> there.put(lsn, key));
    }
    long first = Math.max(1, state.floor().value());
    for (long lsn = first; !there.isEmpty() && lsn <= there.lastKey(); lsn++) {
      missing(there, lsn);
    }
    for (Lsn kept : state.keptLsns()) {
      if (kept.value() < first) {
        missing(there, kept.value());
      }
    }
  }

  private void missing(TreeMap<Long, ObjectKey> there, long lsn) {
    if (!there.containsKey(lsn)) {
      findings.add(
          Keys.commit(record.volume(), new Lsn(lsn)),
          "commit " + lsn + " is missing, although it is not given up");
    }
  }

  private void segments(ObjectKey key, CommitHeader header) {
    switch (header.segments()) {
      case SegmentTable.Inline(List<SegmentEntry> entries) ->
          entries.forEach(entry -> name(key, entry));
      case SegmentTable.External external -> {
        name(key, external.last());
        findings
            .check(key, () -> table(external))
            .ifPresent(entries -> entries.forEach(entry -> name(key, entry)));
      }
    }
    if (header.root() instanceof RootPlace.InFrame root) {
      findings.check(
          key,
          () ->
              History.opened(
                  root.frame(), root.sha256(), maps.content(root.frame(), FrameKind.ROOT)));
    }
  }

  private List<SegmentEntry> table(SegmentTable.External external) {
    byte[] content = maps.content(external.table(), FrameKind.SEGMENT_TABLE);
    if (!Hash.sha256(content).equals(external.sha256())) {
      throw new GraftException.Corrupt(
          "the segment table at byte "
              + external.table().offsetBytes()
              + " of "
              + Keys.of(external.table().owner())
              + " has another SHA-256 than its commit says");
    }
    return SegmentTable.decodeContent(Keys.of(external.table().owner()).value(), content);
  }

  /** A segment must be there, so long and with this hash. */
  void name(ObjectKey by, SegmentEntry entry) {
    segments.put(entry.id(), new Named(by, entry));
  }

  Map<SegmentId, Named> namedSegments() {
    return segments;
  }

  /** What stands at an LSN; null when there is nothing that could be read. */
  @Nullable Position position(Lsn lsn) {
    return lsn.value() == 0 ? record.start() : positions.get(lsn.value());
  }

  /** The newest commit that could be read. */
  Lsn head() {
    return positions.isEmpty() ? Lsn.ZERO : new Lsn(positions.lastKey());
  }
}
