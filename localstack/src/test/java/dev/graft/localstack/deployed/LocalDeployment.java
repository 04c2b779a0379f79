package dev.graft.localstack.deployed;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.yaml.snakeyaml.Yaml;

/** What {@code localstack/deploy} does, and what LocalStack says of it afterwards. */
final class LocalDeployment implements AutoCloseable {
  /** Set to {@code required} where it must be possible: then the test fails and is not skipped. */
  private static final String REQUIRED = "GRAFT_DEPLOY";

  private static final Path SCRIPT = Path.of("deploy").toAbsolutePath();
  private static final Path CHECKOUT = Path.of("..");
  private static final int SCRIPT_MINUTES = 8;
  private static final int ENGINE_SECONDS = 10;

  /** LocalStack tells services apart by it, and proves nothing. */
  private static final String SIGNATURE =
      "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/lambda/aws4_request,"
          + " SignedHeaders=host, Signature=0";

  private final Path folder;
  private final HttpClient http = FunctionUrls.client();

  private LocalDeployment(Path folder) {
    this.folder = folder;
  }

  /** Why nothing can be deployed here; nothing when it can. */
  static Optional<String> obstacle() {
    List<String> missing = new ArrayList<>();
    if (!engineHasLocalStack()) {
      missing.add("a Docker engine that has LocalStack's image");
    }
    if (!Files.exists(CHECKOUT.resolve("node_modules/.bin/cdklocal"))) {
      missing.add("cdklocal (npm ci)");
    }
    for (String built :
        List.of(
            "functions/target/graft-functions.zip",
            "replica/target/graft-replica.zip",
            "infra/target/lib")) {
      if (!Files.exists(CHECKOUT.resolve(built))) {
        missing.add(built + " (mvn -DskipTests package)");
      }
    }
    if (missing.isEmpty()) {
      return Optional.empty();
    }
    String skipped =
        "skipped: the deployment on LocalStack (there is no " + String.join(", no ", missing) + ")";
    if ("required".equals(System.getenv(REQUIRED))) {
      throw new AssertionError(skipped + ", but " + REQUIRED + "=required");
    }
    return Optional.of(skipped);
  }

  private static boolean engineHasLocalStack() {
    for (String image : List.of("localstack/localstack:4.14.0", "graft/localstack:4.14.0")) {
      try {
        Process asked =
            new ProcessBuilder("docker", "image", "inspect", image)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        boolean ended = asked.waitFor(ENGINE_SECONDS, TimeUnit.SECONDS);
        asked.destroyForcibly();
        if (ended && asked.exitValue() == 0) {
          return true;
        }
      } catch (IOException noCommand) {
        return false;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return false;
  }

  /** Starts LocalStack and deploys everything. */
  static LocalDeployment up(Path folder) throws IOException, InterruptedException {
    LocalDeployment deployment = new LocalDeployment(folder);
    try {
      deployment.script("up");
    } catch (AssertionError e) {
      deployment.close();
      throw e;
    }
    return deployment;
  }

  /** Runs the script and gives what it printed. */
  String script(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(SCRIPT.toString()));
    command.addAll(List.of(arguments));
    Path printed = Files.createTempFile("deploy", ".log");
    try {
      ProcessBuilder process =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(printed.toFile());
      process.environment().put("GRAFT_DEPLOYED", folder.toString());
      Process running = process.start();
      boolean ended = running.waitFor(SCRIPT_MINUTES, TimeUnit.MINUTES);
      running.destroy();
      String said = Files.readString(printed);
      if (!ended || running.exitValue() != 0) {
        throw new AssertionError("localstack/deploy " + String.join(" ", arguments) + ": " + said);
      }
      return said;
    } finally {
      Files.delete(printed);
    }
  }

  Path folder() {
    return folder;
  }

  Outputs outputs() throws IOException {
    return Outputs.read(folder.resolve("outputs.json"));
  }

  /** Of LocalStack. */
  URI endpoint() throws IOException {
    return URI.create(Files.readString(folder.resolve("endpoint")).strip());
  }

  /** What Lambda's API answers to a GET. */
  Map<String, Object> lambda(String path) throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(endpoint().resolve(path))
                .header("authorization", SIGNATURE)
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new AssertionError(path + ": " + response.statusCode() + " " + response.body());
    }
    return new Yaml().load(response.body());
  }

  /** Asks the replica at its URL. */
  HttpResponse<String> query(String json) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(endpoint().resolve("/query"))
            .header("host", outputs().replica().orElseThrow().getAuthority())
            .header("content-type", "application/json")
            .timeout(Duration.ofSeconds(60))
            .POST(HttpRequest.BodyPublishers.ofString(json))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() {
    try {
      script("down");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
