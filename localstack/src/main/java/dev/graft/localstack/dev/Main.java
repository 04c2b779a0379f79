package dev.graft.localstack.dev;

import dev.graft.cli.Failures;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;

/** Where {@code graft dev} begins. */
public final class Main {
  private static final int USAGE = 2;

  private Main() {}

  /**
   * Runs until SIGTERM or SIGINT, and ends the JVM with an exit code: 0 when it was told to end.
   *
   * @param args what follows {@code graft dev}
   */
  public static void main(String[] args) {
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    Thread signalled =
        new Thread(
            () -> {
              end.countDown();
              try {
                ended.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              // The code of a process that a signal ended would be that of a failure.
              Runtime.getRuntime().halt(0);
            },
            "graft-dev-end");
    Runtime.getRuntime().addShutdownHook(signalled);
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    int code = commandLine(out, end).execute(args);
    ended.countDown();
    if (end.getCount() > 0) {
      Runtime.getRuntime().removeShutdownHook(signalled);
      System.exit(code);
    }
  }

  static CommandLine commandLine(PrintStream out, CountDownLatch end) {
    PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    CommandLine line = new CommandLine(new DevCommand(out, end));
    line.addSubcommand(new DeployedCommand(out, end));
    line.setParameterExceptionHandler((wrong, _) -> {
      err.println("graft: " + wrong.getMessage() + " (see 'graft dev --help')");
      return USAGE;
    });
    line.setExecutionExceptionHandler((failure, _, _) -> {
      Failures.Told told = Failures.tell(failure);
      err.println("graft: " + told.sentence());
      String debug = System.getenv().getOrDefault("GRAFT_DEBUG", "");
      if (!debug.isEmpty() && !debug.equals("0")) {
        failure.printStackTrace(err);
      }
      return told.exitCode();
    });
    return line;
  }
}
