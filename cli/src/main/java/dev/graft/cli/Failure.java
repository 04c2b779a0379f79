package dev.graft.cli;

/** The command cannot do what it was asked, and says why in one sentence. */
public final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  private Failure(String sentence, int exitCode) {
    super(sentence);
    this.exitCode = exitCode;
  }

  /** It failed. */
  public static Failure failed(String sentence) {
    return new Failure(sentence, ExitCode.FAILURE);
  }

  /** It was asked wrongly. */
  public static Failure usage(String sentence) {
    return new Failure(sentence, ExitCode.USAGE);
  }

  /** What was asked for is not there. */
  public static Failure notFound(String sentence) {
    return new Failure(sentence, ExitCode.NOT_FOUND);
  }

  /** What was found is damaged, or is not what it should be. */
  public static Failure corrupt(String sentence) {
    return new Failure(sentence, ExitCode.CORRUPT);
  }

  /** Another commit came first. */
  public static Failure conflict(String sentence) {
    return new Failure(sentence, ExitCode.CONFLICT);
  }

  /** Store or disk did not do it now. */
  public static Failure unavailable(String sentence) {
    return new Failure(sentence, ExitCode.UNAVAILABLE);
  }

  /** What a failure says of itself, on one line. */
  public static String reason(Exception failure) {
    return Failures.tell(failure).sentence();
  }

  int exitCode() {
    return exitCode;
  }
}
