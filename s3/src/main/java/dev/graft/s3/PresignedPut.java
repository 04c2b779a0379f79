package dev.graft.s3;

import java.net.URI;
import java.time.Instant;
import java.util.Map;

/**
 * A write that somebody without credentials may do once.
 *
 * @param url to PUT to
 * @param headers to send, exactly these (and the body); names in lower case
 * @param expires not later than this
 */
public record PresignedPut(URI url, Map<String, String> headers, Instant expires) {
  public PresignedPut {
    headers = Map.copyOf(headers);
  }
}
