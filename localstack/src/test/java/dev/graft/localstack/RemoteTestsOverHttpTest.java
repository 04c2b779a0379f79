package dev.graft.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import dev.graft.client.RemoteUnderTest;
import dev.graft.localstack.RemoteTests.Entry;
import dev.graft.localstack.StandIns.Kind;
import dev.graft.s3.HostS3;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
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
 * whose names contain it, {@code -Dgraft.remote.over=FOLDER} over that store alone, {@code
 * -Dgraft.remote.whole=true} all of them with all their steps.
 */
@Timeout(1_200)
class RemoteTestsOverHttpTest {
  /** Of the steps of random walks, where requests or their repeats take time: in percent. */
  private static final Map<Kind, Integer> STEPS = Map.of(Kind.FAKE_S3, 50, Kind.LOCALSTACK, 30);

  private static final int SHOWN = 8;
  private static final String OVER = System.getProperty("graft.remote.over", ".*");
  private static final boolean WHOLE = Boolean.getBoolean("graft.remote.whole");
  private static final String ONLY = System.getProperty("graft.remote.tests", "");

  /**
   * What a class took: on a busy machine only the processors' time and the requests say something.
   *
   * @param requests of stores
   */
  private record Took(long tests, Duration wall, Duration cpu, long requests) {
    /** A line of the table. */
    String line(String name) {
      return String.format(
          Locale.ROOT,
          "%s\t%d\t%.1f\t%.1f\t%d%n",
          name,
          tests,
          wall.toMillis() / 1e3,
          cpu.toMillis() / 1e3,
          requests);
    }
  }

  /** What became of the classes that ran. */
  private static final class Told {
    long run;
    long succeeded;
    long skipped;
    final StringBuilder failures = new StringBuilder();
    final Map<String, Took> took = new TreeMap<>();
  }

  @Test
  void testsOfScriptedRemotes_unchanged_areGreen() throws Exception {
    run(Kind.NONE);
  }

  @Test
  void testsThatSpeakToARemote_overAFolder_areGreen() throws Exception {
    run(Kind.FOLDER);
  }

  @Test
  void testsThatSpeakToARemote_overTheFakeS3WithFaults_areGreen() throws Exception {
    run(Kind.FAKE_S3);
  }

  @Test
  void testsThatSpeakToARemote_overLocalStack_areGreen() throws Exception {
    run(Kind.LOCALSTACK);
  }

  private static void run(Kind store) throws Exception {
    Assumptions.assumeTrue(store.name().matches(OVER), "another store is asked for");
    if (store == Kind.LOCALSTACK) {
      Assumptions.assumeTrue(HostS3.start().isPresent(), "skipped: LocalStack cannot be had here");
    }
    if (!WHOLE && STEPS.containsKey(store)) {
      System.setProperty(RemoteUnderTest.STEPS_PROPERTY, STEPS.get(store).toString());
    }
    long faults = StandIns.faults();
    long requests = StandIns.requests();
    long start = System.nanoTime();
    Told told = new Told();
    StandIns.choose(store);
    try {
      for (Entry entry : RemoteTests.ALL_TESTS) {
        Set<Kind> over = WHOLE || !ONLY.isEmpty() ? entry.over() : entry.often();
        if (over.contains(store) && entry.name().contains(ONLY)) {
          run(entry, told);
        }
      }
    } finally {
      StandIns.choose(Kind.NONE);
      System.clearProperty(RemoteUnderTest.STEPS_PROPERTY);
    }
    System.out.printf(
        "tests of a remote over HTTP, %s behind: %d run, %d skipped, %d requests and %d faults of"
            + " the store, %d s; slowest %s%n",
        store.name().toLowerCase(Locale.ROOT),
        told.run,
        told.skipped,
        StandIns.requests() - requests,
        StandIns.faults() - faults,
        Duration.ofNanos(System.nanoTime() - start).toSeconds(),
        slowest(told));
    write(store, told);
    assertThat(told.failures.toString()).isEmpty();
    assertThat(told.succeeded).isPositive();
    if (ONLY.isEmpty()) {
      assertThat(told.succeeded).isGreaterThanOrEqualTo(least(store));
      if (store == Kind.FAKE_S3) {
        assertThat(StandIns.faults() - faults).isPositive();
      }
    }
  }

  /** A class that is no longer found would run no test, and be missed. */
  private static int least(Kind store) {
    return switch (store) {
      case NONE -> 100;
      case FOLDER -> 200;
      case FAKE_S3 -> 190;
      case LOCALSTACK -> WHOLE ? 190 : 100;
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
    long requests = StandIns.requests();
    try {
      LauncherFactory.create().execute(request, listener);
    } finally {
      StandIns.forget();
    }
    Duration wall = Duration.ofNanos(System.nanoTime() - start);
    TestExecutionSummary summary = listener.getSummary();
    told.took.put(
        entry.name(),
        new Took(
            summary.getTestsStartedCount(),
            wall,
            cpu().minus(cpu),
            StandIns.requests() - requests));
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

  /** A table of all classes, for those who look where the time goes. */
  private static void write(Kind store, Told told) throws IOException {
    StringBuilder table = new StringBuilder("class\ttests\tseconds\tcpu seconds\trequests\n");
    told.took.forEach((name, took) -> table.append(took.line(name)));
    String name = "remote-tests-" + store.name().toLowerCase(Locale.ROOT) + ".tsv";
    Files.writeString(Path.of("target", name), table);
  }

  private static List<String> slowest(Told told) {
    List<String> most = new ArrayList<>();
    told.took.entrySet().stream()
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
