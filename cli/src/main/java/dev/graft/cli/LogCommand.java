package dev.graft.cli;

import dev.graft.client.Mutation;
import dev.graft.client.PendingCommit;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.remote.LogPage;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code log} command. */
@Command(
    name = "log",
    description =
        "Show the newest commits of a volume, newest first; local transactions that were not pushed"
            + " on top.")
final class LogCommand extends VolumeCommand {
  private static final int MOST = 1000;

  @Parameters(paramLabel = "NAME", description = "The volume's name in graft.json.")
  private String name;

  @Option(
      names = {"-n", "--max"},
      paramLabel = "COUNT",
      description = "How many, 1 to 1000 (default: ${DEFAULT-VALUE}).",
      defaultValue = "20")
  private int max;

  LogCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() throws IOException {
    if (max < 1 || max > MOST) {
      throw Failure.usage("--max is 1 to " + MOST + ", not " + max);
    }
    try (VolumeSession session = VolumeSession.toRead(VolumesFile.find(surroundings()), name)) {
      List<PendingCommit> pending = session.replica().pending();
      if (!json()) {
        printPending(pending);
      }
      LogPage page = session.replica().log(max);
      if (json()) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("pending", pending(pending));
        object.put("commits", commits(page));
        object.put("floor", page.floor().value());
        terminal().line(JsonText.compact(object));
      } else if (page.commits().isEmpty() && pending.isEmpty()) {
        terminal().line("'" + name + "' has no commit yet");
      } else {
        page.commits().forEach(this::print);
        if (page.commits().size() < max && page.floor().isAfter(Lsn.ZERO)) {
          terminal()
              .line(
                  "history below commit "
                      + page.floor()
                      + " was given up, but for commits that are kept");
        }
      }
    }
    return ExitCode.OK;
  }

  /** The newest first, as commits are; numbered as they were made. */
  private void printPending(List<PendingCommit> pending) {
    for (int i = pending.size() - 1; i >= 0; i--) {
      PendingCommit each = pending.get(i);
      terminal()
          .line(
              terminal().strong(String.format(Locale.ROOT, "%6s", "+" + (i + 1)))
                  + "  "
                  + each.localTime()
                  + String.format(
                      Locale.ROOT, "  not pushed  %,d pages written", each.writeSet().cardinality())
                  + (each.message().isEmpty() ? "" : "  " + each.message()));
    }
  }

  private static List<Object> pending(List<PendingCommit> pending) {
    return pending.stream()
        .map(each -> {
          Map<String, @Nullable Object> object = new LinkedHashMap<>();
          object.put("key", each.key().toString());
          object.put("time", each.localTime().toString());
          object.put("author", each.author());
          object.put("message", each.message());
          object.put("pagesRead", each.readSet().cardinality());
          object.put("pagesWritten", each.writeSet().cardinality());
          object.put("bytes", each.bytes());
          object.put("mutation", each.mutation().map(Mutation::name).orElse(null));
          return (Object) object;
        })
        .toList();
  }

  private static List<Object> commits(LogPage page) {
    return page.commits().stream()
        .map(commit -> {
          Map<String, @Nullable Object> object = new LinkedHashMap<>();
          object.put("lsn", commit.position().lsn().value());
          object.put("hash", commit.position().hash().toString());
          object.put("time", commit.time().toString());
          object.put("snapshot", commit.snapshot().value());
          object.put("pages", commit.count().value());
          object.put("pagesWritten", commit.pagesWritten() < 0 ? null : commit.pagesWritten());
          object.put("messages", messages(commit));
          return (Object) object;
        })
        .toList();
  }

  private static List<String> messages(LogPage.Entry commit) {
    return commit.transactions().stream()
        .map(TransactionRecord::message)
        .filter(message -> !message.isEmpty())
        .toList();
  }

  private void print(LogPage.Entry commit) {
    String written =
        commit.pagesWritten() < 0
            ? ""
            : String.format(Locale.ROOT, "  %,d pages written", commit.pagesWritten());
    String messages =
        messages(commit).stream().map(message -> "  " + message).collect(Collectors.joining());
    terminal()
        .line(
            terminal().strong(String.format(Locale.ROOT, "%6s", commit.position().lsn()))
                + "  "
                + commit.time()
                + String.format(Locale.ROOT, "  %,d pages", commit.count().value())
                + written
                + messages);
  }
}
