package dev.graft.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.http.Route;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Edge and functions give one answer to each of the {@link Vectors}, and the file holds them. */
class VectorsTest {
  private static final Path FILE = Path.of("src/test/resources/dev/graft/auth/vectors.json");

  @Test
  void rows_equalTheGoldenFile() throws IOException {
    String json = VectorsFile.json();
    if (Boolean.getBoolean("graft.golden.write")) {
      Files.writeString(FILE, json);
    }
    assertThat(Files.readString(FILE)).isEqualTo(json);
    Map<Integer, Long> statuses =
        Vectors.rows().stream()
            .collect(
                Collectors.groupingBy(Vectors.Row::status, TreeMap::new, Collectors.counting()));
    System.out.println("token vectors by status: " + statuses);
    assertThat(statuses.keySet()).containsExactly(200, 401, 403, 404, 405, 410);
    assertThat(statuses.values()).allSatisfy(count -> assertThat(count).isGreaterThan(10));
  }

  @Test
  void admission_everyRow_answersAsExpected() {
    List<String> wrong = new ArrayList<>();
    for (Vectors.Row row : Vectors.rows()) {
      int status = status(row);
      if (status != row.status()) {
        wrong.add(status + " for " + row);
      }
    }
    assertThat(wrong).isEmpty();
  }

  private static int status(Vectors.Row row) {
    List<String> methods = Route.methods(row.path());
    if (methods.isEmpty()) {
      return 404;
    }
    if (!methods.contains(row.method())) {
      return 405;
    }
    Admission admission =
        new Admission(
            Vectors.RING, Vectors.revoked(), InstantSource.fixed(Instant.ofEpochMilli(row.now())));
    Route route = Route.parse(row.method(), row.path()).orElseThrow();
    return switch (admission.admit(row.token(), route)) {
      case Verdict.Admitted _ -> 200;
      case Verdict.Refused refused -> refused.cause().status();
    };
  }

  @Test
  void edge_everyRow_answersAsExpected() {
    assumeTrue(EdgeFunction.isThere(), "there is no node here: the edge function is not run");
    List<String> wrong = new ArrayList<>();
    try (EdgeFunction edge = EdgeFunction.start(Vectors.edgeEntries())) {
      for (Vectors.Row row : Vectors.rows()) {
        int status =
            edge.ask(row.method(), row.path(), row.token(), Instant.ofEpochMilli(row.now()))
                .status();
        if (status != row.status()) {
          wrong.add(status + " for " + row);
        }
      }
    }
    assertThat(wrong).isEmpty();
  }
}
