package dev.graft.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.client.CommitOptions;
import dev.graft.client.CommitResult;
import dev.graft.client.Replica;
import dev.graft.client.Snapshot;
import dev.graft.client.http.HttpRemote;
import dev.graft.client.http.Transport;
import dev.graft.client.http.UrlTransport;
import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.engine.store.PutOutcome;
import dev.graft.functions.service.Group;
import dev.graft.localstack.edge.EdgeMishaps;
import dev.graft.localstack.lambda.FunctionMishaps;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.remote.LogPage;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A commit whose request or answer is lost at any hop, or that is delivered twice or late, is there
 * once, is found again as its own, and changes nothing else.
 */
@Timeout(60)
class LostAnswersTest {
  private static final int COMMITS = 12;

  /** Every other commit meets one. */
  private static final int EVERY = 2;

  enum Hop {
    STORE_LOSES_THE_ANSWER,
    STORE_REPORTS_ITS_OWN_WRITE_AS_TAKEN,
    FUNCTION_LOSES_THE_ANSWER,
    FUNCTION_IS_THROTTLED,
    FUNCTION_RUNS_TWICE,
    FUNCTION_RUNS_TWICE_AT_ONCE,
    FUNCTION_RUNS_LATE,
    EDGE_LOSES_THE_REQUEST,
    EDGE_LOSES_THE_ANSWER,
    EDGE_CUTS_THE_ANSWER,
    EDGE_TIMES_OUT,
    CLIENT_LOSES_THE_ANSWER
  }

  private final AtomicInteger armed = new AtomicInteger();
  private final AtomicInteger happened = new AtomicInteger();

  private boolean strikes() {
    boolean strikes = armed.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    if (strikes) {
      happened.incrementAndGet();
    }
    return strikes;
  }

  @ParameterizedTest
  @EnumSource
  void commit_thatMeetsAMishap_isThereOnce(Hop hop) {
    try (HttpStage stage =
        new HttpStage(
            store -> new Mishap(store, hop),
            options -> options.withMishaps(edge(hop), functions(hop)))) {
      HttpRemote remote = stage.remote(transport(stage, hop));
      VolumeId volume = stage.create(remote);
      Replica replica = stage.open(remote, volume);
      for (int i = 1; i <= COMMITS; i++) {
        armed.set(i % EVERY == 0 ? 1 : 0);
        CommitResult result = HttpStage.commit(replica, CommitOptions.NONE, 1 + i % 3, i);
        assertThat(result).isInstanceOf(CommitResult.Committed.class);
        assertThat(((CommitResult.Committed) result).position().lsn()).isEqualTo(new Lsn(i));
        assertThat(armed).as("%s at commit %d", hop, i).hasValue(0);
      }
      assertThat(happened).hasValue(COMMITS / EVERY);
      LogPage before = remote.log(volume, null, 100);
      int late = stage.stack.late();
      assertThat(late).isEqualTo(hop == Hop.FUNCTION_RUNS_LATE ? COMMITS / EVERY : 0);
      LogPage log = remote.log(volume, null, 100);
      assertThat(log).isEqualTo(before);
      assertThat(log.head().lsn()).isEqualTo(new Lsn(COMMITS));
      assertThat(log.commits()).hasSize(COMMITS);
      Set<Object> keys = new HashSet<>();
      log.commits().forEach(commit -> keys.add(keysOf(commit)));
      assertThat(keys).hasSize(COMMITS);
      assertInvocations(stage, hop);
      Replica reader = stage.open(stage.remote(), volume);
      try (Snapshot snapshot = reader.snapshot()) {
        for (int i = COMMITS - 2; i <= COMMITS; i++) {
          assertThat(HttpStage.read(snapshot, 1 + i % 3)).isEqualTo(HttpStage.page(i));
        }
      }
    }
  }

  private static Object keysOf(LogPage.Entry commit) {
    return commit.transactions().stream().map(TransactionRecord::key).toList();
  }

