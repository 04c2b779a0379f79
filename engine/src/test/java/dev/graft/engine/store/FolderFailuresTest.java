package dev.graft.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.protocol.error.GraftException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FolderFailuresTest {
  private final FolderFailures failures = new FolderFailures(Path.of("data"));

  private GraftException of(IOException e) {
    return failures.of("write a/b", e);
  }

  @Test
  void of_diskFull_isLimit() {
    assertThat(of(new IOException("No space left on device")))
        .isInstanceOf(GraftException.Limit.class)
        .hasMessage(
            "cannot write a/b: the disk of the folder data is full (No space left on device);"
                + " free some space and try again");
    assertThat(of(new FileSystemException("x", null, "Disk quota exceeded")))
        .isInstanceOf(GraftException.Limit.class);
  }

  @Test
  void of_notAllowed_isUnauthorized() {
    assertThat(of(new AccessDeniedException("x")))
        .isInstanceOf(GraftException.Unauthorized.class)
        .hasMessage(
            "cannot write a/b: the folder data does not allow it (permission denied); change its"
                + " permissions or choose another folder");
    assertThat(of(new FileSystemException("x", null, "Read-only file system")))
        .isInstanceOf(GraftException.Unauthorized.class);
  }

  @Test
  void of_others_isUnavailable() {
    assertThat(of(new IOException("Input/output error")))
        .isInstanceOf(GraftException.Unavailable.class)
        .hasMessage("cannot write a/b in the folder data: Input/output error");
    assertThat(of(new ClosedByInterruptException()))
        .isInstanceOf(GraftException.Unavailable.class)
        .hasMessageContaining("ClosedByInterruptException");
  }

  @Test
  void saysNoHardLinks_wordsOfTheSystem_areKnown() {
    assertThat(
            FolderFailures.saysNoHardLinks(
                new FileSystemException("a", "b", "Operation not permitted")))
        .isTrue();
    assertThat(
            FolderFailures.saysNoHardLinks(new FileSystemException("a", "b", "Input/output error")))
        .isFalse();
    assertThat(failures.noHardLinks()).hasMessageContaining("without hard links");
  }
}
