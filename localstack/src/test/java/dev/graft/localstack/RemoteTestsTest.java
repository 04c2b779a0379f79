package dev.graft.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.localstack.RemoteTests.Entry;
import dev.graft.localstack.StandIns.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The list of tests that speak to a remote names all of them. */
class RemoteTestsTest {
  private static final List<String> MODULES = List.of("client", "sqlite", "cli", "examples");

  /** Who names a remote, or runs the command, speaks to one; and who names such a class. */
  private static final Pattern REMOTE =
      Pattern.compile("\\b(?:\\w*Remotes?|GraftCommand)\\b|dev\\.graft\\.cli\\.Main\\b");

  private static final Pattern WORD = Pattern.compile("\\w+");
  private static final String JAVA = ".java";
  private static final String TEST = "Test";

  /** The text of each class of a module's tests, by its simple name. */
  private record Tests(Map<String, String> packages, Map<String, String> texts) {
    static Tests read(String module) throws IOException {
      Tests tests = new Tests(new HashMap<>(), new HashMap<>());
      Path root = Path.of("..", module, "src", "test", "java");
      try (Stream<Path> files = Files.walk(root)) {
        for (Path file : files.filter(each -> each.toString().endsWith(JAVA)).toList()) {
          String name = file.getFileName().toString().replace(JAVA, "");
          String of = root.relativize(file.getParent()).toString().replace('/', '.');
          tests.packages.put(name, of);
          tests.texts.put(name, Files.readString(file));
        }
      }
      return tests;
    }

    /** Those that speak to a remote, themselves or by others of the same module. */
    Set<String> speaking() {
      Set<String> speaking =
          texts.keySet().stream()
              .filter(name -> REMOTE.matcher(texts.get(name)).find())
              .collect(Collectors.toCollection(HashSet::new));
      boolean grows = true;
      while (grows) {
        grows = false;
        for (Map.Entry<String, String> each : texts.entrySet()) {
          if (!speaking.contains(each.getKey())
              && WORD.matcher(each.getValue())
                  .results()
                  .anyMatch(w -> speaking.contains(w.group()))) {
            grows |= speaking.add(each.getKey());
          }
        }
      }
      return speaking;
    }
  }

  @Test
  void list_everyTestThatSpeaksToARemote_runsOrIsExcused() throws IOException {
    Set<String> speaking = new TreeSet<>();
    for (String module : MODULES) {
      Tests tests = Tests.read(module);
      for (String name : tests.speaking()) {
        if (name.endsWith(TEST)
            && Objects.requireNonNull(tests.texts().get(name)).contains("class " + name)) {
          speaking.add(tests.packages().get(name) + "." + name);
        }
      }
    }
    Set<String> listed =
        RemoteTests.ALL_TESTS.stream()
            .map(Entry::name)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(listed).as("listed once").hasSameSizeAs(RemoteTests.ALL_TESTS);
    assertThat(listed)
        .as("tests that speak to a remote: list a new one in RemoteTests, or say why it cannot run")
        .isEqualTo(speaking);
  }

  @Test
  void list_whatDoesNotRunOverAllStores_saysWhy() {
    for (Entry entry : RemoteTests.ALL_TESTS) {
      boolean all = entry.over().containsAll(Set.of(Kind.FOLDER, Kind.FAKE_S3, Kind.LOCALSTACK));
      assertThat(entry.why().isEmpty())
          .as(entry.name())
          .isEqualTo(all && entry.without().isEmpty());
      assertThat(entry.over()).as(entry.name()).containsAll(entry.often());
    }
  }

  @Test
  void speaking_byTheWayOfAHelper_isFound() {
    Tests tests =
        new Tests(
            Map.of(),
            Map.of(
                "OneTest", "class OneTest { World world; }",
                "World", "final class World { EngineRemote engine; }",
                "TwoTest", "class TwoTest { RemoteControl other; }"));
    assertThat(tests.speaking()).containsExactlyInAnyOrder("OneTest", "World");
  }
}
