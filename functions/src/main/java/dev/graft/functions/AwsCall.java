package dev.graft.functions;

import dev.graft.protocol.error.GraftException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullRequest;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;

/**
 * Signed requests to services of AWS for which no client is worth its size: one POST, one answer,
 * one try. Safe for use by many threads.
 */
final class AwsCall implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration SILENCE = Duration.ofSeconds(5);
  private static final int MAX_ANSWER_BYTES = 1 << 20;

  private final String region;
  private final String endpoint;
  private final AwsCredentialsProvider credentials;
  private final SdkHttpClient http;

  /**
   * @param region of the services
   * @param endpoint with {@code %s} for the service's name, for example {@code
   *     https://%s.eu-central-1.amazonaws.com}
   */
  AwsCall(String region, String endpoint, AwsCredentialsProvider credentials) {
    this.region = region;
    this.endpoint = endpoint;
    this.credentials = credentials;
    this.http =
        UrlConnectionHttpClient.builder().connectionTimeout(CONNECT).socketTimeout(SILENCE).build();
  }

  /** Where the services of a region are. */
  static String endpointOf(String region) {
    return "https://%s." + region + ".amazonaws.com" + (region.startsWith("cn-") ? ".cn" : "");
  }

  /**
   * Sends one request.
   *
   * @return the body of an answer 2xx
   * @throws GraftException.Unavailable when there is no such answer; the service may have done it
   */
  byte[] post(String service, String path, Map<String, String> headers, byte[] body) {
    SdkHttpFullRequest.Builder request =
        SdkHttpFullRequest.builder()
            .method(SdkHttpMethod.POST)
            .uri(URI.create(endpoint.formatted(service) + path));
    headers.forEach(request::putHeader);
    request.putHeader("content-length", Integer.toString(body.length));
    Answer answer = send(service, () -> sign(service, request.build(), body).request(), body);
    if (!answer.isSuccess()) {
      throw new GraftException.Unavailable(
          service + " answered " + answer.status() + " to " + path);
    }
    return answer.body();
  }

  /**
   * An answer, whatever its status.
   *
   * @param etag of what it is about, empty when it has none
   */
  record Answer(int status, String etag, byte[] body) {
    boolean isSuccess() {
      return status / 100 == 2;
    }
  }

  /**
   * Sends one request to a service without a region, signed for all of them.
   *
   * @param method GET or POST
   * @param uri in its encoded form
   * @throws GraftException.Unavailable when there is no answer; the service may have done it
   */
  Answer everywhere(
      String service,
      String method,
      URI uri,
      Map<String, String> headers,
      byte[] body,
      Instant now) {
    return send(
        service,
        () -> {
          GlobalSignature signature =
              new GlobalSignature(service, credentials.resolveCredentials());
          SdkHttpFullRequest.Builder request =
              SdkHttpFullRequest.builder().method(SdkHttpMethod.valueOf(method)).uri(uri);
          signature.sign(method, uri, headers, body, now).forEach(request::putHeader);
          if (body.length > 0) {
            request.putHeader("content-length", Integer.toString(body.length));
          }
          return request.build();
        },
        body);
  }

  private Answer send(String service, Supplier<SdkHttpRequest> signed, byte[] body) {
    try {
      HttpExecuteRequest.Builder request = HttpExecuteRequest.builder().request(signed.get());
      if (body.length > 0) {
        request.contentStreamProvider(ContentStreamProvider.fromByteArrayUnsafe(body));
      }
      HttpExecuteResponse response = http.prepareRequest(request.build()).call();
      return new Answer(
          response.httpResponse().statusCode(),
          response.httpResponse().firstMatchingHeader("ETag").orElse(""),
          bytes(response));
    } catch (IOException | SdkException e) {
      throw new GraftException.Unavailable(service + " did not answer: " + e, e);
    }
  }

  private SignedRequest sign(String service, SdkHttpRequest request, byte[] body) {
    return AwsV4HttpSigner.create()
        .sign(r ->
            r.identity(credentials.resolveCredentials())
                .request(request)
                .payload(ContentStreamProvider.fromByteArrayUnsafe(body))
                .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, service)
                .putProperty(AwsV4HttpSigner.REGION_NAME, region));
  }

  private static byte[] bytes(HttpExecuteResponse response) throws IOException {
    if (response.responseBody().isEmpty()) {
      return new byte[0];
    }
    try (InputStream in = response.responseBody().get()) {
      return in.readNBytes(MAX_ANSWER_BYTES);
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
