package dev.graft.localstack.dev;

import dev.graft.auth.KeyRing;
import dev.graft.auth.Token;
import dev.graft.cli.JsonText;
import dev.graft.localstack.deployed.Deployed;
import dev.graft.localstack.deployed.Outputs;
import dev.graft.localstack.dev.DevFolder.KeptToken;
import dev.graft.protocol.error.GraftException;
import dev.graft.s3.S3ObjectStore;
import java.io.IOException;
import java.io.PrintStream;
import java.net.BindException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Gives clients one address before what {@code localstack/deploy} has deployed. */
@Command(
    name = "deployed",
    description = {
      "Give clients one address on 127.0.0.1 before the functions that localstack/deploy has"
          + " deployed to LocalStack.",
      ""
    })
final class DeployedCommand implements Callable<Integer> {
  /** When {@code --port} is not given. */
  static final int DEFAULT_PORT = 8321;

  @Mixin private final Listening listening = new Listening(DEFAULT_PORT);

  @Option(
      names = "--dir",
      paramLabel = "D",
      description = "What localstack/deploy works in (default: localstack/target/deployed).")
  private Path dir = Path.of("localstack", "target", "deployed");

  @Option(
      names = "--ranges",
      paramLabel = "FROM",
      description =
          "Where pages come from: function, or s3, the bucket behind a local edge (default:"
              + " function).")
  private String ranges = "function";

  private final PrintStream out;
  private final CountDownLatch end;

  DeployedCommand(PrintStream out, CountDownLatch end) {
    this.out = out;
    this.end = end;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    int port = listening.port();
    Deployed.Ranges from = chosenRanges();
    Path folder = dir.toAbsolutePath().normalize();
    if (!Files.exists(folder.resolve("outputs.json"))) {
      throw new GraftException.Misuse(
          "nothing is deployed by way of " + folder + ": run localstack/deploy first");
    }
    Outputs outputs = Outputs.read(folder.resolve("outputs.json"));
    URI endpoint = URI.create(Files.readString(folder.resolve("endpoint")).strip());
    InstantSource clock = InstantSource.system();
    SecureRandom random = new SecureRandom();
    try (DevFolder kept = DevFolder.open(folder)) {
      KeyRing keys = kept.keys(null, random);
      KeptToken token = token(kept, keys, outputs, endpoint, random, clock);
      try (Deployed deployed = Deployed.start(outputs, endpoint, keys, from, port, clock)) {
        say(deployed.address(), outputs, kept, token);
        end.await();
      } catch (BindException taken) {
        throw listening.taken();
      }
    }
    return 0;
  }

  private static KeptToken token(
      DevFolder folder,
      KeyRing keys,
      Outputs outputs,
      URI endpoint,
      SecureRandom random,
      InstantSource clock)
      throws IOException {
    try (S3ObjectStore bucket = Deployed.bucket(outputs, endpoint, clock)) {
      return folder.token(keys, bucket, random, clock);
    }
  }

  private Deployed.Ranges chosenRanges() {
    return switch (ranges) {
      case "function" -> Deployed.Ranges.FUNCTION;
      case "s3" -> Deployed.Ranges.S3;
      default ->
          throw new GraftException.Misuse("--ranges is function or s3, not '" + ranges + "'");
    };
  }

  private void say(URI address, Outputs outputs, DevFolder folder, KeptToken kept) {
    Token token = kept.token();
    if (listening.json()) {
      Map<String, @Nullable Object> ready = new LinkedHashMap<>();
      ready.put("ready", true);
      ready.put("address", address.toString());
      ready.put("bucket", outputs.bucket());
      ready.put("ranges", ranges);
      ready.put("tokenFile", folder.tokenFile().toString());
      ready.put("tokenExpires", token.expires().toString());
      ready.put("tokenReplaced", kept.replaced().isEmpty() ? null : kept.replaced());
      out.println(JsonText.compact(ready));
    } else {
      out.println("ready " + address);
      out.println("  bucket  s3://" + outputs.bucket() + ", ranges by way of the " + ranges);
      out.println("  token   " + folder.tokenFile() + ", until " + token.expires());
      kept.newLine().ifPresent(out::println);
      out.println("In another terminal:");
      out.println("  export GRAFT_TOKEN=$(cat '" + folder.tokenFile() + "')");
      out.println("  ./graft init shop --remote " + address);
    }
    out.flush();
  }
}
