package dev.graft.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.s3.HostS3;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * The client's own tests, unchanged, with edge, functions and HTTP between them and three stores
 * ({@link StackUnderTest}).
 */
@Timeout(600)
class ClientTestsOverHttpTest {
  private static final List<String> ON_LOCALSTACK = List.of("files.VolumeFilesTest");

  private static final List<String> ON_FAKE_S3 =
      List.of("HydrateTest", "KeptHistoryTest", "files.FilesModelTest", "files.VolumeFilesTest");

  private static final List<String> ON_FILES =
      List.of(
          "BulkImportTest",
          "FullSegmentTest",
          "HydrateTest",
          "KeptHistoryTest",
          "PrefetchTest",
          "ReplicaModelTest",
          "SpeculationBooksTest",
          "files.FilesModelTest",
          "files.VolumeChannelModelTest",
          "files.VolumeChannelTest",
          "files.VolumeFilesTest");

  enum Over {
    FILE(80, ON_FILES),
    FAKE_S3(30, ON_FAKE_S3),
    LOCALSTACK(14, ON_LOCALSTACK);

    private final int leastTests;
    private final List<String> classes;

    Over(int leastTests, List<String> classes) {
      this.leastTests = leastTests;
      this.classes = classes;
    }
  }

  @ParameterizedTest
  @EnumSource
  void clientTests_unchanged_areGreen(Over store) {
    if (store == Over.LOCALSTACK) {
      Assumptions.assumeTrue(HostS3.start().isPresent(), "skipped: LocalStack cannot be had here");
    }
    String name = store.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    long faults = StackUnderTest.faults();
    String before = System.setProperty(StackUnderTest.PROPERTY, name);
    TestExecutionSummary summary;
    try {
      summary = run(store);
    } finally {
      if (before == null) {
        System.clearProperty(StackUnderTest.PROPERTY);
      } else {
        System.setProperty(StackUnderTest.PROPERTY, before);
      }
    }
    System.out.printf(
        "client tests over HTTP on %s: %d run, %d failed, %d skipped, %d faults of the store%n",
        name,
        summary.getTestsStartedCount(),
        summary.getTestsFailedCount(),
        summary.getTestsSkippedCount() + summary.getTestsAbortedCount(),
        StackUnderTest.faults() - faults);
    StringWriter failures = new StringWriter();
    summary.printFailuresTo(new PrintWriter(failures), 20);
    assertThat(summary.getTotalFailureCount()).as("%s", failures).isZero();
    assertThat(summary.getTestsSucceededCount()).isGreaterThanOrEqualTo(store.leastTests);
    if (store == Over.FAKE_S3) {
      assertThat(StackUnderTest.faults() - faults).isPositive();
    }
  }

  private static TestExecutionSummary run(Over store) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(
                store.classes.stream()
                    .map(name -> DiscoverySelectors.selectClass("dev.graft.client." + name))
                    .toList())
            .build();
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherFactory.create().execute(request, listener);
    return listener.getSummary();
  }
}
