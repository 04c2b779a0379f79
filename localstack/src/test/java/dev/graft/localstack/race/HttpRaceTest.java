package dev.graft.localstack.race;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.client.CommitOptions;
import dev.graft.client.CommitResult;
import dev.graft.client.Policy;
import dev.graft.client.Replica;
import dev.graft.client.ReplicaOptions;
import dev.graft.client.Transaction;
import dev.graft.client.http.HeldTokens;
import dev.graft.client.http.HttpOptions;
import dev.graft.client.http.HttpRemote;
import dev.graft.client.http.RemoteAddress;
import dev.graft.client.http.UrlTransport;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.store.CountingObjectStore;
import dev.graft.engine.store.DelayingObjectStore;
import dev.graft.engine.store.MemoryObjectStore;
import dev.graft.functions.service.Group;
import dev.graft.localstack.Stack;
import dev.graft.localstack.StackOptions;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CreateVolume;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * 24 clients that merge into one volume over HTTP, each with connections, a replica and caches of
 * its own: what a commit costs of the store, functions and network between. What they get done in a
 * time, and how evenly, is the other races' to show.
 */
@Timeout(120)
class HttpRaceTest {
  private static final PageSize PAGE_SIZE = new PageSize(4096);
  private static final int WRITERS = 24;
  private static final int COMMITS = 240;
  private static final Duration AWAY = Duration.ofMillis(15);

  private final ThreadConcurrency concurrency = new ThreadConcurrency(InstantSource.system());
  private final SecureRandom random = new SecureRandom();
  private final IdSource ids = new RandomIdSource(random);
  private final CountingObjectStore store =
      new CountingObjectStore(
          new DelayingObjectStore(new MemoryObjectStore(concurrency), concurrency, AWAY, AWAY));

  private record PageWriter(Replica replica, long page, AtomicInteger aborts)
      implements WriterRace.Writer {
    @Override
    public void commit(String message) {
      try (Transaction transaction = replica.begin()) {
        byte[] bytes = new byte[PAGE_SIZE.bytes()];
        byte[] text = message.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(text, 0, bytes, 0, text.length);
        transaction.write(page, MemorySegment.ofArray(bytes), 0);
        CommitOptions options =
            new CommitOptions("", message, idx -> false).onConflict(new Policy.Merge());
        if (!(transaction.commit(options) instanceof CommitResult.Committed)) {
          aborts.incrementAndGet();
        }
      }
    }
  }

  @Test
  void mergingWriters_overHttp_takeFourPutsACommit_andNoneIsAborted() throws Exception {
    List<AutoCloseable> open = new ArrayList<>();
    try (Stack stack = Stack.start(StackOptions.of(store))) {
      VolumeId volume = ids.newVolumeId();
      HttpRemote setup = remote(stack, open);
      setup.createVolume(new CreateVolume(volume, PAGE_SIZE));
      AtomicInteger aborts = new AtomicInteger();
      PageWriter first = new PageWriter(replica(setup, volume, open), 1, aborts);
      first.commit("setup");
      // The volume has all its pages, so that no commit grows it.
      new PageWriter(first.replica(), WRITERS, aborts).commit("setup");
      List<PageWriter> writers = new ArrayList<>();
      List<HttpRemote> remotes = new ArrayList<>();
      for (int page = 1; page <= WRITERS; page++) {
        HttpRemote own = remote(stack, open);
        remotes.add(own);
        writers.add(new PageWriter(replica(own, volume, open), page, aborts));
      }
      stack.quiesce();
      long invoked = stack.invocations(Group.COMMIT);
      WriterRace race = new WriterRace(WRITERS, COMMITS);
      WriterRace.Result result = race.run("over HTTP", writers, store::snapshot);
      long tried = stack.invocations(Group.COMMIT) - invoked;
      System.out.printf("over HTTP: %.2f commit requests a commit%n", tried / (double) COMMITS);
      assertThat(aborts).hasValue(0);
      assertThat(result.total()).isEqualTo(COMMITS);
      assertThat(result.putsPerCommit()).as("PUTs a commit").isLessThanOrEqualTo(4);
      assertThat(remotes.stream().mapToLong(remote -> remote.counts().repeats()).sum()).isZero();
      WriterRace.checkLog(setup, volume, new Lsn(2), result);
    } finally {
      for (AutoCloseable each : open.reversed()) {
        each.close();
      }
    }
  }

  private HttpRemote remote(Stack stack, List<AutoCloseable> open) {
    HttpRemote remote =
        new HttpRemote(
            RemoteAddress.parse(stack.address().toString(), false),
            new UrlTransport(concurrency),
            new HeldTokens(null),
            concurrency,
            random,
            HttpOptions.DEFAULT);
    open.add(remote);
    return remote;
  }

  private Replica replica(HttpRemote remote, VolumeId volume, List<AutoCloseable> open) {
    Replica replica = Replica.open(ReplicaOptions.inMemory(remote, volume, concurrency, ids));
    open.add(replica);
    return replica;
  }
}
