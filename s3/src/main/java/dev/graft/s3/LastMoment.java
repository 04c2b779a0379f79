package dev.graft.s3;

import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/**
 * Holds writes to their last moment: looks at the clock when the request has been signed and before
 * its first byte is sent. Fetching credentials may take long, so a look before that would not do.
 * S3 refuses a signature older than 15 minutes: by so much a write can be late that lingers on its
 * way.
 */
final class LastMoment implements ExecutionInterceptor {
  /** Of a request that has a last moment. */
  static final ExecutionAttribute<Watch> WATCH = new ExecutionAttribute<>("graft.LastMoment");

  private final InstantSource clock;

  LastMoment(InstantSource clock) {
    this.clock = clock;
  }

  /** The last moment of one write, and what is known of its sending. */
  static final class Watch {
    private final Instant notAfter;
    private volatile boolean late;
    private volatile boolean sent;

    Watch(Instant notAfter) {
      this.notAfter = notAfter;
    }

    /** Whether nothing was sent, because it was too late. */
    boolean isLate() {
      return late;
    }

    /** Whether sending may have begun. */
    boolean isSent() {
      return sent;
    }
  }

  @Override
  public void beforeTransmission(
      Context.BeforeTransmission context, ExecutionAttributes attributes) {
    @Nullable Watch watch = attributes.getAttribute(WATCH);
    if (watch == null) {
      return;
    }
    if (clock.instant().isAfter(watch.notAfter)) {
      watch.late = true;
      throw AbortedException.builder().message("the last moment has passed").build();
    }
    watch.sent = true;
  }
}
