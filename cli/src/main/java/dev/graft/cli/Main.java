package dev.graft.cli;

/** Where the {@code graft} command begins. */
public final class Main {
  private Main() {}

  /**
   * Runs one command and ends the JVM with its exit code.
   *
   * @param args as typed
   */
  public static void main(String[] args) {
    int code = GraftCommand.run(Surroundings.ofThisProcess(), args);
    System.exit(code);
  }
}
