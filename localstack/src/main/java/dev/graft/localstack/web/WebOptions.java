package dev.graft.localstack.web;

import java.time.Duration;

/**
 * The limits of a server.
 *
 * @param maxBodyBytes a request with more is answered 413
 * @param roomBytes for all bodies that are held at the same time; whoever finds none is answered
 *     503
 * @param roomWait how long a request waits for that room
 * @param maxConnections at the same time; more are answered 503 and closed
 * @param idle how long a connection stays open between requests
 * @param head how long the head of a request may take, from its first byte
 * @param body how long a body may take
 * @param write how long the other side may take no byte of an answer
 * @param end how long requests on their way are waited for when the server is closed
 */
public record WebOptions(
    int maxBodyBytes,
    int roomBytes,
    Duration roomWait,
    int maxConnections,
    Duration idle,
    Duration head,
    Duration body,
    Duration write,
    Duration end) {
  private static final int CONNECTIONS = 1_024;

  /**
   * The part of the heap that bodies may take: what is made of them takes several times as much.
   */
  private static final int HEAP_SHARE = 16;

  private static final int MAX_ROOM_BYTES = 256 << 20;

  public WebOptions {
    if (maxBodyBytes < 0 || roomBytes < maxBodyBytes) {
      throw new IllegalArgumentException(
          "bodies of " + maxBodyBytes + " bytes do not fit into " + roomBytes);
    }
  }

  /** The usual ones; the room is a share of the heap, and at least one of the largest bodies. */
  public static WebOptions of(int maxBodyBytes) {
    long share = Math.min(MAX_ROOM_BYTES, Runtime.getRuntime().maxMemory() / HEAP_SHARE);
    return new WebOptions(
        maxBodyBytes,
        (int) Math.max(maxBodyBytes, share),
        Duration.ofSeconds(5),
        CONNECTIONS,
        Duration.ofSeconds(60),
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        Duration.ofSeconds(30),
        Duration.ofSeconds(10));
  }

  /** The same with other room for bodies. */
  public WebOptions withRoom(int bytes, Duration wait) {
    return new WebOptions(maxBodyBytes, bytes, wait, maxConnections, idle, head, body, write, end);
  }

  /** The same with other patience with the other side. */
  public WebOptions withPatience(Duration forHead, Duration forBody, Duration forWrite) {
    return new WebOptions(
        maxBodyBytes, roomBytes, roomWait, maxConnections, idle, forHead, forBody, forWrite, end);
  }
}
