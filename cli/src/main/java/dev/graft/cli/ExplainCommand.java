package dev.graft.cli;

import dev.graft.client.Rehearsal;
import dev.graft.client.ReplicaStatus;
import dev.graft.protocol.id.Lsn;
import dev.graft.sqlite.GraftDataSource;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code explain} command. */
@Command(
    name = "explain",
    description = {
      "Tell what a query would fetch: requests, rounds (waits, one after the other) and bytes.",
      "The query is run, on a replica in memory beside the one here: it does ask the store, and"
          + " nothing of what comes is kept."
    })
final class ExplainCommand extends VolumeCommand {
  @Parameters(index = "0", paramLabel = "NAME", description = "The volume's name in graft.json.")
  private String name;

  @Parameters(index = "1", paramLabel = "QUERY", description = "One SELECT.")
  private String query;

  @Option(
      names = "--cold",
      description = "As if nothing were here, opening included (default: what is here counts).")
  private boolean cold;

  ExplainCommand(Surroundings surroundings) {
    super(surroundings);
  }

  /**
   * What the query did.
   *
   * @param plan SQLite's own words, a line each
   */
  private record Cost(
      long rows, ReplicaStatus status, long framesHere, long bytesHere, List<String> plan) {}

  @Override
  public Integer call() throws IOException, SQLException {
    try (VolumeSession session = VolumeSession.open(VolumesFile.find(surroundings()), name);
        Rehearsal rehearsal = session.replica().rehearse(cold);
        GraftDataSource database = GraftDataSource.over(rehearsal.replica())) {
      Lsn lsn = rehearsal.replica().status().position().lsn();
      Cost cost = run(rehearsal, database, lsn);
      if (json()) {
        terminal().line(JsonText.compact(object(lsn, cost)));
      } else {
        print(lsn, cost);
      }
    }
    return ExitCode.OK;
  }

  private Cost run(Rehearsal rehearsal, GraftDataSource database, Lsn lsn) throws SQLException {
    // A connection to an LSN cannot write, whatever the query says.
    try (Connection db = database.getConnection(lsn);
        Statement statement = db.createStatement()) {
      long rows = 0;
      List<String> plan = new ArrayList<>();
      try (ResultSet steps = statement.executeQuery("EXPLAIN QUERY PLAN " + query)) {
        while (steps.next()) {
          plan.add(steps.getString("detail"));
        }
      }
      try (ResultSet result = statement.executeQuery(query)) {
        int columns = result.getMetaData().getColumnCount();
        while (result.next()) {
          rows++;
          for (int column = 1; column <= columns; column++) {
            result.getObject(column);
          }
        }
      }
      return new Cost(
          rows,
          rehearsal.replica().status(),
          rehearsal.borrowed().frames(),
          rehearsal.borrowed().bytes(),
          plan);
    }
  }

  private Map<String, @Nullable Object> object(Lsn lsn, Cost cost) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("name", name);
    object.put("lsn", lsn.value());
    object.put("cold", cold);
    object.put("rows", cost.rows);
    object.put("requests", cost.status.requests());
    object.put("rounds", cost.status.rounds());
    object.put("bytesFetched", cost.status.bytesFetched());
    object.put("framesFromHere", cost.framesHere);
    object.put("bytesFromHere", cost.bytesHere);
    object.put("prefetch", PrefetchText.object(cost.status.prefetch()));
    object.put("plan", cost.plan);
    return object;
  }

  private void print(Lsn lsn, Cost cost) {
    cost.plan.forEach(step -> terminal().line(terminal().dim("  " + step)));
    terminal()
        .line(
            String.format(
                Locale.ROOT,
                "%,d row%s of commit %s of '%s'%s",
                cost.rows,
                cost.rows == 1 ? "" : "s",
                lsn,
                name,
                cold ? ", with nothing here:" : ":"));
    terminal()
        .line(
            String.format(
                Locale.ROOT,
                "  from the store  %,d request%s in %,d round%s, %,d bytes",
                cost.status.requests(),
                cost.status.requests() == 1 ? "" : "s",
                cost.status.rounds(),
                cost.status.rounds() == 1 ? "" : "s",
                cost.status.bytesFetched()));
    if (!cold) {
      terminal()
          .line(
              String.format(
                  Locale.ROOT,
                  "  from here       %,d frames, %,d bytes of pages",
                  cost.framesHere,
                  cost.bytesHere));
    }
    terminal().line("  ahead           " + PrefetchText.sentence(cost.status.prefetch()));
  }
}
