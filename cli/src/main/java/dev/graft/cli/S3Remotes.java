package dev.graft.cli;

import dev.graft.client.RemoteProvider;
import dev.graft.protocol.remote.Remote;
import java.util.Map;

/**
 * Remotes of the form {@code s3://BUCKET} or {@code s3://BUCKET/PREFIX}: the engine in this
 * process, on a bucket, with the credentials, region and endpoint that the usual variables of AWS
 * name. There is one engine for each address in a process; it ends when the last remote on it is
 * closed. Safe for use by many threads.
 */
public final class S3Remotes implements RemoteProvider {
  /** What such an address begins with. */
  public static final String SCHEME = "s3://";

  /** For the service loader. */
  public S3Remotes() {}

  @Override
  public boolean accepts(String uri) {
    return uri.startsWith(SCHEME);
  }

  @Override
  public Remote open(String uri, Map<String, String> parameters) {
    String plain = uri.endsWith("/") ? uri.substring(0, uri.length() - 1) : uri;
    return SharedEngines.use(plain, clock -> BucketStores.open(plain, clock), missing -> missing);
  }
}
