package dev.graft.cli;

import dev.graft.client.Snapshot;
import dev.graft.protocol.id.Lsn;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code checkout} command. */
@Command(
    name = "checkout",
    description = {
      "Give a commit of the past a name in graft.json: a view, to read and not to write.",
      "It shares the volume's replica, so no page is copied; the volume itself does not move.",
      "To be rid of a view, take its entry out of graft.json."
    })
final class CheckoutCommand extends VolumeCommand {
  @Parameters(index = "0", paramLabel = "NAME", description = "The volume's name in graft.json.")
  private String name;

  @Parameters(index = "1", paramLabel = "MOMENT", description = "Which: " + Moment.HELP + ".")
  private String moment;

  @Option(names = "--as", paramLabel = "VIEW", description = "What to call it (default: NAME-LSN).")
  private @Nullable String view;

  CheckoutCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() throws IOException {
    VolumesFile file = VolumesFile.find(surroundings());
    Moment wanted = Moment.parse(moment);
    try (VolumeSession session = VolumeSession.open(file, name);
        Snapshot snapshot = wanted.of(session.replica())) {
      Lsn lsn = snapshot.position().lsn();
      String called = view == null ? name + "-" + lsn : view;
      VolumesFile.Entry of = session.entry();
      VolumesFile.Entry entry =
          new VolumesFile.Entry(
              called, of.remote(), of.volume(), of.dir(), Optional.of(lsn), of.settings());
      Optional<VolumesFile.Entry> there = file.entry(called);
      if (there.isPresent() && !there.get().equals(entry)) {
        throw Failure.usage(
            "'" + called + "' is named in " + file.file() + " already; add --as and another name");
      }
      if (there.isEmpty()) {
        file.put(entry);
      }
      Map<String, @Nullable Object> object = new LinkedHashMap<>();
      object.put("name", called);
      object.put("volume", of.volume().toString());
      object.put("lsn", lsn.value());
      object.put("time", snapshot.time().toString());
      object.put("pages", snapshot.pageCount().value());
      answer(
          object,
          String.format(
              Locale.ROOT,
              "'%s' is commit %s of '%s', made at %s, to read: %,d pages",
              called,
              lsn,
              name,
              snapshot.time(),
              snapshot.pageCount().value()));
    }
    return ExitCode.OK;
  }
}
