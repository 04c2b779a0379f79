package dev.graft.functions.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.engine.EngineOptions;
import dev.graft.engine.store.MemoryObjectStore;
import dev.graft.engine.store.ObjectStore;
import dev.graft.functions.Deployment;
import dev.graft.http.Message;
import dev.graft.http.Messages;
import dev.graft.http.Route;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.protocol.remote.RetainRequest;
import dev.graft.protocol.remote.VolumeInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What is counted of a deployment over one store, and of one with a log store of its own. */
class DeploymentMetricsTest {
  private static final Pattern COUNT =
      Pattern.compile("\"((?:Store[A-Za-z]+)|AmbiguousOutcomes)\":([0-9]+)");

  /** A deployment, and a line for each request to it. */
  private static final class Deployed {
    final Bench bench = new Bench(71);
    final MishapStore log = new MishapStore();
    private final List<String> lines = new ArrayList<>();
    private final Service service;

    Deployed(boolean hasLogOfItsOwn) {
      log.over(new MemoryObjectStore(bench.clock));
      ObjectStore bulk = hasLogOfItsOwn ? new MemoryObjectStore(bench.clock) : log;
      Deployment deployment =
          Deployment.over(
              new Deployment.Parts(
                  bulk,
                  log,
                  null,
                  () -> bench.keys,
                  Limits.NONE,
                  0,
                  null,
                  new Hasty(bench.clock),
                  new Random(72),
                  lines::add,
                  EngineOptions.DEFAULT.retention(),
                  () -> {},
                  JsonLines.NAMESPACE));
      service = new Service(EnumSet.allOf(Group.class), deployment.backend());
    }

    <Q, T> T ask(Route route, Message<Q> question, Q value, Message<T> answer) {
      return bench.ok(
          service.answer(Bench.request(bench.root, route, question.encode(value))), answer);
    }

    /** What the newest line counts. */
    Map<String, Long> counts() {
      Map<String, Long> counts = new TreeMap<>();
      Matcher found = COUNT.matcher(lines.getLast());
      while (found.find()) {
        counts.put(found.group(1), Long.parseLong(found.group(2)));
      }
      return counts;
    }
  }

  /** What is counted of three requests. */
  private record Counted(
      Map<String, Long> retain, Map<String, Long> commit, Map<String, Long> ambiguous) {}

  private static Counted count(boolean hasLogOfItsOwn) {
    Deployed deployed = new Deployed(hasLogOfItsOwn);
    Bench bench = deployed.bench;
    VolumeId volume = bench.ids.newVolumeId();
    VolumeInfo info =
        deployed.ask(
            new Route.Create(),
            Messages.createVolume(),
            new CreateVolume(volume, Bench.SIZE),
            Messages.volumeInfo());
    deployed.ask(
        new Route.Retain(volume),
        Messages.retainRequest(volume),
        new RetainRequest(volume, new RetainRequest.Change.Retention(Duration.ofDays(30))),
        Messages.retained());
    Map<String, Long> retain = deployed.counts();
    Position head = commit(deployed, volume, new Position(Lsn.ZERO, info.recordHash()));
    Map<String, Long> commit = deployed.counts();
    deployed.log.strike(MishapStore.Kind.ANSWER_LOST, 0);
    commit(deployed, volume, head);
    assertThat(deployed.log.left()).isZero();
    return new Counted(retain, commit, deployed.counts());
  }

  private static Position commit(Deployed deployed, VolumeId volume, Position base) {
    return deployed
        .ask(
            new Route.Commits(volume),
            Messages.commitRequest(volume),
            deployed.bench.commit(volume, base, 5),
            Messages.committed())
        .position();
  }

  @Test
  void metrics_withALogStoreOfItsOwn_areThoseOfOneStore() {
    Counted one = count(false);
    Counted two = count(true);
    assertThat(two).isEqualTo(one);
    assertThat(two.commit()).hasSize(6);
    for (Map<String, Long> counts : List.of(two.retain(), two.commit())) {
      assertThat(counts).containsEntry("StoreWrites", 1L).containsEntry("AmbiguousOutcomes", 0L);
      assertThat(counts.get("StoreBytesWritten")).isPositive();
    }
    assertThat(two.retain().get("StoreReads")).isPositive();
    assertThat(two.ambiguous()).containsEntry("AmbiguousOutcomes", 1L);
    assertThat(two.ambiguous().get("StoreWrites")).isGreaterThan(1);
  }
}
