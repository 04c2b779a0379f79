package dev.graft.localstack.docker;

import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.store.ObjectStoreContract;
import dev.graft.s3.S3ObjectStore;
import dev.graft.s3.S3Settings;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.testcontainers.localstack.LocalStackContainer;
import org.testcontainers.utility.DockerImageName;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** The store on S3 as LocalStack has it, in a container. */
class LocalStackInDockerTest extends ObjectStoreContract {
  private static final int PORT = 4566;
  private static @Nullable LocalStackContainer container;
  private static int buckets;

  @BeforeAll
  static void start() {
    Optional<DockerImageName> image = DockerImages.localStack();
    if (image.isEmpty()) {
      String skipped =
          "skipped: LocalStack in Docker (no Docker engine answers, or it has neither "
              + DockerImages.PUBLISHED
              + " nor "
              + DockerImages.OURS
              + "; .ci/run sees to both as root)";
      System.err.println(skipped);
      Assumptions.abort(skipped);
    }
    LocalStackContainer started =
        new LocalStackContainer(image.get())
            .withServices("s3")
            .withEnv("S3_SKIP_SIGNATURE_VALIDATION", "0")
            .withCreateContainerCmdModifier(command ->
                command
                    .getHostConfig()
                    .withPortBindings(
                        new PortBinding(Ports.Binding.bindIp("127.0.0.1"), new ExposedPort(PORT))));
    started.start();
    container = started;
  }

  @AfterAll
  static void stop() {
    if (container != null) {
      container.stop();
    }
  }

  @Override
  protected void run(Scenario scenario) throws Exception {
    LocalStackContainer running = java.util.Objects.requireNonNull(container);
    StaticCredentialsProvider credentials =
        StaticCredentialsProvider.create(
            AwsBasicCredentials.create(running.getAccessKey(), running.getSecretKey()));
    String bucket = "contract-" + buckets++;
    try (S3Client admin =
        S3Client.builder()
            .endpointOverride(running.getEndpoint())
            .region(Region.of(running.getRegion()))
            .credentialsProvider(credentials)
            .forcePathStyle(true)
            .httpClient(UrlConnectionHttpClient.create())
            .build()) {
      admin.createBucket(b -> b.bucket(bucket));
    }
    S3Settings settings =
        S3Settings.of(bucket)
            .withRegion(running.getRegion())
            .withEndpoint(running.getEndpoint())
            .withPathStyle(true);
    InstantSource clock = InstantSource.system();
    try (S3ObjectStore store = S3ObjectStore.open(settings, credentials, clock)) {
      scenario.play(store, new ThreadConcurrency(clock));
    }
  }
}
