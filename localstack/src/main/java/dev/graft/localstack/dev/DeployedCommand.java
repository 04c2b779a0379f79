package dev.graft.localstack.dev;

import dev.graft.auth.KeyRing;
import dev.graft.auth.Token;
import dev.graft.cli.JsonText;
import dev.graft.localstack.deployed.Deployed;
import dev.graft.localstack.deployed.Outputs;
import dev.graft.protocol.error.GraftException;
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

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  private boolean help;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "Where it listens; 0 for any free one (default: 8321).")
  private int port = DEFAULT_PORT;

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

  @Option(names = "--json", description = "Say what is ready as one JSON object.")
  private boolean json;

  private final PrintStream out;
  private final CountDownLatch end;

  DeployedCommand(PrintStream out, CountDownLatch end) {
    this.out = out;
    this.end = end;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
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
      Token token = kept.token(keys, random, clock);
      try (Deployed deployed =
          Deployed.start(outputs, endpoint, keys, chosenRanges(), port, clock)) {
        say(deployed.address(), outputs, kept, token);
        end.await();
      } catch (BindException taken) {
        throw new GraftException.Unavailable(
            "port " + port + " is taken: stop what listens there, or name another with --port");
      }
    }
    return 0;
  }

  private Deployed.Ranges chosenRanges() {
    return switch (ranges) {
      case "function" -> Deployed.Ranges.FUNCTION;
      case "s3" -> Deployed.Ranges.S3;
      default ->
          throw new GraftException.Misuse("--ranges is function or s3, not '" + ranges + "'");
    };
  }

  private void say(URI address, Outputs outputs, DevFolder folder, Token token) {
    if (json) {
      Map<String, @Nullable Object> ready = new LinkedHashMap<>();
      ready.put("ready", true);
      ready.put("address", address.toString());
      ready.put("bucket", outputs.bucket());
      ready.put("ranges", ranges);
      ready.put("tokenFile", folder.tokenFile().toString());
      ready.put("tokenExpires", token.expires().toString());
      out.println(JsonText.compact(ready));
    } else {
      out.println("ready " + address);
      out.println("  bucket  s3://" + outputs.bucket() + ", ranges by way of the " + ranges);
      out.println("  token   " + folder.tokenFile() + ", until " + token.expires());
      out.println("In another terminal:");
      out.println("  export GRAFT_TOKEN=$(cat '" + folder.tokenFile() + "')");
      out.println("  ./graft init shop --remote " + address);
    }
  }
}
