package dev.graft.cli;

import dev.graft.cli.cost.Bill;
import dev.graft.cli.cost.Prices;
import dev.graft.cli.cost.Usage;
import dev.graft.protocol.remote.LogPage;
import dev.graft.protocol.remote.Remote;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code cost} command. */
@Command(
    name = "cost",
    description = {
      "Estimate what an installation on AWS costs in a month, item by item.",
      "Without options: what it costs when nobody uses it. Prices are those of us-east-1 without free",
      "tiers; what is assumed and not counted stands at its item and in docs/operations.md, which",
      "has worked examples. Left out: volumes made, listed and deleted, the weekly sweep,",
      "failed deliveries, requests that the edge refuses, taxes, support, other regions' prices."
    })
final class CostCommand extends VolumeCommand {
  private static final int LOOK_BACK = 1000;
  private static final double DAY_SECONDS = Duration.ofDays(1).toSeconds();

  @Parameters(
      arity = "0..1",
      paramLabel = "NAME",
      description =
          "Take the commits per day from the latest 1000 commits of this volume, as long as"
              + " --commits does not say otherwise.")
  private @Nullable String name;

  @Option(names = "--commits", paramLabel = "N", description = "Commits a day.")
  private @Nullable Double commits;

  @Option(names = "--conflicts", paramLabel = "N", description = "Refused commits a day.")
  private double conflicts;

  @Option(
      names = "--polls",
      paramLabel = "N",
      description = "Pulls a day that find little or nothing new, of all replicas.")
  private double polls;

  @Option(names = "--opens", paramLabel = "N", description = "Opens a day by empty replicas.")
  private double opens;

  @Option(names = "--reads", paramLabel = "N", description = "Range reads of pages a day.")
  private double reads;

  @Option(names = "--read-gb", paramLabel = "GB", description = "What these bring a day.")
  private double readGb;

  @Option(
      names = "--edge-hits",
      paramLabel = "SHARE",
      defaultValue = "0.8",
      description = "Share of the reads that the edge answers, 0 to 1 (default ${DEFAULT-VALUE}).")
  private double edgeHits;

  @Option(names = "--stored-gb", paramLabel = "GB", description = "What lies in the buckets.")
  private double storedGb;

  @Option(
      names = "--logged",
      paramLabel = "SHARE",
      defaultValue = "0.05",
      description =
          "Share of the requests whose log line says all, 0 to 1 (default ${DEFAULT-VALUE}); the"
              + " others leave a shorter one.")
  private double logged;

  @Option(
      names = "--uploads",
      paramLabel = "N",
      description = "Segments a day that are uploaded apart from their commit.")
  private double uploads;

  @Option(names = "--access-logs", description = "The buckets and the edge keep access logs.")
  private boolean accessLogs;

  @Option(
      names = "--replica-queries",
      paramLabel = "N",
      description = "Queries a day of read replicas in Lambda.")
  private double replicaQueries;

  @Option(
      names = "--republishes",
      paramLabel = "N",
      description = "New snapshots a day of read replicas.")
  private double republishes;

  @Option(
      names = "--forks",
      paramLabel = "N",
      description = "Forks a day that are made with tokens for one volume.")
  private double forks;

  @Option(
      names = "--via",
      paramLabel = "N",
      description =
          "By way of how many others the tokens were made that requests show, in the mean, 0 to"
              + " 16: those of forks and of servers. Each is looked up at the edge.")
  private double via;

  @Option(names = "--kms", description = "Objects are encrypted by a key in KMS.")
  private boolean kms;

  CostCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() throws IOException {
    double commitsPerDay = commits != null ? commits : name == null ? 0 : commitsOf(name);
    Usage usage;
    try {
      usage =
          new Usage(
              commitsPerDay,
              conflicts,
              polls,
              opens,
              uploads,
              reads,
              readGb * 1e9,
              edgeHits,
              storedGb * 1e9,
              logged,
              kms,
              accessLogs,
              replicaQueries,
              republishes,
              forks,
              via);
    } catch (IllegalArgumentException wrong) {
      throw Failure.usage(String.valueOf(wrong.getMessage()));
    }
    tell(usage, Bill.of(usage, Prices.US_EAST_1));
    return ExitCode.OK;
  }

  private double commitsOf(String volume) throws IOException {
    VolumesFile file = VolumesFile.find(surroundings());
    VolumesFile.Entry entry = file.require(volume);
    try (Remote remote = Remotes.open(entry, file.folder())) {
      LogPage page = remote.log(entry.volume(), null, LOOK_BACK);
      if (page.commits().size() < 2) {
        return page.commits().size();
      }
      Duration span =
          Duration.between(page.commits().getLast().time(), page.commits().getFirst().time());
      // Less than a day of commits is not taken for the pace of all days.
      double days = Math.max(1, span.toSeconds() / DAY_SECONDS);
      return page.commits().size() / days;
    }
  }

  private void tell(Usage usage, Bill bill) {
    List<Map<String, @Nullable Object>> items = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    for (Bill.Item item : bill.items()) {
      Map<String, @Nullable Object> object = new LinkedHashMap<>();
      object.put("item", item.name());
      object.put("quantity", item.quantity());
      object.put("unit", item.unit());
      object.put("dollars", item.dollars());
      items.add(object);
      lines.add(
          String.format(
              Locale.ROOT,
              "  %-38s %,16.1f %-11s %10.2f",
              item.name(),
              item.quantity(),
              item.unit(),
              item.dollars()));
    }
    lines.add(String.format(Locale.ROOT, "  %-67s %10.2f", "US dollars a month", bill.dollars()));
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("commitsPerDay", usage.commitsPerDay());
    object.put("items", items);
    object.put("dollarsPerMonth", bill.dollars());
    answer(object, String.join(System.lineSeparator(), lines));
  }
}
