package dev.graft.client.http;

/** What goes wrong with one request to an {@link HttpFace}. */
sealed interface Fault {
  /** Nothing. */
  record None() implements Fault {}

  /** The connection ends before anything is done. */
  record DropBefore() implements Fault {}

  /** It is done, but the connection ends before the answer. */
  record DropAfter() implements Fault {}

  /** Not done, and answered by somebody on the way with this status, without a problem document. */
  record Status(int status, int retryAfterSeconds) implements Fault {}

  /** Done, and answered by somebody on the way with this status: its answer was lost. */
  record DoneButStatus(int status) implements Fault {}

  /** Done, and the answer's body breaks off in the middle. */
  record Truncated() implements Fault {}

  /** Done, and the answer is text that is no message, with status 200. */
  record Garbage() implements Fault {}

  /** No answer until the face is closed. */
  record Hangs() implements Fault {}

  /** A range read is answered with the whole object and status 200. */
  record Whole() implements Fault {}

  /** A range read is answered with up to so many bytes more on both sides. */
  record Larger(int bytes) implements Fault {}

  /** A range read is answered with no more than so many bytes. */
  record Shorter(int bytes) implements Fault {}

  /** A range read is answered with another range. */
  record WrongRange() implements Fault {}
}
