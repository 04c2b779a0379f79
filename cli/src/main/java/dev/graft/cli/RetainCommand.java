package dev.graft.cli;

import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.remote.Remote;
import dev.graft.protocol.remote.RetainRequest;
import dev.graft.protocol.remote.RetainRequest.Change;
import dev.graft.protocol.remote.Retained;
import dev.graft.protocol.remote.VolumeState;
import dev.graft.protocol.remote.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code retain} command. */
@Command(
    name = "retain",
    description = {
      "Show or change how much history a volume keeps.",
      "A floor gives up every commit below it for good: nobody can read, fork or revert to those any",
      "more, but for kept ones. Page data is not removed yet, only counted."
    })
final class RetainCommand extends VolumeCommand {
  @Parameters(paramLabel = "NAME", description = "The volume's name in graft.json.")
  private String name;

  @Option(
      names = "--retention",
      paramLabel = "AGE",
      description =
          "How long a commit can be asked for after a newer one, at least 24h: " + Age.HELP + ".")
  private @Nullable String retention;

  @Option(
      names = "--floor",
      paramLabel = "LSN|AGE",
      description =
          "Give up what is below this commit, or what was superseded longer ago than this age. The"
              + " floor is a multiple of 32, so it may lie a little lower.")
  private @Nullable String floor;

  @Option(
      names = "--keep",
      paramLabel = "LSN",
      description = "Keep this commit whatever the floor; may be repeated.")
  private List<Long> keep = List.of();

  @Option(
      names = "--release",
      paramLabel = "LSN",
      description = "Keep this commit no longer; may be repeated.")
  private List<Long> release = List.of();

  RetainCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() throws IOException {
    VolumesFile file = VolumesFile.find(surroundings());
    VolumesFile.Entry entry = file.require(name);
    List<Change> changes = changes();
    try (Remote remote = Remotes.open(entry, file.folder())) {
      VolumeId volume = entry.volume();
      VolumeState before = remote.state(volume);
      List<Retained> done = new ArrayList<>();
      for (Change change : changes) {
        done.add(remote.retain(new RetainRequest(volume, change)));
      }
      VolumeState after = done.isEmpty() ? before : done.getLast().state();
      boolean trims = floor != null || !release.isEmpty();
      tell(before, after, done, trims ? remote.waiting(volume) : null);
    }
    return ExitCode.OK;
  }

  /** Commits are kept before the floor can rise above them. */
  private List<Change> changes() {
    List<Change> changes = new ArrayList<>();
    if (retention != null) {
      changes.add(new Change.Retention(Age.parse(retention)));
    }
    keep.forEach(lsn -> changes.add(new Change.Keep(lsn(lsn), true)));
    release.forEach(lsn -> changes.add(new Change.Keep(lsn(lsn), false)));
    if (floor != null) {
      changes.add(floor(floor));
    }
    return changes;
  }

  private static Lsn lsn(long value) {
    if (value < 1) {
      throw Failure.usage(value + " is the number of no commit: they begin with 1");
    }
    return new Lsn(value);
  }

  private static Change floor(String text) {
    if (text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return new Change.FloorAt(((Moment.AtLsn) Moment.parse(text)).lsn());
    }
    Duration age = Age.parse(text);
    return new Change.FloorOlderThan(age);
  }

  private void tell(
      VolumeState before, VolumeState after, List<Retained> done, @Nullable Waiting waiting) {
    long trimmed = done.stream().mapToLong(Retained::trimmedCommits).sum();
    long places = done.isEmpty() ? 0 : done.getLast().placesCommits();
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("name", name);
    object.put("changed", done.stream().anyMatch(Retained::changed));
    HistoryText.into(object, after);
    object.put("floorBefore", before.floor().value());
    object.put("trimmedCommits", trimmed);
    object.put("placesCommits", places);
    List<String> lines = new ArrayList<>();
    lines.add("'" + name + "' keeps " + HistoryText.lines(after).getFirst());
    HistoryText.lines(after).stream().skip(1).forEach(line -> lines.add("  " + line));
    if (after.floor().isAfter(before.floor())) {
      lines.add("  the floor rose from " + before.floor() + " to " + after.floor());
    } else if (floor != null) {
      lines.add("  the floor did not move: what could be given up is given up already");
    }
    if (waiting != null) {
      HistoryText.into(object, waiting);
      lines.add(
          String.format(
              Locale.ROOT,
              "  %,d commits were removed from the log; %,d below the floor stay, for pages of them"
                  + " are in use or were until a day ago",
              trimmed,
              places));
      lines.add("  " + HistoryText.line(waiting));
    }
    if (!done.isEmpty() && !done.getLast().waitsFor().isEmpty()) {
      String forks =
          done.getLast().waitsFor().stream()
              .map(Object::toString)
              .collect(Collectors.joining(", "));
      object.put("waitsFor", done.getLast().waitsFor().stream().map(Object::toString).toList());
      lines.add("  nothing was removed while these forks are not finished: " + forks);
    }
    answer(object, String.join(System.lineSeparator(), lines));
  }
}
