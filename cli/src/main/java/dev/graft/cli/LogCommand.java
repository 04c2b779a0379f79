package dev.graft.cli;

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
@Command(name = "log", description = "Show the newest commits of a volume, newest first.")
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
      LogPage page = session.replica().log(max);
      if (json()) {
        terminal().line(JsonText.compact(Map.of("commits", commits(page))));
      } else if (page.commits().isEmpty()) {
        terminal().line("'" + name + "' has no commit yet");
      } else {
        page.commits().forEach(this::print);
      }
    }
    return ExitCode.OK;
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
