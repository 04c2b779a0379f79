package dev.graft.cli;

import dev.graft.client.Hydrated;
import dev.graft.client.Snapshot;
import dev.graft.protocol.page.PageSet;
import dev.graft.sqlite.SqliteTrees;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code prefetch} command. */
@Command(
    name = "prefetch",
    description = {
      "Bring tables, indexes or pages here before they are read.",
      "An index lies apart from its table; long rows that overflow their page come when read."
    })
final class PrefetchCommand extends VolumeCommand {
  @Parameters(paramLabel = "NAME", description = "The volume's name in graft.json.")
  private String name;

  @Option(names = "--table", paramLabel = "TABLE", description = "A table; may be repeated.")
  private List<String> tables = List.of();

  @Option(names = "--index", paramLabel = "INDEX", description = "An index; may be repeated.")
  private List<String> indexes = List.of();

  @Option(
      names = "--pages",
      paramLabel = "PAGES",
      description = "Pages of the volume: " + NamedPages.HELP + ".")
  private List<String> pages = List.of();

  PrefetchCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() throws IOException {
    if (tables.isEmpty() && indexes.isEmpty() && pages.isEmpty()) {
      throw Failure.usage("say what to bring: --table, --index or --pages (all: graft hydrate)");
    }
    PageSet named = PageSet.empty();
    for (String each : pages) {
      named = named.union(NamedPages.parse(each));
    }
    try (VolumeSession session = VolumeSession.open(VolumesFile.find(surroundings()), name);
        Snapshot snapshot = session.replica().snapshot();
        Progress progress = terminal().progress("fetching of '" + name + "'", "bytes")) {
      PageSet wanted = named.cut(snapshot.pageCount().value()).union(trees(snapshot));
      Hydrated hydrated = snapshot.hydrate(wanted, progress::at);
      progress.wipe();
      Map<String, Object> object = FetchedText.object(session, hydrated);
      object.put("pages", wanted.cardinality());
      answer(
          object,
          String.format(
              Locale.ROOT,
              "%,d pages of commit %s of '%s' are here: %s",
              wanted.cardinality(),
              snapshot.position().lsn(),
              name,
              FetchedText.sentence(hydrated)));
    }
    return ExitCode.OK;
  }

  private PageSet trees(Snapshot snapshot) {
    if (tables.isEmpty() && indexes.isEmpty()) {
      return PageSet.empty();
    }
    SqliteTrees trees = SqliteTrees.of(snapshot);
    PageSet all = PageSet.empty();
    for (String table : tables) {
      all = all.union(trees.pagesOf(table, SqliteTrees.Kind.TABLE));
    }
    for (String index : indexes) {
      all = all.union(trees.pagesOf(index, SqliteTrees.Kind.INDEX));
    }
    return all;
  }
}
