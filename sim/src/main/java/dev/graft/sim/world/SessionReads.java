package dev.graft.sim.world;

import dev.graft.client.Snapshot;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.sim.SimConcurrency;
import dev.graft.sim.judge.Event;
import dev.graft.sim.judge.View;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** What a session reads outside any transaction: of now, of the past, and of what it holds. */
final class SessionReads {
  /** No LSN was asked for. */
  private static final long NOT_ASKED = -1;

  private final ClientThread thread;
  private final World world;
  private final Recorder recorder;

  /** A pinned snapshot, and what histories say of it: see {@link Event.Read}. */
  private record Pin(
      Snapshot snapshot, List<String> pending, long began, String kind, long asked) {}

  SessionReads(ClientThread thread) {
    this.thread = thread;
    this.world = thread.world();
    this.recorder = thread.recorder();
  }

  /** Reads the snapshot that the replica stands on. */
  <T> T now(Function<Pages, T> reading) {
    return thread.untilDone(() -> {
      thread.settle();
      MoveWatch watch = thread.life().watch();
      long began = recorder.now();
      try (Snapshot snapshot = thread.replica().snapshot()) {
        long moves = watch.moves();
        Consumer<Map<Long, String>> look = pages -> watch.read(world, thread.name(), moves, pages);
        Pin pin = new Pin(snapshot, thread.names(snapshot), began, "current", NOT_ASKED);
        return read(pin, reading, look);
      }
    });
  }

  /** Reads a snapshot of the past; nothing when it is gone. */
  <T> Optional<T> past(long lsn, Function<Pages, T> reading) {
    return past(lsn, reading, "past");
  }

  /** All pages of a snapshot of the past, and one beyond its end. */
  void whole(long lsn) {
    past(
        lsn,
        pages -> {
          for (long page = 1; page <= pages.count() + 1; page++) {
            pages.read(page);
          }
          return true;
        },
        "whole");
  }

  private <T> Optional<T> past(long lsn, Function<Pages, T> reading, String kind) {
    return thread.untilDone(() -> pastOnce(lsn, reading, kind));
  }

  private <T> Optional<T> pastOnce(long lsn, Function<Pages, T> reading, String kind) {
    long began = recorder.now();
    try (Snapshot snapshot = thread.unlessGone(lsn, () -> pinned(lsn))) {
      Pin pin = new Pin(snapshot, thread.names(snapshot), began, kind, lsn);
      return Optional.of(read(pin, reading, pages -> {}));
    } catch (GraftException.Gone e) {
      return Optional.empty();
    }
  }

  private Snapshot pinned(long lsn) {
    return world.patiently(() -> thread.replica().at(new Lsn(lsn)));
  }

  /** Reads the snapshot that was the head when the world had an age; nothing when there is none. */
  <T> Optional<T> at(Duration age, Function<Pages, T> reading) {
    return thread.untilDone(() -> atOnce(age, reading));
  }

  private <T> Optional<T> atOnce(Duration age, Function<Pages, T> reading) {
    long began = recorder.now();
    Instant then = SimConcurrency.START.plusMillis(age.toMillis());
    try (Snapshot snapshot = pinned(then)) {
      dated(began, then, snapshot.position().lsn().value());
      return Optional.of(held(snapshot, thread.names(snapshot), began, reading));
    } catch (GraftException.NotFound e) {
      dated(began, then, 0);
    } catch (GraftException.Gone | GraftException.Unavailable | GraftException.Corrupt e) {
      world.sim().note("not read: " + e.getMessage());
    }
    return Optional.empty();
  }

  private Snapshot pinned(Instant then) {
    try {
      return world.patiently(() -> thread.replica().at(then));
    } catch (GraftException.Gone e) {
      String volume = thread.volume().toString();
      recorder.add(new Event.Gone(recorder.now(), thread.name(), volume, -1, told(then)));
      throw e;
    }
  }

  /** As commits carry times. */
  private static long told(Instant then) {
    return then.toEpochMilli() * 1_000_000;
  }

  private void dated(long began, Instant then, long lsn) {
    long asked = told(then);
    String volume = thread.volume().toString();
    recorder.add(new Event.Dated(recorder.now(), thread.name(), volume, began, asked, lsn));
  }

  /**
   * Reads a snapshot that need not be of now, and was not asked for by its LSN.
   *
   * @param pending the local transactions that it shows
   * @param began when it was about to be pinned
   */
  <T> T held(Snapshot snapshot, List<String> pending, long began, Function<Pages, T> reading) {
    return read(new Pin(snapshot, pending, began, "past", NOT_ASKED), reading, pages -> {});
  }

  private <T> T read(Pin pin, Function<Pages, T> reading, Consumer<Map<Long, String>> look) {
    RecordedSnapshot pages = new RecordedSnapshot(world, pin.snapshot, pin.pending);
    long lsn = pin.snapshot.position().lsn().value();
    T result = thread.unlessGone(lsn, () -> reading.apply(pages));
    look.accept(pages.reads());
    if (pin.kind.equals("whole")) {
      pages.reads().values().removeIf(Event.ZEROS::equals);
    }
    wrote(thread.name(), pin.began, pages.view(), pages.reads(), pin.kind, pin.asked);
    return result;
  }

  private void wrote(
      String session, long began, View view, Map<Long, String> reads, String kind, long asked) {
    String volume = thread.volume().toString();
    recorder.add(new Event.Read(recorder.now(), session, volume, began, view, reads, kind, asked));
  }

  /** Another program has read through the replica of a process. */
  void watched(String process, long began, View view, Map<Long, String> reads) {
    wrote(process, began, view, reads, "current", NOT_ASKED);
  }
}
