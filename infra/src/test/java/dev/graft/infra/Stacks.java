package dev.graft.infra;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.assertions.Template;
import software.amazon.awscdk.services.s3.Bucket;

/** Stacks that several tests look at: each is synthesized once, which takes seconds. */
final class Stacks {
  private Stacks() {}

  /** What one gets who chooses nothing. */
  static Synthesized standard() {
    return Standard.STACK;
  }

  /** Two buckets, a key in KMS, access logs and a domain, behind CloudFront. */
  static Synthesized everything() {
    return Everything.STACK;
  }

  /** The same two buckets and key without CloudFront: a function answers ranges. */
  static Synthesized withoutCdn() {
    return WithoutCdn.STACK;
  }

  /** A read replica of its own stack that is republished twice a day, from this artifact. */
  static Template republishedReplica(Path zip) {
    Stack stack = new Stack(new App(), "Mine");
    new GraftReadReplica(
        stack,
        "Replica",
        ReadReplica.of(
                "vol-01234567890123456789abcdef",
                Bucket.fromBucketName(stack, "Pages", "pages-of-mine"),
                zip)
            .republishedEvery(Duration.ofHours(12)));
    return Template.fromStack(stack);
  }

  private static final class Standard {
    static final Synthesized STACK = Synthesized.unchecked(installation -> installation);
  }

  private static final class Everything {
    static final Synthesized STACK = Synthesized.unchecked(i -> twoBucketsAndAKey(i, true));
  }

  private static final class WithoutCdn {
    static final Synthesized STACK = Synthesized.unchecked(i -> twoBucketsAndAKey(i, false));
  }

  private static Installation twoBucketsAndAKey(Installation i, boolean cdn) {
    String certificate = "arn:aws:acm:us-east-1:123456789012:certificate/1";
    return new Installation(
        cdn
            ? Optional.of(new Installation.Domain("graft.example.com", certificate))
            : Optional.empty(),
        Duration.ofDays(7),
        Installation.Encryption.SSE_KMS,
        Installation.Stores.TWO,
        i.concurrency(),
        i.alarmMail(),
        cdn,
        i.keepData(),
        true,
        i.functions(),
        i.edgeFunction());
  }
}
