package dev.graft.http;

import dev.graft.protocol.remote.UploadReceipt;
import java.net.URI;
import java.time.Instant;
import java.util.Map;

/** Where a segment may be put, or that it is there. */
public sealed interface UploadsAnswer {
  /**
   * PUT it there.
   *
   * @param url where; it is a secret until it expires
   * @param headers send exactly these
   * @param expires until when
   * @param serverTime the clock of the side that answers
   */
  record Presigned(URI url, Map<String, String> headers, Instant expires, Instant serverTime)
      implements UploadsAnswer {
    public Presigned {
      headers = Map.copyOf(headers);
    }

    /** Says nothing of the address. */
    @Override
    public String toString() {
      return "Presigned[expires " + expires + "]";
    }
  }

  /**
   * It is in the store already.
   *
   * @param receipt of that
   */
  record There(UploadReceipt receipt) implements UploadsAnswer {}
}
