package dev.graft.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs the console blocks of a document in a folder: lines that begin with {@code $} are commands,
 * what follows is what they printed. {@code graft} runs in this process, {@code echo $?} tells its
 * last exit code, everything else goes to a shell. Ids in the document stand for the ids that come
 * up; times, durations and the folder's path are not compared, and {@code ...} stands for anything.
 */
final class Walk {
  private static final String FENCE = "```";
  private static final String CONSOLE = FENCE + "console";
  private static final String PROMPT = "$ ";
  private static final Pattern ID = Pattern.compile("(vol|txn)-[0-9a-z]{26}");
  private static final Pattern TIME =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z");
  private static final Pattern SECONDS = Pattern.compile("\\b[\\d,]+(\\.\\d+)? (s|ms)\\b");

  /** What stands for the folder of the walk. */
  private static final String FOLDER = "/home/you/walk";

  /** A command of the document and what the document says that it prints. */
  record Step(int line, String command, List<String> expected) {}

  /** A step that printed something else. */
  record Difference(Step step, List<String> actual) {}

  private final Path folder;
  private final Map<String, String> actualIds = new HashMap<>();
  private int lastExitCode;

  Walk(Path folder) {
    this.folder = folder;
  }

  /** The steps of a document. */
  static List<Step> steps(List<String> lines) {
    List<Step> steps = new ArrayList<>();
    boolean inside = false;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.startsWith(FENCE)) {
        inside = line.equals(CONSOLE);
      } else if (inside && line.startsWith(PROMPT)) {
        steps.add(new Step(i, line.substring(PROMPT.length()), new ArrayList<>()));
      } else if (inside) {
        steps.getLast().expected().add(line);
      }
    }
    return steps;
  }

  /** Runs one step; gives the lines that it printed, with the document's folder and ids. */
  List<String> run(Step step) throws IOException, InterruptedException {
    String command = step.command();
    for (Map.Entry<String, String> id : actualIds.entrySet()) {
      command = command.replace(id.getKey(), id.getValue());
    }
    command = command.replace(FOLDER, folder.toString());
    String output;
    if (command.equals("echo $?")) {
      output = lastExitCode + "\n";
    } else if (command.startsWith("graft ")) {
      output = graft(words(command).subList(1, words(command).size()));
    } else {
      output = shell(command);
    }
    List<String> lines = output.isEmpty() ? List.of() : output.lines().toList();
    learnIds(step.expected(), lines);
    return lines.stream().map(this::asInTheDocument).toList();
  }

  private String graft(List<String> args) {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream both = new PrintStream(printed, true, StandardCharsets.UTF_8);
    Terminal terminal = new Terminal(both, both, false, false, System::nanoTime);
    Surroundings surroundings =
        new Surroundings(
            terminal, folder, Map.of("HOME", folder.toString()), InputStream.nullInputStream());
    lastExitCode = GraftCommand.run(surroundings, args.toArray(String[]::new));
    return printed.toString(StandardCharsets.UTF_8);
  }

  private String shell(String command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("sh", "-c", command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    lastExitCode = process.waitFor();
    return output;
  }

  /** The words of a command line, as a shell takes it apart: single and double quotes. */
  static List<String> words(String command) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean begun = false;
    char quote = 0;
    for (char c : command.toCharArray()) {
      if (quote != 0) {
        if (c == quote) {
          quote = 0;
        } else {
          word.append(c);
        }
      } else if (c == '\'' || c == '"') {
        quote = c;
        begun = true;
      } else if (c == ' ') {
        if (begun) {
          words.add(word.toString());
        }
        word.setLength(0);
        begun = false;
      } else {
        word.append(c);
        begun = true;
      }
    }
    if (begun) {
      words.add(word.toString());
    }
    return words;
  }

  private void learnIds(List<String> expected, List<String> actual) {
    for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
      Matcher shown = ID.matcher(expected.get(i));
      Matcher found = ID.matcher(actual.get(i));
      while (shown.find() && found.find()) {
        actualIds.putIfAbsent(shown.group(), found.group());
      }
    }
  }

  private String asInTheDocument(String line) {
    String text = line.replace(folder.toString(), FOLDER);
    for (Map.Entry<String, String> id : actualIds.entrySet()) {
      text = text.replace(id.getValue(), id.getKey());
    }
    return text;
  }

  /** Whether what was printed is what the document says. */
  static boolean agree(List<String> expected, List<String> actual) {
    if (expected.size() != actual.size()) {
      return false;
    }
    for (int i = 0; i < expected.size(); i++) {
      String pattern = Pattern.quote(plain(expected.get(i))).replace("...", "\\E.*\\Q");
      if (!plain(actual.get(i)).matches(pattern)) {
        return false;
      }
    }
    return true;
  }

  /** A line without what differs from run to run. */
  private static String plain(String line) {
    String text = TIME.matcher(line).replaceAll("TIME");
    return SECONDS.matcher(text).replaceAll("DURATION").stripTrailing();
  }

  /** The document with what was printed in the place of what it said. */
  static List<String> rewritten(List<String> lines, List<Difference> differences) {
    List<String> result = new ArrayList<>(lines);
    for (Difference difference : differences.reversed()) {
      int first = difference.step().line() + 1;
      result.subList(first, first + difference.step().expected().size()).clear();
      result.addAll(first, difference.actual());
    }
    return result;
  }
}
