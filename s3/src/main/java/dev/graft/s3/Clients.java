package dev.graft.s3;

import java.net.URI;
import java.time.InstantSource;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Builds the SDK's clients as this store needs them. */
final class Clients {
  /**
   * How many idle connections the JDK keeps for each host; its own default is 5, and each one above
   * would be closed after its request.
   */
  private static final String KEPT_CONNECTIONS = "http.maxConnections";

  private Clients() {}

  /**
   * A client that sends each request once, bodies as they are, and checks nothing that frames prove
   * themselves.
   */
  static S3Client client(
      S3Settings settings, AwsCredentialsProvider credentials, InstantSource clock) {
    if (System.getProperty(KEPT_CONNECTIONS) == null) {
      System.setProperty(KEPT_CONNECTIONS, Integer.toString(settings.maxRequests()));
    }
    S3ClientBuilder builder =
        S3Client.builder()
            .region(Surroundings.region(settings))
            .credentialsProvider(Surroundings.marked(credentials))
            .forcePathStyle(Surroundings.pathStyle(settings))
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(settings.timeouts().connect())
                    .socketTimeout(settings.timeouts().silence()))
            .overrideConfiguration(o ->
                o.retryStrategy(AwsRetryStrategy.doNotRetry())
                    .apiCallAttemptTimeout(settings.timeouts().answer())
                    .addExecutionInterceptor(new LastMoment(clock)))
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .serviceConfiguration(configuration());
    Surroundings.endpoint(settings).ifPresent((URI at) -> builder.endpointOverride(at));
    return builder.build();
  }

  static S3Presigner presigner(S3Settings settings, AwsCredentialsProvider credentials) {
    S3Presigner.Builder builder =
        S3Presigner.builder()
            .region(Surroundings.region(settings))
            .credentialsProvider(Surroundings.marked(credentials))
            .serviceConfiguration(
                configuration().toBuilder()
                    .pathStyleAccessEnabled(Surroundings.pathStyle(settings))
                    .build());
    Surroundings.endpoint(settings).ifPresent((URI at) -> builder.endpointOverride(at));
    return builder.build();
  }

  private static S3Configuration configuration() {
    return S3Configuration.builder()
        .chunkedEncodingEnabled(false)
        .expectContinueEnabled(false)
        .build();
  }
}
