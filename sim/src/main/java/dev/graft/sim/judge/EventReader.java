package dev.graft.sim.judge;

import java.util.Set;

/** Reads events from lines of JSON. */
public final class EventReader {
  /** What reads can be. */
  private static final Set<String> KINDS = Set.of("current", "past", "whole");

  /** What can be done when others come first. */
  private static final Set<String> POLICIES = Set.of("reject", "merge", "replay", "again", "fork");

  private EventReader() {}

  /**
   * Reads one line.
   *
   * @throws IllegalArgumentException when it is no event; the message says why
   */
  public static Event event(String line) {
    Fields in = Fields.of(line);
    long time = in.number("time", -1);
    String kind = in.text("event");
    return switch (kind) {
      case "told" ->
          new Event.Told(
              time,
              in.number("call", 0),
              in.one("outcome", Event.Outcome.class),
              in.number("lsn", 0));
      case "read" ->
          new Event.Read(
              time,
              in.text("session"),
              in.text("volume"),
              in.number("began", -1),
              in.view(),
              in.pages("reads"),
              in.one("kind", KINDS),
              in.numberOr("asked", -1));
      case "dated" ->
          new Event.Dated(
              time,
              in.text("session"),
              in.text("volume"),
              in.number("began", -1),
              in.number("asked", -1),
              in.number("lsn", 0));
      case "retain" ->
          new Event.Retain(
              time,
              in.text("volume"),
              in.numberOfTwo("below", "age"),
              in.numberOfTwo("age", "below"));
      case "gone" ->
          new Event.Gone(
              time,
              in.text("session"),
              in.text("volume"),
              in.numberOfTwo("lsn", "asked"),
              in.numberOfTwo("asked", "lsn"));
      case "discarded" -> new Event.Discarded(time, in.text("client"), in.names("transactions"));
      case "standing" ->
          new Event.Standing(
              time,
              in.text("session"),
              in.text("client"),
              in.text("volume"),
              in.number("lsn", 0),
              in.names("pending"));
      case "shown" ->
          new Event.Shown(
              time,
              in.text("process"),
              in.text("connection"),
              in.text("volume"),
              in.number("number", 0),
              in.view());
      case "claim" -> new Event.Claim(time, in.truth("holds"), in.text("sentence"));
      case "logged" ->
          new Event.Logged(
              time,
              in.text("volume"),
              in.number("lsn", 0),
              in.names("transactions"),
              in.number("count", -1),
              in.number("commitTime", -1),
              in.number("oldestSegment", -1),
              in.number("revertTo", -1));
      case "origin" ->
          new Event.Origin(time, in.text("volume"), in.text("parent"), in.number("lsn", 0));
      default -> call(kind, time, in);
    };
  }

  private static Event call(String kind, long time, Fields in) {
    long call = in.number("call", 0);
    String session = in.text("session");
    String volume = in.text("volume");
    return switch (kind) {
      case "commit" ->
          new Event.Commit(
              time,
              call,
              session,
              in.text("client"),
              volume,
              in.text("transaction"),
              in.text("work"),
              in.number("began", -1),
              in.view(),
              in.pages("reads"),
              in.numbersOrNull("readSet"),
              in.pages("writes"),
              in.number("count", 0),
              in.number("smallest", 0),
              in.one("durability", Event.Durability.class),
              in.one("policy", POLICIES));
      case "pull" -> new Event.Pull(time, call, session, volume);
      case "push" ->
          new Event.Push(
              time, call, session, volume, in.names("transactions"), in.one("policy", POLICIES));
      case "revert" ->
          new Event.Revert(
              time, call, session, volume, in.text("transaction"), in.view(), in.number("to", 0));
      case "fork" ->
          new Event.Fork(time, call, session, volume, in.number("lsn", 0), in.text("child"));
      default -> throw new IllegalArgumentException("no event is called '" + kind + "'");
    };
  }
}
