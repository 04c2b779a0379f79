package dev.graft.engine;

import dev.graft.concurrency.Task;
import dev.graft.engine.store.PutOutcome;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.Segment;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.ChangesOutcome;
import dev.graft.protocol.remote.ChangesRequest;
import dev.graft.protocol.remote.Graft;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Answers what changed since a position (rule 5.4). Safe for use by many threads. */
final class ChangesReader {
  /** The most object reads that an open makes, when rollups and checkpoints are there. */
  static final int OPEN_READS = 72;

  private final Resolver resolver;
  private final StateLog states;
  private final History history;
  private final StoredMaps maps;
  private final OpenAnswer opens;
  private final PatientStore bulk;
  private final IdSource ids;
  private final Rounds rounds;
  private final EngineOptions options;
  private final Upkeep upkeep;

  ChangesReader(
      Resolver resolver,
      StateLog states,
      History history,
      StoredMaps maps,
      FrameReader frames,
      PatientStore bulk,
      IdSource ids,
      Rounds rounds,
      EngineOptions options,
      Upkeep upkeep) {
    this.resolver = resolver;
    this.states = states;
    this.history = history;
    this.maps = maps;
    this.opens = new OpenAnswer(maps, frames);
    this.bulk = bulk;
    this.ids = ids;
    this.rounds = rounds;
    this.options = options;
    this.upkeep = upkeep;
  }

  /** See {@link dev.graft.protocol.remote.Remote#changesSince}. */
  ChangesOutcome answer(ChangesRequest request) {
    return WithState.read(states, request.volume(), () -> tried(request));
  }

  private ChangesOutcome tried(ChangesRequest request) {
    Budget budget =
        new Budget(rounds, rounds.now().plus(options.answerDeadline()), options.maxReads());
    return switch (resolver.resolve(request, budget)) {
      case Resolver.Resolved.Elsewhere(Position actual) ->
          new ChangesOutcome.Diverged(Objects.requireNonNull(request.since()), actual);
      case Resolver.Resolved.Known(Range range) ->
          new ChangesOutcome.Changed(graft(request, range, budget));
    };
  }

  private Graft graft(ChangesRequest request, Range range, Budget budget) {
    if (range.upto().equals(range.from().lsn())) {
      Root nothing = Root.ofCount(range.fromCount(), range.fromCount());
      Position head = resolver.position(request.volume(), range.head());
      return new Graft(
          request.volume(),
          range.pageSize(),
          range.from(),
          range.from(),
          range.fromTime(),
          head,
          nothing,
          List.of(),
          rounds.now());
    }
    return changed(request, range, budget);
  }

  private Graft changed(ChangesRequest request, Range range, Budget budget) {
    VolumeId volume = request.volume();
    Task<Optional<Position>> head =
        rounds.start(
            "head",
            () ->
                range.upto().equals(range.head())
                    ? Optional.empty()
                    : Optional.of(resolver.position(volume, range.head())));
    Cover.Found found = history.read(volume, range.from().lsn(), range.upto(), budget);
    rounds.await(List.of(head));
    Part last = found.parts().getLast();
    Position headAt =
        Rounds.resultOf(head)
            .orElseGet(() ->
                last.last().lsn().equals(range.head())
                    ? last.last()
                    : resolver.position(volume, range.head()));
    upkeep.fill(volume, found.missing());
    Root root = merged(found.parts());
    List<Graft.CarriedFrame> frames = List.of();
    if (request.open()) {
      int left = Math.max(2, OPEN_READS - budget.used());
      root = opens.withLeaves(root, left / 2);
      frames = opens.frames(root, left - left / 2);
    }
    return new Graft(
        volume,
        range.pageSize(),
        range.from(),
        last.last(),
        last.lastTime(),
        headAt,
        fit(volume, range.pageSize(), root),
        frames,
        rounds.now());
  }

  private Root merged(List<Part> parts) {
    List<Root> newestFirst = new ArrayList<>();
    for (Part part : parts) {
      newestFirst.add(part.root());
    }
    Collections.reverse(newestFirst);
    return HotPages.refreshed(history.lay(newestFirst), newestFirst);
  }

  /** What does not fit the answer goes into a segment that it refers to. */
  private Root fit(VolumeId volume, PageSize pageSize, Root root) {
    Instant now = rounds.now();
    try (NewSegment segment = new NewSegment(volume, pageSize, ids, now)) {
      Root fit = new MapFitter(maps).fit(root, segment);
      Optional<Segment> made = segment.finish();
      made.ifPresent(spilled -> put(volume, spilled, now.plus(Uploads.NAMED_WITHIN)));
      return fit;
    }
  }

  private void put(VolumeId volume, Segment segment, Instant notAfter) {
    PutOutcome outcome =
        bulk.put(volume, Keys.segment(volume, segment.id()), segment.bytes(), notAfter);
    // Nobody else knows the id: what stands there was written by an earlier try.
    if (outcome instanceof PutOutcome.TooLate) {
      throw new GraftException.Unavailable(
          "the leaves of an answer could not be written in time; ask again");
    }
  }

  /** What changed after a base, up to the head: what a conflict is answered with. */
  Graft since(VolumeId volume, Position base) {
    ChangesRequest request =
        new ChangesRequest(volume, base, new ChangesRequest.Until.Head(), false);
    return switch (answer(request)) {
      case ChangesOutcome.Changed(Graft graft) -> graft;
      case ChangesOutcome.Diverged diverged ->
          throw new GraftException.Corrupt(
              "commit " + base + " of " + volume + " was proved and is now " + diverged.actual());
    };
  }
}
