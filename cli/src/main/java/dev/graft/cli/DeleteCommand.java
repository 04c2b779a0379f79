package dev.graft.cli;

import dev.graft.protocol.remote.Remote;
import dev.graft.protocol.remote.VolumeState;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code delete} command. */
@Command(
    name = "delete",
    description = {
      "End a volume, for everybody and for good, and take its name away from graft.json.",
      "From then on it is gone. What it takes in the store is removed later, by garbage"
          + " collection,",
      "and not while a fork uses it; its replica here stays until you remove the folder."
    })
final class DeleteCommand extends VolumeCommand {
  @Parameters(paramLabel = "NAME", description = "The volume's name in graft.json.")
  private String name;

  @Option(names = "--yes", description = "Do not ask for the name again.")
  private boolean yes;

  DeleteCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() throws IOException {
    VolumesFile file = VolumesFile.find(surroundings());
    VolumesFile.Entry entry = file.require(name);
    if (entry.at().isPresent()) {
      throw Failure.usage(Views.refusal(entry));
    }
    try (Remote remote = Remotes.open(entry, file.folder())) {
      if (!yes) {
        confirm(entry);
      }
      VolumeState state = remote.delete(entry.volume());
      List<String> names = file.removeVolume(entry.volume());
      tell(entry, state, names);
    }
    return ExitCode.OK;
  }

  private void confirm(VolumesFile.Entry entry) throws IOException {
    terminal()
        .note(
            "this ends volume "
                + entry.volume()
                + " in "
                + entry.remote()
                + " for everybody and for good; type its name, "
                + name
                + ", to go on:");
    var input =
        new BufferedReader(new InputStreamReader(surroundings().input(), StandardCharsets.UTF_8));
    String typed = input.readLine();
    if (typed == null || !typed.strip().equals(name)) {
      throw Failure.usage(
          "nothing was deleted: that was not the name; type it, or say --yes on the command line");
    }
  }

  private void tell(VolumesFile.Entry entry, VolumeState state, List<String> names) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("name", name);
    object.put("volume", entry.volume().toString());
    object.put("deleted", state.deleted());
    object.put("forks", state.forks().stream().map(Object::toString).toList());
    object.put("namesRemoved", names);
    object.put("dir", entry.dir().toString());
    String forks =
        state.forks().isEmpty()
            ? ""
            : "; what its "
                + (state.forks().size() == 1 ? "fork uses" : "forks use")
                + " stays readable for "
                + (state.forks().size() == 1 ? "it" : "them");
    answer(
        object,
        "volume "
            + entry.volume()
            + " is deleted: nobody can commit to it or ask what changed from now on, and within a"
            + " minute all else of it is gone for everybody"
            + forks
            + ". Its objects are removed by garbage collection, not now; the replica in "
            + entry.dir()
            + " stays until you remove it");
  }
}
