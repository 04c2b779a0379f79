package dev.graft.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the edge's function does beside saying yes or no. */
class EdgeFunctionTest {
  /** A CloudFront Function's code has at most 10 KB. */
  private static final int MAX_BYTES = 10_240;

  private static final String TOKEN = "graft-token";
  private static final String RANGE = "/v1/volumes/" + Vectors.OWN + "/segments/" + Vectors.SEGMENT;
  private static final String CALL = "/v1/volumes/" + Vectors.OWN + "/changes";

  private final String good =
      Vectors.rows().stream()
          .filter(row -> row.name().equals("read of all"))
          .findFirst()
          .map(Vectors.Row::token)
          .orElseThrow();
  private EdgeFunction edge;

  @BeforeEach
  void start() {
    assumeTrue(EdgeFunction.isThere(), "there is no node here: the edge function is not run");
    edge = EdgeFunction.start(Vectors.edgeEntries());
  }

  @AfterEach
  void stop() {
    if (edge != null) {
      edge.close();
    }
  }

  private EdgeFunction.Outcome ask(String method, String path, Map<String, List<String>> headers) {
    return edge.ask(method, path, headers, Vectors.NOW, false);
  }

  @Test
  void file_isSmallAndOfTheRuntimesLanguage() throws IOException {
    String code = Files.readString(EdgeFunction.FILE);
    System.out.println("edge function: " + code.length() + " bytes of " + MAX_BYTES);
    assertThat(Files.size(EdgeFunction.FILE)).isLessThanOrEqualTo(MAX_BYTES);
    assertThat(code).isASCII();
    assertThat(code.lines().filter(line -> line.startsWith("import ")))
        .containsExactly("import cf from 'cloudfront';");
    // What runtime 2.0 does not have, or has only in part.
    assertThat(code)
        .doesNotContain("?.", "??", "class ", "BigInt", "export ", "eval", "setTimeout")
        .doesNotContainPattern("[(,!&|?:] *await ")
        .doesNotContainPattern("for *\\([a-z]+ \\w+ of ")
        .doesNotContainPattern("process|globalThis|URL\\(|TextDecoder|atob|fetch\\(");
  }

  @Test
  void range_admitted_goesToTheStoreWithoutTheToken() {
    Map<String, List<String>> headers =
        Map.of(TOKEN, List.of(good), "range", List.of("bytes=0-99"));
    for (String method : List.of("GET", "HEAD")) {
      EdgeFunction.Outcome on = ask(method, RANGE, headers);
      assertThat(on.status()).isEqualTo(200);
      assertThat(on.uri()).isEqualTo(RANGE.substring("/v1".length()));
      assertThat(on.headers()).containsExactly(Map.entry("range", "bytes=0-99"));
    }
  }

  @Test
  void call_admitted_goesOnUnchanged() {
    EdgeFunction.Outcome on =
        ask("POST", CALL, Map.of(TOKEN, List.of(good), "graft-request", List.of("a-1")));
    assertThat(on.uri()).isEqualTo(CALL);
    assertThat(on.headers()).containsEntry(TOKEN, good).containsEntry("graft-request", "a-1");
  }

  @Test
  void refusal_isAProblemDocumentThatIsNotKept() {
    EdgeFunction.Outcome refused =
        ask("POST", CALL, Map.of("graft-request", List.of("a-1"), TOKEN, List.of("secret.x.y")));
    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.headers())
        .containsEntry("content-type", "application/problem+json")
        .containsEntry("cache-control", "no-store")
        .containsEntry("graft-request", "a-1")
        .containsEntry("graft-time", "2026-11-01T00:00:00.000Z");
    assertThat(refused.body())
        .contains("\"type\":\"urn:graft:unauthorized\"", "\"status\":401", "\"code\":")
        .doesNotContain("secret");
    assertThat(ask("PUT", CALL, Map.of()).headers()).containsEntry("allow", "POST");
    // The titles of functions and of the local edge.
    assertThat(refused.body()).contains("\"title\":\"the token does not admit this\"");
    assertThat(ask("PUT", CALL, Map.of()).body()).contains("\"title\":\"the request breaks a rule");
    assertThat(ask("GET", "/", Map.of()).body()).contains("\"title\":\"there is no such thing\"");
    assertThat(ask("PUT", RANGE, Map.of()).headers()).containsEntry("allow", "GET, HEAD");
    assertThat(ask("GET", "/", Map.of("graft-request", List.of("<script>"))).headers())
        .doesNotContainKey("graft-request");
  }

  @Test
  void twoTokens_areNoToken() {
    assertThat(ask("POST", CALL, Map.of(TOKEN, List.of(good, good))).status()).isEqualTo(401);
    assertThat(ask("POST", CALL, Map.of(TOKEN, List.of("", good))).status()).isEqualTo(401);
  }

  @Test
  void keyValueStore_outOfReachOrEmpty_admitsNothing() throws IOException {
    EdgeFunction.Outcome broken =
        edge.ask("GET", RANGE, Map.of(TOKEN, List.of(good)), Vectors.NOW, true);
    assertThat(broken.status()).isEqualTo(503);
    assertThat(broken.headers()).containsEntry("retry-after", "1");
    assertThat(broken.body()).contains("\"code\":\"unavailable\"");
    Map<String, String> wrong = new HashMap<>(Vectors.edgeEntries());
    wrong.replaceAll((name, value) -> name.startsWith("key/") ? "" : value);
    for (Map<String, String> entries : List.of(new TreeMap<String, String>(), wrong)) {
      edge.keyValueStore(entries);
      assertThat(ask("GET", RANGE, Map.of(TOKEN, List.of(good))).status()).isIn(401, 503);
    }
    edge.keyValueStore(Vectors.edgeEntries());
    assertThat(ask("GET", RANGE, Map.of(TOKEN, List.of(good))).status()).isEqualTo(200);
  }
}
