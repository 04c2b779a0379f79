package dev.graft.localstack.deployed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.functions.service.Group;
import dev.graft.http.Messages;
import dev.graft.http.Problem;
import dev.graft.http.Route;
import dev.graft.localstack.web.Body;
import dev.graft.localstack.web.WebAnswer;
import dev.graft.localstack.web.WebRequest;
import dev.graft.localstack.web.WebServer;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.error.GraftException.Code;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests to function URLs, with a server in the place of LocalStack. */
class FunctionUrlsTest {
  private static final int LENGTH = 42;
  private static final VolumeId VOLUME = new VolumeId(1, 2);

  @TempDir Path folder;

  private final Queue<WebRequest> seen = new ConcurrentLinkedQueue<>();
  private volatile int status = 401;
  private WebServer localStack;
  private FunctionUrls urls;

  @BeforeEach
  void start() throws IOException {
    localStack =
        WebServer.start(
            0,
            1 << 20,
            request -> {
              request.body(); // is read now or never
              seen.add(request);
              return new WebAnswer.Response(
                  status, Map.of("graft-time", "now"), Body.of(new byte[LENGTH]));
            });
    urls = new FunctionUrls(localStack.address(), outputs().functions());
  }

  @AfterEach
  void stop() {
    urls.close();
    localStack.close();
  }

  private Outputs outputs() throws IOException {
    Path file = folder.resolve("outputs.json");
    Files.writeString(
        file,
        """
        {"Graft": {"Bucket": "b", "KeysParameter": "/graft/Graft/keys",
          "CommitUrl": "http://c.lambda-url.local:4566/", "ChangesUrl": "http://h.lambda-url.local:4566/",
          "VolumesUrl": "http://v.lambda-url.local:4566/", "TokensUrl": "http://t.lambda-url.local:4566/",
          "RangesUrl": "http://r.lambda-url.local:4566/"}}
        """);
    return Outputs.read(file);
  }

  private WebAnswer.Response ask(String method, Route route, String body) {
    WebRequest request =
        new WebRequest(
            method,
            route.path(),
            "",
            Map.of("graft-token", "secret", "host", "127.0.0.1", "connection", "close"),
            body.getBytes(StandardCharsets.UTF_8));
    return (WebAnswer.Response) urls.handle(request);
  }

  @Test
  void request_goesAsItIsToTheFunctionOfItsRoute_underItsName() {
    status = 200;
    Map<Route, String> hosts =
        Map.of(
            new Route.Commits(VOLUME), "c.lambda-url.local:4566",
            new Route.Changes(VOLUME), "h.lambda-url.local:4566",
            new Route.Create(), "v.lambda-url.local:4566",
            new Route.Revoke(), "t.lambda-url.local:4566",
            new Route.LogRange(VOLUME, new Lsn(7)), "r.lambda-url.local:4566");
    hosts.forEach((route, host) -> {
      boolean range = route instanceof Route.OfObject;
      WebAnswer.Response answer = ask(range ? "GET" : "POST", route, range ? "" : "body");
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.headers()).containsEntry("graft-time", "now");
      WebRequest arrived = seen.remove();
      assertThat(arrived.path()).isEqualTo(route.path());
      assertThat(arrived.headers())
          .containsEntry("host", host)
          .containsEntry("graft-token", "secret");
      assertThat(arrived.body()).hasSize(range ? 0 : 4);
      assertThat(urls.requests(Group.of(route))).isEqualTo(1);
    });
    assertThat(seen).isEmpty();
  }

  @Test
  void head_tellsTheLengthOfWhatIsNotSent() {
    status = 200;
    Route range = new Route.LogRange(VOLUME, new Lsn(7));
    assertThat(ask("HEAD", range, "").body().length()).isEqualTo(LENGTH);
    assertThat(seen.remove().method()).isEqualTo("HEAD");
  }

  @Test
  void path_ofNoFunction_reachesNobody() {
    WebAnswer answer =
        urls.handle(new WebRequest("POST", "/v1/nothing", "", Map.of(), new byte[0]));
    assertThat(((WebAnswer.Response) answer).status()).isEqualTo(404);
    assertThat(seen).isEmpty();
  }

  @Test
  void localStack_thatIsGone_isABadGateway_whichAProblemDocumentTells() throws IOException {
    localStack.close();
    WebAnswer.Response answer = ask("POST", new Route.Info(VOLUME), "");
    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.headers()).containsEntry("content-type", "application/problem+json");
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    answer.body().writeTo(body);
    Problem problem = Messages.problem().decode(body.toByteArray());
    assertThat(problem.code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(problem.detail()).contains("was lost").contains("ask again");
  }

  @Test
  void wake_asksEachFunctionOnce_andWantsThemToAskForAToken()
      throws IOException, InterruptedException {
    urls.wake();
    assertThat(seen).extracting(r -> r.headers().get("host")).doesNotHaveDuplicates().hasSize(5);
    status = 500;
    assertThatThrownBy(urls::wake)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("answered 500", "key ring");
    localStack.close();
    assertThatThrownBy(urls::wake).isInstanceOf(IOException.class);
  }

  @Test
  void outputs_ofAStackWithCloudFront_areRefusedInASentence() throws IOException {
    Path file = folder.resolve("aws.json");
    Files.writeString(file, "{\"Graft\": {\"Address\": \"https://d.cloudfront.net\"}}");
    assertThatThrownBy(() -> Outputs.read(file))
        .isInstanceOf(GraftException.Misuse.class)
        .hasMessageContaining("has no output CommitUrl");
    assertThat(outputs().replica()).isEmpty();
    assertThat(outputs().functions().values())
        .isNotEmpty()
        .allSatisfy(url -> assertThat(url).isInstanceOf(URI.class));
    assertThat(List.of(Group.values())).hasSameSizeAs(outputs().functions().keySet());
  }
}
