package dev.graft.cli;

import dev.graft.client.Changes;
import dev.graft.client.Replica;
import dev.graft.client.Snapshot;
import dev.graft.client.files.VolumeFiles;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.page.PageSet;
import dev.graft.sqlite.DatabaseDiff;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code diff} command. */
@Command(
    name = "diff",
    description = {
      "Tell what changed between two commits: pages, and what they belong to: tables and indexes",
      "of a SQLite database, or files. Of leaf pages only those that changed are fetched."
    })
final class DiffCommand extends VolumeCommand {
  private static final String RANGE = "..";

  @Parameters(index = "0", paramLabel = "NAME", description = "The volume's name in graft.json.")
  private String name;

  @Parameters(
      index = "1..*",
      arity = "1..2",
      paramLabel = "FROM[..TO]",
      description = {
        "The older and the newer moment, as FROM..TO or as two words: a commit's number (LSN), or a",
        "time. Without TO it is where the replica stands."
      })
  private List<String> moments = List.of();

  @Option(names = "--pages", description = "Name the pages; fetch none.")
  private boolean pages;

  @Option(
      names = "--tables",
      description = "Tell tables and indexes, or files, beside --pages, too.")
  private boolean tables;

  @Option(
      names = "--rows",
      description = "Name the rows of tables that were added, removed and changed, by rowid.")
  private boolean rows;

  DiffCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() throws IOException {
    String[] ends = ends();
    Moment first = Moment.parse(ends[0]);
    try (VolumeSession session = VolumeSession.toRead(VolumesFile.find(surroundings()), name);
        Snapshot from = first.of(session.replica());
        Snapshot upto = session.moment(ends.length == 1 ? null : ends[1]).of(session.replica())) {
      Changes changes = changes(session.replica(), from, upto);
      Map<String, @Nullable Object> object = object(changes, from);
      List<String> lines = new ArrayList<>(List.of(sentence(changes, from)));
      if (pages) {
        lines.add("  pages " + PageRanges.text(changes.pages()));
        object.put("ranges", PageRanges.pairs(changes.pages()));
      }
      if (!pages || tables || rows) {
        tellContent(from, upto, changes.pages(), lines, object);
      }
      if (json()) {
        terminal().line(JsonText.compact(object));
      } else {
        lines.forEach(terminal()::line);
      }
    }
    return ExitCode.OK;
  }

  private String[] ends() {
    if (moments.size() == 2) {
      return moments.toArray(String[]::new);
    }
    String range = moments.getFirst();
    int dots = range.indexOf(RANGE);
    if (dots < 0) {
      return new String[] {range};
    }
    String from = range.substring(0, dots);
    String to = range.substring(dots + RANGE.length());
    return to.isEmpty() ? new String[] {from} : new String[] {from, to};
  }

  private Changes changes(Replica replica, Snapshot from, Snapshot upto) {
    Lsn first = from.position().lsn();
    Lsn last = upto.position().lsn();
    if (first.isAfter(last)) {
      throw Failure.usage(
          "commit " + first + " is newer than commit " + last + ": say " + last + RANGE + first);
    }
    return replica.diff(first, last);
  }

  private Map<String, @Nullable Object> object(Changes changes, Snapshot from) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("name", name);
    object.put("from", changes.from().lsn().value());
    object.put("to", changes.upto().lsn().value());
    object.put("changedPages", changes.pages().cardinality());
    object.put("changedBytes", changes.pages().cardinality() * from.pageSize().bytes());
    object.put("pagesBefore", from.pageCount().value());
    object.put("pagesAfter", changes.pageCount().value());
    return object;
  }

  private String sentence(Changes changes, Snapshot from) {
    PageSet changed = changes.pages();
    long before = from.pageCount().value();
    long after = changes.pageCount().value();
    return String.format(
        Locale.ROOT,
        "'%s' from commit %s to %s: %,d page%s changed, %,d bytes; it has %,d pages%s",
        name,
        changes.from().lsn(),
        changes.upto().lsn(),
        changed.cardinality(),
        changed.cardinality() == 1 ? "" : "s",
        changed.cardinality() * from.pageSize().bytes(),
        after,
        before == after ? "" : String.format(Locale.ROOT, " and had %,d", before));
  }

  private void tellContent(
      Snapshot from,
      Snapshot upto,
      PageSet changed,
      List<String> lines,
      Map<String, @Nullable Object> object) {
    if (VolumeFiles.holding(upto) == VolumeFiles.Holding.FILES
        && VolumeFiles.holding(from) != VolumeFiles.Holding.OTHER) {
      FilesDiff.between(from, upto).tell(lines, object);
      return;
    }
    var database = DatabaseDiff.between(from, upto, changed, rows);
    if (database.isPresent()) {
      DatabaseDiffText.tell(database.get(), lines, object);
    } else if (tables || rows) {
      throw Failure.usage(
          "'"
              + name
              + "' holds no SQLite database and no files at both moments: leave --tables and"
              + " --rows away");
    }
  }
}
