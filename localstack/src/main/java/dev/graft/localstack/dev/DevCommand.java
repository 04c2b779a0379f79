package dev.graft.localstack.dev;

import dev.graft.auth.Token;
import dev.graft.cli.JsonText;
import dev.graft.functions.service.Limits;
import dev.graft.localstack.Stack;
import dev.graft.localstack.StackLog;
import dev.graft.localstack.StackOptions;
import dev.graft.localstack.dev.DevFolder.KeptToken;
import dev.graft.protocol.error.GraftException;
import java.io.IOException;
import java.io.PrintStream;
import java.net.BindException;
import java.net.URI;
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

/** Runs the backend until the process is told to end. */
@Command(
    name = "graft dev",
    description = {
      "Run the whole backend in one process on 127.0.0.1: the edge, the functions and their store.",
      "Says 'ready' and its address when requests are answered; ends on Ctrl-C and SIGTERM.",
      ""
    })
public final class DevCommand implements Callable<Integer> {
  /** When {@code --port} is not given. */
  static final int DEFAULT_PORT = 8320;

  /** Of the requests, whose line in the log says all: as on Lambda (docs/operations.md). */
  private static final double LOG_SHARE = 0.05;

  @Mixin private final Listening listening = new Listening(DEFAULT_PORT);

  @Option(
      names = "--dir",
      paramLabel = "D",
      description = "Where it keeps store, keys, token and log (default: .graft-dev).")
  private Path dir = Path.of(".graft-dev");

  @Option(
      names = "--store",
      paramLabel = "STORE",
      description =
          "A folder, folder:PATH or s3://BUCKET[/PREFIX] (default: the folder store in D).")
  private @Nullable String store;

  @Option(
      names = "--s3-endpoint",
      paramLabel = "URL",
      description = "A store that speaks S3, for example LocalStack (default: AWS).")
  private @Nullable URI endpoint;

  @Option(names = "--no-auth", description = "Ask for no token: everybody may do everything.")
  private boolean noAuth;

  @Option(
      names = "--keys",
      paramLabel = "FILE",
      description = "The key ring (default: keys.json in D, made when there is none).")
  private @Nullable Path keys;

  private final PrintStream out;
  private final CountDownLatch end;

  /**
   * @param out where it says that it is ready
   * @param end counted down when it is to end
   */
  public DevCommand(PrintStream out, CountDownLatch end) {
    this.out = out;
    this.end = end;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (noAuth && keys != null) {
      throw new GraftException.Misuse("--no-auth and --keys exclude each other: name one of them");
    }
    int port = listening.port();
    InstantSource clock = InstantSource.system();
    SecureRandom random = new SecureRandom();
    try (DevFolder folder = DevFolder.open(dir.toAbsolutePath().normalize());
        DevLog log = DevLog.open(folder.logFile());
        DevStore place = DevStore.open(store, endpoint, folder.store(), clock)) {
      var ring = folder.keys(keys, random);
      @Nullable KeptToken token = noAuth ? null : folder.token(ring, place.store(), random, clock);
      StackOptions options =
          place
              .options()
              .withPort(port)
              .withLimits(Limits.DEFAULT)
              .withLog(StackLog.of(LOG_SHARE, log));
      try (Stack stack = Stack.start(noAuth ? options : options.withKeys(ring))) {
        say(stack.address(), folder, place.name(), token);
        end.await();
      } catch (BindException taken) {
        throw listening.taken();
      }
    }
    return 0;
  }

  private void say(URI address, DevFolder folder, String storeName, @Nullable KeptToken kept) {
    @Nullable Token token = kept == null ? null : kept.token();
    String replaced = kept == null ? "" : kept.replaced();
    if (listening.json()) {
      Map<String, @Nullable Object> ready = new LinkedHashMap<>();
      ready.put("ready", true);
      ready.put("address", address.toString());
      ready.put("dir", folder.path().toString());
      ready.put("store", storeName);
      ready.put("log", folder.logFile().toString());
      ready.put("tokenFile", token == null ? null : folder.tokenFile().toString());
      ready.put("tokenExpires", token == null ? null : token.expires().toString());
      ready.put("tokenReplaced", replaced.isEmpty() ? null : replaced);
      out.println(JsonText.compact(ready));
    } else {
      out.println("ready " + address);
      out.println("  store  " + storeName);
      out.println("  log    " + folder.logFile());
      if (kept == null) {
        out.println("  token  none: everybody on this machine may do everything");
      } else {
        out.println("  token  " + folder.tokenFile() + ", until " + kept.token().expires());
        kept.newLine().ifPresent(out::println);
      }
      out.println("In another terminal:");
      if (kept != null) {
        out.println("  export GRAFT_TOKEN=$(cat '" + folder.tokenFile() + "')");
      }
      out.println("  graft init tickets --remote " + address);
      out.println("  graft import shop.db shop --remote " + address);
    }
    out.flush();
  }
}
