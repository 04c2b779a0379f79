package dev.graft.engine;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.StateRecord;
import java.time.Instant;
import java.util.Optional;

/**
 * Finds the newest commit of a volume, also where commits below the floor are gone (rule 5.4). A
 * listing always tells it. A look at single places does so only from a commit that was the head not
 * long ago, for a place may also be empty because its commit was given up; otherwise the state says
 * which of the two it is.
 */
final class NewestCommit {
  /** The floor rises at most once in a retention: more rounds mean that something is wrong. */
  private static final int MAX_ROUNDS = 8;

  private final CommitLog commits;
  private final StateLog states;
  private final Heads heads;
  private final HeadFinder finder;
  private final Rounds rounds;

  NewestCommit(CommitLog commits, StateLog states, Heads heads, HeadFinder finder, Rounds rounds) {
    this.commits = commits;
    this.states = states;
    this.heads = heads;
    this.finder = finder;
    this.rounds = rounds;
  }

  /** The newest commit that was seen, when the place above it can be trusted; else 0. */
  Lsn seen(VolumeId volume) {
    return heads.seen(volume, rounds.now());
  }

  /** Nothing was above the commit, and that could be trusted. */
  void stillHead(VolumeId volume, Lsn lsn, Instant lookedAt) {
    heads.saw(volume, lsn, lookedAt);
  }

  /** Whether the commit exists; what is read for it is kept. */
  boolean exists(VolumeId volume, long lsn) {
    return commits.find(volume, new Lsn(lsn)).isPresent();
  }

  /**
   * The newest commit at some instant of this call; 0 when there is none.
   *
   * @param known a commit that exists, or 0
   */
  Lsn find(VolumeId volume, Lsn known) {
    Instant start = rounds.now();
    Lsn head =
        finder.lists()
            ? new Lsn(
                finder.find(Keys.logPrefix(volume), known.value(), lsn -> exists(volume, lsn)))
            : gallop(volume, known);
    heads.saw(volume, head, start);
    return head;
  }

  /**
   * As {@link #find}, also of a volume whose log was ended: then the place of the end.
   *
   * @param known a commit that exists, or 0
   */
  Lsn findTaken(VolumeId volume, Lsn known) {
    return new Lsn(
        finder.find(
            Keys.logPrefix(volume),
            known.value(),
            lsn -> commits.endsAt(volume, new Lsn(lsn)) || exists(volume, lsn)));
  }

  private Lsn gallop(VolumeId volume, Lsn known) {
    Lsn from = known;
    for (int round = 0; round < MAX_ROUNDS; round++) {
      Lsn head = new Lsn(finder.gallop(from.value(), lsn -> exists(volume, lsn)));
      if (isYoung(volume, head)) {
        return head;
      }
      // Read after the look: what was given up by then is below the floor that stands here.
      Optional<StateRecord> state = states.newest(volume);
      Lsn floor = state.map(StateRecord::floor).orElse(Lsn.ZERO);
      if (!floor.isAfter(head)) {
        return head;
      }
      from = floor;
    }
    throw new GraftException.Unavailable(
        "the floor of " + volume + " rose " + MAX_ROUNDS + " times during one look at its log");
  }

  private boolean isYoung(VolumeId volume, Lsn lsn) {
    return commits
        .find(volume, lsn)
        .filter(commit -> Heads.isTrusted(commit.header().time(), rounds.now()))
        .isPresent();
  }
}
