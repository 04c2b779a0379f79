package dev.graft.engine;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.Segment;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Commit;
import dev.graft.protocol.log.CommitDraft;
import dev.graft.protocol.log.RootPlace;
import dev.graft.protocol.log.SegmentTable;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageCount;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Makes commits that go back to an earlier LSN (rule 5.2): a map that names pages where they lie,
 * and no page.
 */
final class Reverts {
  private final StateLog states;
  private final KeptLsns kept;
  private final SnapshotMaps snapshots;
  private final StoredMaps maps;
  private final PatientStore bulk;
  private final IdSource ids;
  private final Rounds rounds;

  Reverts(
      StateLog states,
      KeptLsns kept,
      SnapshotMaps snapshots,
      StoredMaps maps,
      PatientStore bulk,
      IdSource ids,
      Rounds rounds) {
    this.states = states;
    this.kept = kept;
    this.snapshots = snapshots;
    this.maps = maps;
    this.bulk = bulk;
    this.ids = ids;
    this.rounds = rounds;
  }

  /**
   * Makes the commit and hands it on, while a state record keeps the LSN: what the commit names
   * must not go away before the commit itself names it.
   *
   * @param draft of the commit: its base exists
   * @param to the LSN to go back to
   * @param put takes the commit to the log
   * @throws GraftException.Gone when the LSN lies below the floor
   * @throws GraftException.Misuse when the counts are not those that come of it
   */
  <T> T whileKept(CommitDraft draft, Lsn to, Function<Prepared, T> put) {
    VolumeId volume = draft.volume();
    Lsn base = new Lsn(draft.lsn().value() - 1);
    if (to.isAfter(base)) {
      throw new GraftException.Misuse(
          volume + " cannot go back to commit " + to + " on top of commit " + base);
    }
    if (draft.transactions().size() != 1) {
      throw new GraftException.Misuse("a commit that goes back is one transaction");
    }
    if (to.equals(Lsn.ZERO)) {
      states.refresh(volume);
      return put.apply(prepare(draft, to, base));
    }
    boolean added = kept.keep(volume, to);
    try {
      return put.apply(prepare(draft, to, base));
    } finally {
      if (added) {
        release(volume, to);
      }
    }
  }

  /**
   * What became of the commit counts, whatever refuses this; an LSN that stays kept costs its bytes
   * and nothing else.
   */
  private void release(VolumeId volume, Lsn lsn) {
    try {
      kept.release(volume, lsn);
    } catch (GraftException e) {
      return;
    }
  }

  /** What changed since. Commits below the floor may be missing: all of the base is looked at. */
  private Root since(CommitDraft draft, Lsn to) {
    VolumeId volume = draft.volume();
    boolean trimmed = states.known(volume).filter(state -> to.isBefore(state.floor())).isPresent();
    Lsn base = new Lsn(draft.lsn().value() - 1);
    Root changes = snapshots.between(volume, trimmed ? Lsn.ZERO : to, base);
    return trimmed
        ? new Root(
            changes.count(), PageCount.ZERO, changes.windows(), changes.branches(), changes.hot())
        : changes;
  }

  private Prepared prepare(CommitDraft draft, Lsn to, Lsn base) {
    VolumeId volume = draft.volume();
    Root target = to.equals(Lsn.ZERO) ? Root.empty() : snapshots.between(volume, Lsn.ZERO, to);
    Root changes =
        to.equals(base) ? Root.ofCount(target.count(), target.count()) : since(draft, to);
    Root back = Difference.of(target, changes, maps);
    if (!draft.count().equals(back.count()) || !draft.smallest().equals(back.smallest())) {
      throw new GraftException.Misuse(
          "going back from commit "
              + base
              + " to "
              + to
              + " gives page counts "
              + back.count()
              + " and "
              + back.smallest()
              + ", and the request says "
              + draft.count()
              + " and "
              + draft.smallest());
    }
    Instant now = rounds.now();
    try (NewSegment segment = new NewSegment(volume, draft.pageSize(), ids, now)) {
      RootPlace place = Preparer.place(back, maps, segment);
      Optional<Segment> made = segment.finish();
      Instant notAfter = made.isPresent() ? now.plus(Uploads.NAMED_WITHIN) : Instant.MAX;
      made.ifPresent(
          leaves -> bulk.put(volume, Keys.segment(volume, leaves.id()), leaves.bytes(), notAfter));
      SegmentTable table =
          made.map(Rollups::entry)
              .map(entry -> new SegmentTable.Inline(List.of(entry)))
              .orElse(SegmentTable.Inline.NONE);
      return new Prepared(Commit.of(draft, place, table), notAfter, made);
    }
  }
}
