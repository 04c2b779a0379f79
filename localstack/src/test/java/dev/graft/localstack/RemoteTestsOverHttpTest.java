package dev.graft.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import dev.graft.client.RemoteUnderTest;
import dev.graft.localstack.RemoteTests.Entry;
import dev.graft.localstack.StandIns.Kind;
import dev.graft.s3.HostS3;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * The tests of other modules that speak to a remote ({@link RemoteTests}), unchanged, with edge,
 * functions and HTTP between them and three stores. {@code -Dgraft.remote.tests=PART} runs those
 * whose names contain it, {@code -Dgraft.remote.over=FOLDER} over that store alone.
 */
@Timeout(1_200)
class RemoteTestsOverHttpTest {
  /** Shorter random walks where each request takes a slow process's time. */
  private static final String STEPS_ON_LOCALSTACK = "30";

  private static final int SHOWN = 8;
  private static final String OVER = System.getProperty("graft.remote.over", ".*");
  private static final String ONLY = System.getProperty("graft.remote.tests", "");

  /** How long a class took: on a busy machine only the processors' time says something. */
  private record Took(Duration wall, Duration cpu) {}

  /** What became of the classes that ran. */
  private static final class Told {
    long run;
    long succeeded;
    long skipped;
    final StringBuilder failures = new StringBuilder();
    final Map<String, Took> slow = new TreeMap<>();
  }

  @ParameterizedTest
  @EnumSource
  void testsThatSpeakToARemote_unchanged_areGreen(Kind store) throws Exception {
    Assumptions.assumeTrue(store.name().matches(OVER), "another store is asked for");
    if (store == Kind.LOCALSTACK) {
      Assumptions.assumeTrue(HostS3.start().isPresent(), "skipped: LocalStack cannot be had here");
      System.setProperty(RemoteUnderTest.STEPS_PROPERTY, STEPS_ON_LOCALSTACK);
    }
    long faults = StandIns.faults();
    long start = System.nanoTime();
    Told told = new Told();
    StandIns.choose(store);
    try {
      for (Entry entry : RemoteTests.ALL_TESTS) {
        if (entry.over().contains(store) && entry.name().contains(ONLY)) {
          run(entry, told);
        }
      }
    } finally {
      StandIns.choose(Kind.NONE);
      System.clearProperty(RemoteUnderTest.STEPS_PROPERTY);
    }
    System.out.printf(
        "tests of a remote over HTTP, %s behind: %d run, %d skipped, %d faults of the store, %d s;"
            + " slowest %s%n",
        store.name().toLowerCase(Locale.ROOT),
        told.run,
        told.skipped,
        StandIns.faults() - faults,
        Duration.ofNanos(System.nanoTime() - start).toSeconds(),
        slowest(told));
    assertThat(told.failures.toString()).isEmpty();
    assertThat(told.succeeded).isPositive();
    if (ONLY.isEmpty()) {
      assertThat(told.succeeded).isGreaterThanOrEqualTo(least(store));
    }
    if (store == Kind.FAKE_S3) {
      assertThat(StandIns.faults() - faults).isPositive();
    }
  }

  /** A class that is no longer found would run no test, and be missed. */
  private static int least(Kind store) {
    return switch (store) {
      case NONE -> 100;
      case FOLDER -> 200;
      case FAKE_S3 -> 110;
      case LOCALSTACK -> 14;
    };
  }

  private static void run(Entry entry, Told told) throws Exception {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(DiscoverySelectors.selectClass(entry.name()))
            .filters(
                (PostDiscoveryFilter) found -> FilterResult.includedIf(!isLeftOut(entry, found)))
            .build();
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    long start = System.nanoTime();
    Duration cpu = cpu();
    try {
      LauncherFactory.create().execute(request, listener);
    } finally {
      StandIns.forget();
    }
    Duration wall = Duration.ofNanos(System.nanoTime() - start);
    told.slow.put(entry.name(), new Took(wall, cpu().minus(cpu)));
    TestExecutionSummary summary = listener.getSummary();
    told.run += summary.getTestsStartedCount();
    told.succeeded += summary.getTestsSucceededCount();
    told.skipped += summary.getTestsSkippedCount() + summary.getTestsAbortedCount();
    if (summary.getTotalFailureCount() > 0 || summary.getTestsStartedCount() == 0) {
      StringWriter text = new StringWriter();
      summary.printFailuresTo(new PrintWriter(text), 20);
      told.failures.append(entry.name()).append(": ").append(text);
    }
  }

  private static boolean isLeftOut(Entry entry, TestDescriptor found) {
    return found.getSource().orElse(null) instanceof MethodSource method
        && entry.without().contains(method.getMethodName());
  }

  private static Duration cpu() {
    return Duration.ofNanos(
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime());
  }

  private static List<String> slowest(Told told) {
    List<String> most = new ArrayList<>();
    told.slow.entrySet().stream()
        .sorted(Comparator.comparing(each -> each.getValue().wall().negated()))
        .limit(SHOWN)
        .forEach(each -> {
          String name = each.getKey().substring(each.getKey().lastIndexOf('.') + 1);
          Took took = each.getValue();
          most.add(
              "%s %.1f s (cpu %.1f s)"
                  .formatted(name, took.wall().toMillis() / 1e3, took.cpu().toMillis() / 1e3));
        });
    return most;
  }
}