  /** How often the function ran for the commits. */
  private static void assertInvocations(HttpStage stage, Hop hop) {
    int more =
        switch (hop) {
          case FUNCTION_LOSES_THE_ANSWER,
              FUNCTION_RUNS_TWICE,
              FUNCTION_RUNS_TWICE_AT_ONCE,
              FUNCTION_RUNS_LATE,
              EDGE_LOSES_THE_ANSWER,
              EDGE_CUTS_THE_ANSWER,
              EDGE_TIMES_OUT,
              CLIENT_LOSES_THE_ANSWER ->
              COMMITS / EVERY;
          case FUNCTION_IS_THROTTLED,
              EDGE_LOSES_THE_REQUEST,
              STORE_LOSES_THE_ANSWER,
              STORE_REPORTS_ITS_OWN_WRITE_AS_TAKEN ->
              0;
        };
    assertThat(stage.stack.invocations(Group.COMMIT)).as("%s", hop).isEqualTo(COMMITS + more);
  }

  private static boolean isCommit(String path) {
    return path.endsWith("/commits");
  }

  private EdgeMishaps edge(Hop hop) {
    EdgeMishaps.Mishap kind =
        switch (hop) {
          case EDGE_LOSES_THE_REQUEST -> EdgeMishaps.Mishap.LOSE_REQUEST;
          case EDGE_LOSES_THE_ANSWER -> EdgeMishaps.Mishap.LOSE_ANSWER;
          case EDGE_CUTS_THE_ANSWER -> EdgeMishaps.Mishap.CUT_ANSWER;
          case EDGE_TIMES_OUT -> EdgeMishaps.Mishap.TIME_OUT;
          default -> EdgeMishaps.Mishap.NONE;
        };
    return request ->
        kind != EdgeMishaps.Mishap.NONE && isCommit(request.path()) && strikes()
            ? kind
            : EdgeMishaps.Mishap.NONE;
  }

  private FunctionMishaps functions(Hop hop) {
    FunctionMishaps.Mishap kind =
        switch (hop) {
          case FUNCTION_LOSES_THE_ANSWER -> FunctionMishaps.Mishap.LOSE_ANSWER;
          case FUNCTION_IS_THROTTLED -> FunctionMishaps.Mishap.THROTTLED;
          case FUNCTION_RUNS_TWICE -> FunctionMishaps.Mishap.TWICE;
          case FUNCTION_RUNS_TWICE_AT_ONCE -> FunctionMishaps.Mishap.TOGETHER;
          case FUNCTION_RUNS_LATE -> FunctionMishaps.Mishap.LATE;
          default -> FunctionMishaps.Mishap.NONE;
        };
    return request ->
        kind != FunctionMishaps.Mishap.NONE && isCommit(request.path()) && strikes()
            ? kind
            : FunctionMishaps.Mishap.NONE;
  }

  private Transport transport(HttpStage stage, Hop hop) {
    Transport transport = new UrlTransport(stage.concurrency);
    if (hop != Hop.CLIENT_LOSES_THE_ANSWER) {
      return transport;
    }
    return new Transport() {
      @Override
      public <T> T send(Request request, Receiver<T> receiver) throws IOException {
        T answer = transport.send(request, receiver);
        if (isCommit(request.uri().getPath()) && strikes()) {
          throw new IOException("the answer is lost, as was asked for");
        }
        return answer;
      }

      @Override
      public void close() {
        transport.close();
      }
    };
  }

  /** Loses what a store says of writes to the log. */
  private final class Mishap implements ObjectStore {
    private final ObjectStore store;
    private final Hop hop;

    Mishap(ObjectStore store, Hop hop) {
      this.store = store;
      this.hop = hop;
    }

    @Override
    public PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
      PutOutcome outcome = store.putIfAbsent(key, bytes, notAfter);
      boolean loses = hop == Hop.STORE_LOSES_THE_ANSWER;
      if ((loses || hop == Hop.STORE_REPORTS_ITS_OWN_WRITE_AS_TAKEN)
          && key.value().contains("/log/")
          && strikes()) {
        return loses
            ? new PutOutcome.Unknown("the answer is lost, as was asked for")
            : new PutOutcome.AlreadyExists();
      }
      return outcome;
    }

    @Override
    public GetOutcome get(ObjectKey key, long offset, int maxBytes) {
      return store.get(key, offset, maxBytes);
    }

    @Override
    public boolean listsInOrder() {
      return store.listsInOrder();
    }

    @Override
    public List<ObjectKey> list(String prefix, String startAfter, int maxKeys) {
      return store.list(prefix, startAfter, maxKeys);
    }

    @Override
    public void delete(ObjectKey key) {
      store.delete(key);
    }
  }
}
