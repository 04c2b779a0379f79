package dev.graft.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.graft.auth.KeyId;
import dev.graft.auth.KeyRing;
import dev.graft.auth.SigningKey;
import dev.graft.engine.UpkeepTask;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** Signed requests to services of AWS, as a server sees them. */
class AwsCallTest {
  private record Seen(String path, String target, String kind, String signature, String body) {}

  private final List<Seen> seen = Collections.synchronizedList(new ArrayList<>());
  private final KeyRing ring =
      new KeyRing(List.of(new SigningKey(new KeyId("k"), new byte[32], false)));
  private HttpServer server = start();
  private int status = 200;
  private String answer = "{}";
  private AwsCall aws = call();

  private HttpServer start() {
    try {
      HttpServer made =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      made.createContext("/", this::handle);
      return made;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private AwsCall call() {
    return new AwsCall(
        "eu-central-1",
        "http://127.0.0.1:" + server.getAddress().getPort(),
        StaticCredentialsProvider.create(AwsBasicCredentials.create("id", "secret")));
  }

  @BeforeEach
  void begin() {
    server.start();
  }

  @AfterEach
  void end() {
    aws.close();
    server.stop(0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    var headers = exchange.getRequestHeaders();
    seen.add(
        new Seen(
            exchange.getRequestURI().getRawPath(),
            String.valueOf(headers.getFirst("x-amz-target")),
            String.valueOf(headers.getFirst("x-amz-invocation-type")),
            String.valueOf(headers.getFirst("authorization")),
            new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
    byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    try (exchange) {
      exchange.getResponseBody().write(bytes);
    }
  }

  @Test
  void maintenance_isInvokedAsynchronouslyAndOnceForOneGap() {
    status = 202;
    answer = "";
    LambdaMaintenance maintenance =
        new LambdaMaintenance("arn:aws:lambda:eu-central-1:1:function:graft-upkeep:live", aws);
    UpkeepTask task = new UpkeepTask.AfterCommit(new VolumeId(1, 2), new Lsn(32));
    for (int i = 0; i < 5; i++) {
      maintenance.ask(task);
    }
    assertThat(seen).hasSize(1);
    Seen call = seen.getFirst();
    assertThat(call.path())
        .isEqualTo(
            "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-central-1%3A1%3Afunction%3Agraft-upkeep%3Alive"
                + "/invocations");
    assertThat(call.kind()).isEqualTo("Event");
    assertThat(call.signature())
        .startsWith("AWS4-HMAC-SHA256 Credential=id/")
        .contains("/eu-central-1/lambda/aws4_request");
    assertThat(MaintenanceEvents.decode(call.body().getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(new MaintenanceEvents.Task(task));
  }

  @Test
  void keyRing_isReadFromParametersAndSecrets() {
    String text = ring.toJson().replace("\"", "\\\"").replace("\n", "\\n");
    answer = "{\"Parameter\":{\"Name\":\"/graft/keys\",\"Value\":\"" + text + "\"}}";
    assertThat(new KeyRingPlace.Parameter("/graft/keys").read(() -> aws)).isEqualTo(ring);
    assertThat(seen.getFirst().target()).isEqualTo("AmazonSSM.GetParameter");
    assertThat(seen.getFirst().body()).contains("\"WithDecryption\":true").contains("/graft/keys");
    answer = "{\"ARN\":\"x\",\"SecretString\":\"" + text + "\"}";
    assertThat(new KeyRingPlace.Secret("keys").read(() -> aws)).isEqualTo(ring);
    assertThat(seen.getLast().target()).isEqualTo("secretsmanager.GetSecretValue");
    answer = "{}";
    assertThatThrownBy(() -> new KeyRingPlace.Secret("keys").read(() -> aws))
        .isInstanceOf(GraftException.Misuse.class);
  }

  @Test
  void post_refusal_isUnavailableWithoutTheBody() {
    status = 403;
    answer = "secret words";
    assertThatThrownBy(() -> new KeyRingPlace.Parameter("/graft/keys").read(() -> aws))
        .isInstanceOf(GraftException.Unavailable.class)
        .hasMessageContaining("403")
        .hasMessageNotContaining("secret words");
  }
}
