package dev.graft.localstack.edge;

/** What the origin of immutable objects says to one request. */
public sealed interface OriginAnswer {
  /**
   * A part of the object.
   *
   * @param bytes those asked for; fewer only where the object ends
   * @param totalBytes the length of the whole object
   */
  record Part(byte[] bytes, long totalBytes) implements OriginAnswer {}

  /** The whole object, from an origin that takes no notice of ranges. */
  record Whole(byte[] bytes) implements OriginAnswer {}

  /** There is no such object. */
  record Missing() implements OriginAnswer {}

  /**
   * The origin did not answer, or not in a way that can be used.
   *
   * @param status what the edge answers for it: 502 or 504
   * @param reason for messages; holds no address
   */
  record Failed(int status, String reason) implements OriginAnswer {}
}
