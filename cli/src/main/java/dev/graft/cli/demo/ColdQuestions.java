package dev.graft.cli.demo;

import dev.graft.cli.Failure;
import dev.graft.cli.demo.Question.Picked;
import dev.graft.client.Snapshot;
import dev.graft.client.count.Counts;
import dev.graft.protocol.id.VolumeId;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Asks questions of replicas that have nothing, each of a new one, and compares the answers with
 * those of plain SQLite on the file.
 */
final class ColdQuestions {
  private final Place place;
  private final VolumeId volume;
  private final Connection plain;
  private final Figures figures;
  private final Narrator narrator;
  private long pages;

  ColdQuestions(
      Place place, VolumeId volume, Connection plain, Figures figures, Narrator narrator) {
    this.place = place;
    this.volume = volume;
    this.plain = plain;
    this.figures = figures;
    this.narrator = narrator;
  }

  /** Opens a replica and asks nothing. */
  void open() throws IOException {
    long began = System.nanoTime();
    try (ColdReplica cold = ColdReplica.open(place, volume, false);
        Snapshot snapshot = cold.replica().snapshot()) {
      long nanos = System.nanoTime() - began;
      Counts counts = cold.counts();
      pages = snapshot.pageCount().value();
      figures.set("open.requests", counts.requests());
      figures.set("open.rounds", counts.rounds());
      figures.set("open.bytes", counts.bytesIn());
      figures.set("open.objectReads", cold.objectReads());
      figures.set("open.milliseconds", Narrator.millis(nanos));
      narrator.say(
          "It opens with %s and %s, in %d ms (%s of the store), and knows where each of %,d pages"
              + " lies.",
          Narrator.count(counts.requests(), "request"),
          Narrator.bytes(counts.bytesIn()),
          Narrator.millis(nanos),
          Narrator.count(cold.objectReads(), "read"),
          pages);
    }
  }

  /** Asks one question, first with the hot pages fetched in one go, then without. */
  void ask(String name, Picked picked) throws IOException, SQLException {
    switch (picked) {
      case Picked.None(String reason) -> {
        for (String figure :
            new String[] {
              ".rounds",
              ".requests",
              ".bytes",
              ".pages",
              ".milliseconds",
              ".roundsWithoutHotPack",
              ".bytesWithoutHotPack"
            }) {
          figures.missing(name + figure, reason);
        }
        narrator.aside("No %s question: %s.", name, reason);
      }
      case Picked.Asked(Question question) -> ask(name, question);
    }
  }

  private void ask(String name, Question question) throws IOException, SQLException {
    narrator.say("%s", question.words());
    narrator.aside("%s   %s", question.sql(), question.arguments());
    Answer expected = Answer.of(plain, question);
    long began = System.nanoTime();
    try (ColdReplica cold = ColdReplica.open(place, volume, true);
        Connection db = cold.connect()) {
      Answer answer = Answer.of(db, question);
      long nanos = System.nanoTime() - began;
      compare(name, expected, answer);
      Counts counts = cold.counts();
      figures.set(name + ".rounds", counts.rounds());
      figures.set(name + ".requests", counts.requests());
      figures.set(name + ".bytes", counts.bytesIn());
      figures.set(name + ".pages", cold.pagesHere());
      figures.set(name + ".milliseconds", Narrator.millis(nanos));
      narrator.well(
          "%s, the same as plain SQLite's: %s of requests (%s in all), %s, %,d of %,d pages,"
              + " %d ms.",
          Narrator.count(answer.rows(), "row"),
          Narrator.count(counts.rounds(), "round"),
          Narrator.count(counts.requests(), "request"),
          Narrator.bytes(counts.bytesIn()),
          cold.pagesHere(),
          pages,
          Narrator.millis(nanos));
    }
    try (ColdReplica cold = ColdReplica.open(place, volume, false);
        Connection db = cold.connect()) {
      compare(name, expected, Answer.of(db, question));
      Counts counts = cold.counts();
      figures.set(name + ".roundsWithoutHotPack", counts.rounds());
      figures.set(name + ".bytesWithoutHotPack", counts.bytesIn());
      narrator.aside(
          "Without fetching the hot pages ahead: %s, %s.",
          Narrator.count(counts.rounds(), "round"), Narrator.bytes(counts.bytesIn()));
    }
  }

  private static void compare(String name, Answer expected, Answer answer) {
    if (!answer.equals(expected)) {
      throw Failure.failed(
          "the "
              + name
              + " question got another answer from the volume than from plain SQLite: "
              + answer.rows()
              + " rows in place of "
              + expected.rows());
    }
  }
}
