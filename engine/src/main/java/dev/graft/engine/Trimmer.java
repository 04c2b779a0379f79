package dev.graft.engine;

import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.CommitHeader;
import dev.graft.protocol.log.RootPlace;
import dev.graft.protocol.log.StateRecord;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.map.LeafLayer;
import dev.graft.protocol.map.LeafPlace;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Removes commits below the floor (rule 4.11): only those that no map names which can still be
 * asked for, or which readers were told of in the last 24 hours. Each removal stands for itself: it
 * may end at any point and be begun again, by several at once.
 */
final class Trimmer {
  /** What superseded a place is at least that old before the place goes (rule 4.11). */
  static final Duration GRACE = Duration.ofHours(24);

  private static final int LISTED_AT_ONCE = 1_000;

  private final StateLog states;
  private final Roots roots;
  private final Pins pins;
  private final CommitLog commits;
  private final PatientStore log;
  private final StoredMaps maps;
  private final Rounds rounds;

  Trimmer(
      StateLog states,
      Roots roots,
      Pins pins,
      CommitLog commits,
      PatientStore log,
      StoredMaps maps,
      Rounds rounds) {
    this.states = states;
    this.roots = roots;
    this.pins = pins;
    this.commits = commits;
    this.log = log;
    this.maps = maps;
    this.rounds = rounds;
  }

  /**
   * What one pass came to.
   *
   * @param trimmed commits that were removed
   * @param places commits below the floor that stay, because they hold pages in use
   * @param waitsFor forks that were begun and not finished: nothing was removed
   */
  record Outcome(long trimmed, long places, List<VolumeId> waitsFor) {
    static final Outcome NOTHING = new Outcome(0, 0, List.of());

    private Outcome plus(long moreTrimmed, long morePlaces) {
      return new Outcome(trimmed + moreTrimmed, places + morePlaces, waitsFor);
    }
  }

  /**
   * Removes what the newest state gives up. On a store that does not list in order, nothing: what
   * is there to remove, and which forks need it, cannot be told.
   */
  Outcome trim(VolumeId volume) {
    List<StateRecord> records = states.newestSince(volume, rounds.now().minus(GRACE));
    if (records.isEmpty() || !log.store().listsInOrder() || !pins.canTell()) {
      return Outcome.NOTHING;
    }
    StateRecord newest = records.getFirst();
    // Below the floor in key order, since keys are complements.
    String from = Keys.commit(volume, newest.floor()).value();
    List<Lsn> page = below(newest, from);
    if (page.isEmpty()) {
      return Outcome.NOTHING;
    }
    // Pins are listed after the state was read: a fork that this does not see will see the floor.
    Pins.Needs pinned = pins.needs(volume, true);
    if (!pinned.unfinished().isEmpty()) {
      return new Outcome(0, 0, pinned.unfinished());
    }
    Reach reach = new Reach(volume, maps, rounds.now().minus(GRACE));
    roots.addKept(reach, records);
    pinned.roots().forEach(reach::add);
    PageSet moved = reach.pagesInYoungSegments();
    roots.addCommitsAbove(reach, newest);
    Outcome outcome = Outcome.NOTHING;
    while (!page.isEmpty()) {
      outcome = trim(volume, page, reach, moved, outcome);
      page = below(newest, Keys.commit(volume, page.getLast()).value());
    }
    return outcome;
  }

  private Outcome trim(
      VolumeId volume, List<Lsn> page, Reach reach, PageSet moved, Outcome before) {
    List<Lsn> gone = new ArrayList<>();
    for (Lsn lsn : page) {
      if (!reach.names(new FrameOwner.InCommit(volume, lsn))) {
        gone.add(lsn);
      }
    }
    if (!moved.isEmpty()) {
      List<Boolean> held =
          rounds.each(
              "trim",
              gone,
              lsn -> commits.find(volume, lsn).isPresent() && holds(volume, lsn, moved));
      List<Lsn> rest = new ArrayList<>();
      for (int i = 0; i < gone.size(); i++) {
        if (!held.get(i)) {
          rest.add(gone.get(i));
        }
      }
      gone = rest;
    }
    rounds.each(
        "trim",
        gone,
        lsn -> {
          log.delete(Keys.commit(volume, lsn));
          return lsn;
        });
    return before.plus(gone.size(), page.size() - gone.size());
  }

  /** Whether a commit has one of these pages in itself. */
  private boolean holds(VolumeId volume, Lsn lsn, PageSet pages) {
    Optional<CommitHeader> header = commits.find(volume, lsn).map(StoredCommit::header);
    if (header.isEmpty() || !(header.get().root() instanceof RootPlace.Inline(Root root))) {
      return false;
    }
    for (List<LeafLayer> layers : root.windows().values()) {
      for (LeafLayer layer : layers) {
        if (layer.place() instanceof LeafPlace.Inline(Leaf leaf)
            && !leaf.live().intersection(pages).isEmpty()) {
          return true;
        }
      }
    }
    return false;
  }

  /** Commits that stand below the floor and are not kept, newest first. */
  private List<Lsn> below(StateRecord state, String startAfter) {
    ObjectStore store = log.store();
    List<Lsn> found = new ArrayList<>();
    String after = startAfter;
    while (found.isEmpty()) {
      List<ObjectKey> keys = store.list(Keys.logPrefix(state.volume()), after, LISTED_AT_ONCE);
      if (keys.isEmpty()) {
        break;
      }
      for (ObjectKey key : keys) {
        Lsn lsn = new Lsn(Keys.numberOf(key));
        if (!state.keeps(lsn)) {
          found.add(lsn);
        }
      }
      after = keys.getLast().value();
    }
    return found;
  }
}
