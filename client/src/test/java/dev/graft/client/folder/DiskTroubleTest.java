package dev.graft.client.folder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.protocol.error.GraftException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What is told of a disk that refuses. */
final class DiskTroubleTest {
  private static GraftException of(IOException cause) {
    return DiskTrouble.writing(Path.of("home/standing"), cause);
  }

  @Test
  void writing_notAllowed_isUnauthorized() {
    assertThat(of(new AccessDeniedException("x")))
        .isInstanceOf(GraftException.Unauthorized.class)
        .hasMessageContaining("home/standing")
        .hasMessageContaining("read-only for this user");
    assertThat(of(new FileSystemException("x", null, "Read-only file system")))
        .isInstanceOf(GraftException.Unauthorized.class);
  }

  @Test
  void writing_full_isLimit() {
    assertThat(of(new IOException("No space left on device")))
        .isInstanceOf(GraftException.Limit.class)
        .hasMessageContaining("make room");
  }

  @Test
  void writing_others_isUnavailable() {
    assertThat(of(new IOException("Input/output error")))
        .isInstanceOf(GraftException.Unavailable.class);
  }
}
