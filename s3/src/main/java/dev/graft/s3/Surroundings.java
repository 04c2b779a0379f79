package dev.graft.s3;

import java.net.URI;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;

/** What settings leave open, taken from the environment as other programs for AWS take it. */
final class Surroundings {
  private static final Region OF_ENDPOINTS = Region.US_EAST_1;

  private Surroundings() {}

  /** The endpoint, when it is not AWS itself. */
  static Optional<URI> endpoint(S3Settings settings) {
    return settings
        .endpoint()
        .or(() ->
            first(
                    System.getProperty("aws.endpointUrlS3"),
                    System.getenv("AWS_ENDPOINT_URL_S3"),
                    System.getProperty("aws.endpointUrl"),
                    System.getenv("AWS_ENDPOINT_URL"))
                .map(URI::create));
  }

  /**
   * The region.
   *
   * @throws dev.graft.protocol.error.GraftException.Misuse when nothing says it
   */
  static Region region(S3Settings settings) {
    Optional<String> said =
        settings
            .region()
            .or(() ->
                first(
                    System.getProperty("aws.region"),
                    System.getenv("AWS_REGION"),
                    System.getenv("AWS_DEFAULT_REGION")));
    if (said.isPresent()) {
      return Region.of(said.get());
    }
    if (endpoint(settings).isPresent()) {
      return OF_ENDPOINTS;
    }
    try {
      return DefaultAwsRegionProviderChain.builder().build().getRegion();
    } catch (SdkClientException nowhere) {
      throw S3Failures.noRegion(settings);
    }
  }

  /** Whether the bucket stands in the path. */
  static boolean pathStyle(S3Settings settings) {
    return settings.pathStyle().orElseGet(() -> endpoint(settings).isPresent());
  }

  /** The same credentials; that there are none can be told from every other failure. */
  static AwsCredentialsProvider marked(AwsCredentialsProvider credentials) {
    return () -> {
      try {
        return credentials.resolveCredentials();
      } catch (SdkClientException none) {
        throw new NoCredentials(none);
      }
    };
  }

  /** No credentials could be had. */
  static final class NoCredentials extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoCredentials(SdkClientException cause) {
      super(cause.getMessage(), cause);
    }
  }

  private static Optional<String> first(String... values) {
    for (String value : values) {
      if (value != null && !value.isBlank()) {
        return Optional.of(value);
      }
    }
    return Optional.empty();
  }
}
