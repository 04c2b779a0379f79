package dev.graft.sim;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Whatever reads bytes or text that come from outside has a fuzz test with kept inputs, or a reason
 * why it needs none. What reads is told by the calls of the JDK, of the JSON library and of our own
 * reader that nobody makes for another reason.
 */
class DecodersTest {
  private static final Set<String> READING =
      Set.of(
          "JsonFactory.createParser",
          "WireReader.object",
          "WireReader.<init>",
          "Long.parseLong",
          "Long.parseUnsignedLong",
          "Integer.parseInt",
          "Double.parseDouble",
          "HexFormat.parseHex",
          "HexFormat.fromHexDigitsToLong",
          "Base64$Decoder.decode",
          "Instant.parse",
          "Duration.parse");

  /** By class: the fuzz test, or behind a dash why there is none. */
  private static final Map<String, String> HELD =
      Map.ofEntries(
          entry("auth.KeyRing", "AuthFuzzTest"),
          entry(
              "auth.RevocationLog", "- a name in a listing; what is no number is told as corrupt"),
          entry("auth.RevocationRecord", "AuthFuzzTest"),
          entry("auth.StrictJson", "AuthFuzzTest"),
          entry("auth.TokenCodec", "AuthFuzzTest"),
          entry("auth.TokenVerifier", "AuthFuzzTest"),
          entry("cli.Age", "CommandTextsFuzzTest"),
          entry("cli.JsonReader", "CommandTextsFuzzTest"),
          entry("cli.Moment", "CommandTextsFuzzTest"),
          entry("cli.NamedPages", "CommandTextsFuzzTest"),
          entry("client.cache.FrameEntry", "FrameEntryFuzzTest"),
          entry("client.cache.KnownFrames", "- digits of a file's name that a pattern has counted"),
          entry("client.files.FilesLayout", "FilesLayoutFuzzTest"),
          entry("client.files.LengthPage", "LengthPageFuzzTest"),
          entry("client.folder.StandingCodec", "StandingFuzzTest"),
          entry("client.http.Answers", "- digits that were counted, and a time that may be none"),
          entry("client.http.ContentRange", "ContentRangeFuzzTest"),
          entry("client.http.TokenClaims", "TokensFuzzTest"),
          entry("client.local.LocalCodec", "LocalCodecFuzzTest"),
          entry("engine.Findings", "- digits of our own sentences"),
          entry("engine.Keys", "KeysFuzzTest"),
          entry("functions.EdgeKeyStore", "AwsAnswersFuzzTest"),
          entry("functions.FunctionEvents", "LambdaEventsFuzzTest"),
          entry("functions.KeyRingPlace", "AwsAnswersFuzzTest"),
          entry("functions.MaintenanceEvents", "LambdaEventsFuzzTest"),
          entry("functions.PayloadReader", "LambdaEventsFuzzTest"),
          entry("functions.Settings", "AwsAnswersFuzzTest"),
          entry("functions.service.RangesRoutes", "- digits that a pattern has counted"),
          entry("http.CommitJson", "MessagesFuzzTest"),
          entry("http.JsonBody", "MessagesFuzzTest"),
          entry("http.JsonObject", "MessagesFuzzTest"),
          entry("http.LogJson", "MessagesFuzzTest"),
          entry("http.RoutePath", "MessagesFuzzTest"),
          entry("protocol.frame.Frame", "FormatsFuzzTest"),
          entry("protocol.frame.Segment", "FormatsFuzzTest"),
          entry("protocol.frame.SegmentFooter", "FormatsFuzzTest"),
          entry("protocol.id.Hash", "IdsFuzzTest"),
          entry("protocol.log.Checkpoint", "FormatsFuzzTest"),
          entry("protocol.log.CommitHeader", "FormatsFuzzTest"),
          entry("protocol.log.LogEnd", "FormatsFuzzTest"),
          entry("protocol.log.Pin", "FormatsFuzzTest"),
          entry("protocol.log.Rollup", "FormatsFuzzTest"),
          entry("protocol.log.SegmentTable", "FormatsFuzzTest"),
          entry("protocol.log.StateRecord", "FormatsFuzzTest"),
          entry("protocol.log.VolumeRecord", "FormatsFuzzTest"),
          entry("protocol.wire.WireReader", "FormatsFuzzTest"),
          entry("replica.FunctionUrl", "QuestionsFuzzTest"),
          entry("replica.QueryJson", "QuestionsFuzzTest"),
          entry(
              "replica.ReplicaSettings",
              "- what its owner has set; what is no number is refused by name"),
          entry("replica.Texts", "QuestionsFuzzTest"),
          entry("s3.ContentRange", "ContentRangeFuzzTest"),
          entry("s3.S3ObjectStore", "- a checksum that is none counts as not told"),
          entry("sqlite.JsonReader", "JsonReaderFuzzTest"),
          entry(
              "sqlite.Registry",
              "- a parameter of a URL; what is neither number nor time is refused"),
          entry("sqlite.SqlMutation", "SqlMutationFuzzTest"),
          entry("sqlite.SyncVerbs", "- the argument of a pragma; what is no number is refused"),
          entry("sqlite.ffi.Vfs", "- the release of SQLite itself"));

