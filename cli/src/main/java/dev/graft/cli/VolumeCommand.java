package dev.graft.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Option;

/** What the commands have in common. */
abstract class VolumeCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  private boolean help;

  @Option(names = "--json", description = "Print the answer as one JSON object.")
  private boolean json;

  VolumeCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /** Where it runs. */
  final Surroundings surroundings() {
    return surroundings;
  }

  /** Where it prints. */
  final Terminal terminal() {
    return surroundings.terminal();
  }

  /** Whether the answer is to be JSON. */
  final boolean json() {
    return json;
  }

  /** Prints the answer: the object when JSON is wanted, else the sentence. */
  final void answer(java.util.Map<String, ?> object, String sentence) {
    terminal().line(json ? JsonText.compact(object) : sentence);
  }
}
