package dev.graft.localstack.docker;

import com.github.dockerjava.api.exception.DockerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.utility.DockerImageName;

/** Which image of LocalStack there is: the published one, or ours. */
final class DockerImages {
  static final String PUBLISHED = "localstack/localstack:4.14.0";
  static final String OURS = "graft/localstack:4.14.0";
  private static final int ENGINE_SECONDS = 10;

  private DockerImages() {}

  /** The image to run, or why there is none. */
  static Optional<DockerImageName> localStack() {
    if (!engineAnswers()) {
      return Optional.empty();
    }
    if (isHere(PUBLISHED)) {
      return Optional.of(DockerImageName.parse(PUBLISHED));
    }
    return isHere(OURS)
        ? Optional.of(
            DockerImageName.parse(OURS).asCompatibleSubstituteFor("localstack/localstack"))
        : Optional.empty();
  }

  /** Asks by the command: Testcontainers itself tells of a missing engine in a hundred lines. */
  private static boolean engineAnswers() {
    if (!Files.exists(Path.of("/var/run/docker.sock")) && System.getenv("DOCKER_HOST") == null) {
      return false;
    }
    try {
      Process asked =
          new ProcessBuilder("docker", "info")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      boolean ended = asked.waitFor(ENGINE_SECONDS, TimeUnit.SECONDS);
      asked.destroyForcibly();
      return ended && asked.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  static boolean isHere(String image) {
    try {
      DockerClientFactory.lazyClient().inspectImageCmd(image).exec();
      return true;
    } catch (DockerException absent) {
      return false;
    }
  }
}