  private static final JavaClasses PRODUCT =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("dev.graft");

  /** By class without nesting, what it calls. */
  private static Map<String, Set<String>> readers() {
    Map<String, Set<String>> readers = new TreeMap<>();
    for (JavaClass type : PRODUCT) {
      Set<String> calls =
          Stream.concat(
                  type.getAccessesFromSelf().stream(), type.getMethodReferencesFromSelf().stream())
              .map(call -> simple(call.getTargetOwner()) + "." + call.getTarget().getName())
              .filter(READING::contains)
              .collect(Collectors.toSet());
      boolean isProduct =
          Stream.of("sim", "bench", "examples")
              .noneMatch(at -> type.getName().startsWith("dev.graft." + at));
      if (!calls.isEmpty() && isProduct) {
        String name = type.getName().substring("dev.graft.".length()).replaceAll("\\$.*", "");
        readers.computeIfAbsent(name, _ -> new TreeSet<>()).addAll(calls);
      }
    }
    return readers;
  }

  private static String simple(JavaClass type) {
    return type.getName().substring(type.getName().lastIndexOf('.') + 1);
  }

  @Test
  void everyReader_hasAFuzzTestOrAReason() {
    Map<String, Set<String>> readers = readers();
    assertThat(readers).hasSizeGreaterThan(40);
    assertThat(readers.keySet()).as("%s", readers).isEqualTo(new TreeSet<>(HELD.keySet()));
  }

  @Test
  void everyFuzzTest_hasKeptInputsAndStandsInTheDocument() throws IOException {
    Path root = Path.of("..").toAbsolutePath().normalize();
    String document = Files.readString(root.resolve("docs/testing.md"));
    Map<String, Path> tests = new TreeMap<>();
    for (Path module : Files.newDirectoryStream(root)) {
      Path java = module.resolve("src/test/java");
      if (Files.isDirectory(java)) {
        try (Stream<Path> files = Files.walk(java)) {
          files
              .filter(file -> file.toString().endsWith("FuzzTest.java"))
              .forEach(file -> tests.put(file.toString(), file));
        }
      }
    }
    Set<String> names = new TreeSet<>();
    Pattern fuzzed = Pattern.compile("@FuzzTest.*\\s+void (\\w+)\\(");
    for (Path test : tests.values()) {
      String name = test.getFileName().toString().replace(".java", "");
      names.add(name);
      assertThat(document).as("docs/testing.md").contains("`" + name + "`");
      Path inputs =
          Path.of(
              test.toString()
                  .replace("src/test/java", "src/test/resources")
                  .replace(".java", "Inputs"));
      Matcher methods = fuzzed.matcher(Files.readString(test));
      for (boolean found = methods.find(); found; found = methods.find()) {
        Path kept = inputs.resolve(methods.group(1));
        assertThat(kept).isDirectory();
        try (Stream<Path> files = Files.list(kept)) {
          assertThat(files.count()).as("%s", kept).isPositive();
        }
      }
    }
    assertThat(names)
        .containsAll(HELD.values().stream().filter(held -> !held.startsWith("-")).toList());
  }
}
