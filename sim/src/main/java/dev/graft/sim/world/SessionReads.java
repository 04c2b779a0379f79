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
  private final ClientThread thread;
  private final World world;
  private final Recorder recorder;

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
      try (Snapshot snapshot = thread.replica().snapshot()) {
        long moves = watch.moves();
        Consumer<Map<Long, String>> look = pages -> watch.read(world, thread.name(), moves, pages);
        return read(snapshot, thread.names(snapshot), reading, "current", look);
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
    try (Snapshot snapshot = world.patiently(() -> thread.replica().at(new Lsn(lsn)))) {
      return Optional.of(read(snapshot, reading, kind));
    } catch (GraftException.Gone e) {
      return Optional.empty();
    }
  }

  /** Reads the snapshot that was the head when the world had an age; nothing when there is none. */
  <T> Optional<T> at(Duration age, Function<Pages, T> reading) {
    return thread.untilDone(() -> atOnce(age, reading));
  }

  private <T> Optional<T> atOnce(Duration age, Function<Pages, T> reading) {
    long began = recorder.now();
    Instant then = SimConcurrency.START.plusMillis(age.toMillis());
    try (Snapshot snapshot = world.patiently(() -> thread.replica().at(then))) {
      dated(began, then, snapshot.position().lsn().value());
      return Optional.of(read(snapshot, reading, "past"));
    } catch (GraftException.NotFound e) {
      dated(began, then, 0);
    } catch (GraftException.Gone | GraftException.Unavailable | GraftException.Corrupt e) {
      world.sim().note("not read: " + e.getMessage());
    }
    return Optional.empty();
  }

  private void dated(long began, Instant then, long lsn) {
    long asked = then.toEpochMilli() * 1_000_000;
    String volume = thread.volume().toString();
    recorder.add(new Event.Dated(recorder.now(), thread.name(), volume, began, asked, lsn));
  }

  /** Reads a snapshot that is held for long. */
  <T> T held(Snapshot snapshot, List<String> pending, Function<Pages, T> reading) {
    return read(snapshot, pending, reading, "past", pages -> {});
  }

  private <T> T read(Snapshot snapshot, Function<Pages, T> reading, String kind) {
    return read(snapshot, thread.names(snapshot), reading, kind, pages -> {});
  }

  private <T> T read(
      Snapshot snapshot,
      List<String> names,
      Function<Pages, T> reading,
      String kind,
      Consumer<Map<Long, String>> look) {
    long began = recorder.now();
    RecordedSnapshot pages = new RecordedSnapshot(world, snapshot, names);
    T result = reading.apply(pages);
    look.accept(pages.reads());
    if (kind.equals("whole")) {
      pages.reads().values().removeIf(Event.ZEROS::equals);
    }
    String volume = thread.volume().toString();
    recorder.add(
        new Event.Read(
            recorder.now(), thread.name(), volume, began, pages.view(), pages.reads(), kind));
    return result;
  }

  /** Another program has read through the replica of a process. */
  void watched(String process, long began, View view, Map<Long, String> reads) {
    String volume = thread.volume().toString();
    recorder.add(new Event.Read(recorder.now(), process, volume, began, view, reads, "current"));
  }
}
