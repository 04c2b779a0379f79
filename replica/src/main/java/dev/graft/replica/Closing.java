package dev.graft.replica;

/** Closes what is of no use any more. */
final class Closing {
  private Closing() {}

  /** Closes; a failure concerns nobody, since nothing was written. */
  static void quietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      return;
    }
  }
}
