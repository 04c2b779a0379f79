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
    // Reads go out many at a time; the JDK keeps 5 connections to a host when nothing is said.
    if (System.getProperty("http.maxConnections") == null) {
      System.setProperty("http.maxConnections", "32");
    }
    int code = GraftCommand.run(Surroundings.ofThisProcess(), args);
    System.exit(code);
  }
}
