package dev.graft.bench.cold;

import dev.graft.cli.JsonText;
import dev.graft.cli.demo.Answer;
import dev.graft.cli.demo.Question;
import dev.graft.client.Replica;
import dev.graft.client.ReplicaOptions;
import dev.graft.client.count.CountingRemote;
import dev.graft.client.count.Counts;
import dev.graft.client.prefetch.Prefetcher;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.EngineOptions;
import dev.graft.engine.EngineRemote;
import dev.graft.engine.store.CountingObjectStore;
import dev.graft.engine.store.DelayingObjectStore;
import dev.graft.engine.store.FileObjectStore;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.sqlite.GraftDataSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A process that opens a replica on an empty folder, asks one question and tells what it took, as
 * one line of JSON. Arguments: the store's folder, the volume, the replica's folder, {@code hot} or
 * {@code bare}, then nothing or SQL and its arguments, each a letter (n, t) and a value.
 */
final class ColdChild {
  private static final Duration READ = Duration.ofMillis(25);
  private static final Duration WRITE = Duration.ofMillis(28);

  private ColdChild() {}

  public static void main(String[] args) throws Exception {
    long began = System.nanoTime();
    ThreadConcurrency concurrency = new ThreadConcurrency(InstantSource.system());
    SecureRandom random = new SecureRandom();
    RandomIdSource ids = new RandomIdSource(random);
    InFlight inFlight =
        new InFlight(
            new DelayingObjectStore(
                FileObjectStore.open(Path.of(args[0]), concurrency), concurrency, READ, WRITE));
    CountingObjectStore store = new CountingObjectStore(inFlight);
    Path folder = Path.of(args[2]);
    Files.createDirectories(folder);
    try (EngineRemote engine =
            new EngineRemote(store, store, concurrency, ids, random, EngineOptions.DEFAULT);
        CountingRemote remote = new CountingRemote(engine)) {
      ReplicaOptions options =
          ReplicaOptions.inMemory(remote, VolumeId.parse(args[1]), concurrency, ids).on(folder);
      try (Replica replica =
              Replica.open(args[3].equals("hot") ? options : options.with(Prefetcher::none));
          GraftDataSource database = GraftDataSource.over(replica)) {
        Answer answer = args.length > 4 ? ask(database, args) : new Answer(0, "");
        long nanos = System.nanoTime() - began;
        Counts counts = remote.counts();
        Map<String, @Nullable Object> told = new LinkedHashMap<>();
        told.put("rows", answer.rows());
        told.put("digest", answer.digest());
        told.put("requests", counts.requests());
        told.put("rounds", counts.rounds());
        told.put("bytes", counts.bytesIn());
        told.put("rangeReads", counts.reads());
        told.put("objectReads", store.snapshot().reads());
        told.put("objectRounds", store.snapshot().rounds());
        told.put("mostInFlight", (long) inFlight.most());
        told.put("milliseconds", Math.round(nanos / 1e6));
        System.out.println(JsonText.compact(told));
      }
    }
  }

  private static Answer ask(GraftDataSource database, String[] args) throws SQLException {
    List<@Nullable Object> values = new ArrayList<>();
    for (int i = 5; i < args.length; i++) {
      String value = args[i].substring(1);
      values.add(args[i].charAt(0) == 'n' ? (Object) Long.parseLong(value) : value);
    }
    try (Connection db = database.getConnection()) {
      return Answer.of(db, new Question(args[4], values, ""));
    }
  }
}
