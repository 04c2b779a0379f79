package dev.graft.sim.kill;

import dev.graft.client.CommitOptions;
import dev.graft.client.CommitResult;
import dev.graft.client.Policy;
import dev.graft.client.Replica;
import dev.graft.client.ReplicaOptions;
import dev.graft.client.Transaction;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.EngineOptions;
import dev.graft.engine.EngineRemote;
import dev.graft.engine.store.FileObjectStore;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Random;

/**
 * A process that commits to a volume of a store in a folder until it is killed, with an engine of
 * its own, and says what it tries and what it was told: {@code TRY name}, {@code ACK name lsn}.
 */
public final class KillWriter {
  static final PageSize PAGE_SIZE = new PageSize(512);
  static final long PAGES = 40;

  /** Now and then more than a commit can carry, so that a segment is uploaded. */
  private static final int BULK_PAGES = 200;

  private KillWriter() {}

  /** An engine on the folder. */
  static EngineRemote engine(Path folder) {
    InstantSource clock = InstantSource.system();
    FileObjectStore store = FileObjectStore.open(folder, clock);
    SecureRandom random = new SecureRandom();
    return new EngineRemote(
        store,
        store,
        new ThreadConcurrency(clock),
        new RandomIdSource(random),
        random,
        EngineOptions.DEFAULT);
  }

  /** How a replica in memory of the volume is opened. */
  static ReplicaOptions options(EngineRemote engine, VolumeId volume) {
    return ReplicaOptions.inMemory(
        engine,
        volume,
        new ThreadConcurrency(InstantSource.system()),
        new RandomIdSource(new SecureRandom()));
  }

  /** What a transaction writes at a page. */
  static byte[] content(String transaction, long page) {
    byte[] bytes = new byte[PAGE_SIZE.bytes()];
    new Random(transaction.hashCode() * 1_000_003L + page).nextBytes(bytes);
    ByteBuffer.wrap(bytes).putLong(page);
    return bytes;
  }

  /** The pages that a transaction writes: follow from its name. */
  static long[] pages(String transaction) {
    Random random = new Random(transaction.hashCode());
    boolean bulk = random.nextInt(10) == 0;
    long[] pages = new long[bulk ? BULK_PAGES : 1 + random.nextInt(3)];
    for (int i = 0; i < pages.length; i++) {
      pages[i] = bulk ? i + 1 : 1 + random.nextLong(PAGES);
    }
    return pages;
  }

  /** Folder, volume, and a name that no other process has. */
  public static void main(String[] arguments) {
    VolumeId volume = VolumeId.parse(arguments[1]);
    EngineRemote engine = engine(Path.of(arguments[0]));
    Replica replica = Replica.open(options(engine, volume));
    for (int number = 1; ; number++) {
      String name = arguments[2] + "-" + number;
      System.out.println("TRY " + name);
      while (!commit(replica, name)) {
        replica.pull();
      }
    }
  }

  private static boolean commit(Replica replica, String name) {
    try (Transaction transaction = replica.begin()) {
      for (long page : pages(name)) {
        transaction.write(page, MemorySegment.ofArray(content(name, page)), 0);
      }
      CommitOptions options =
          new CommitOptions("", name, page -> false).onConflict(new Policy.Reject());
      if (transaction.commit(options) instanceof CommitResult.Committed(var position)) {
        System.out.println("ACK " + name + " " + position.lsn());
        return true;
      }
      return false;
    }
  }
}
