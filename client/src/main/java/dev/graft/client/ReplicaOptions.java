package dev.graft.client;

import dev.graft.client.cache.CacheBound;
import dev.graft.client.prefetch.HotPages;
import dev.graft.client.prefetch.Leap;
import dev.graft.client.prefetch.PrefetchBudget;
import dev.graft.client.prefetch.Prefetcher;
import dev.graft.client.prefetch.SequentialScan;
import dev.graft.concurrency.Concurrency;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.remote.Remote;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * How to open a replica.
 *
 * @param remote where the volume is; stays the caller's, who closes it after the replica
 * @param volume which
 * @param folder where the replica lives; none for one that is gone when it is closed
 * @param concurrency how it starts work beside its callers' threads, and its clock
 * @param ids where segment ids and idempotency keys come from
 * @param prefetcher makes the prefetcher of this replica
 * @param limits how much it may use
 */
public record ReplicaOptions(
    Remote remote,
    VolumeId volume,
    Optional<Path> folder,
    Concurrency concurrency,
    IdSource ids,
    Supplier<Prefetcher> prefetcher,
    Limits limits) {
  /**
   * How much a replica may use.
   *
   * @param backgroundReads range reads at one time that nobody waits for
   * @param stagedBytes written pages that a transaction keeps in memory; more go to a file
   * @param segmentBytes the length at which the next segment begins
   * @param parallelUploads segments on their way at one time
   * @param guesses bytes that may be fetched on a guess
   * @param cacheBytes the most room for fetched and written pages, at least 4 MiB; none for what
   *     fits the place: {@link Limits#FOLDER_CACHE_BYTES} or {@link Limits#MEMORY_CACHE_BYTES}
   * @param inlineBytes the most bytes of frames that travel in a commit itself, 0 to {@link
   *     Limits#MOST_INLINE_BYTES}; more of them go into segments, with 0 all that a transaction
   *     writes
   */
  public record Limits(
      int backgroundReads,
      int stagedBytes,
      int segmentBytes,
      int parallelUploads,
      PrefetchBudget guesses,
      OptionalLong cacheBytes,
      int inlineBytes) {
    /** More frames than this no commit takes: 64 KiB (rule 4.7). */
    public static final int MOST_INLINE_BYTES = 64 * 1024;

    /** What fits most programs. */
    public static final Limits DEFAULT =
        new Limits(12, 32 * 1024 * 1024, 16 * 1024 * 1024, 4, PrefetchBudget.DEFAULT);

    /** What a cache in a folder takes at most, unless it is told otherwise: 1 GiB. */
    public static final long FOLDER_CACHE_BYTES = 1L << 30;

    /** What a cache in memory takes at most, unless it is told otherwise: 256 MiB. */
    public static final long MEMORY_CACHE_BYTES = 256L << 20;

    public Limits {
      if (inlineBytes < 0 || inlineBytes > MOST_INLINE_BYTES) {
        throw new IllegalArgumentException(
            inlineBytes + " bytes of frames in a commit cannot be: 0 to " + MOST_INLINE_BYTES);
      }
    }

    /** Limits with a cache that fits the place, and as much in a commit as it takes. */
    public Limits(
        int backgroundReads,
        int stagedBytes,
        int segmentBytes,
        int parallelUploads,
        PrefetchBudget guesses) {
      this(
          backgroundReads,
          stagedBytes,
          segmentBytes,
          parallelUploads,
          guesses,
          OptionalLong.empty(),
          MOST_INLINE_BYTES);
    }

    /** The same with another bound of the cache. */
    public Limits withCacheBytes(long bytes) {
      return new Limits(
          backgroundReads,
          stagedBytes,
          segmentBytes,
          parallelUploads,
          guesses,
          OptionalLong.of(bytes),
          inlineBytes);
    }

    /**
     * The same with another bound of what travels in a commit itself.
     *
     * @throws IllegalArgumentException when it is negative or more than a commit takes
     */
    public Limits withInlineBytes(int bytes) {
      return new Limits(
          backgroundReads, stagedBytes, segmentBytes, parallelUploads, guesses, cacheBytes, bytes);
    }
  }

  /** The most room that the cache of fetched and written pages takes. */
  CacheBound cacheBound() {
    long fitting = folder.isPresent() ? Limits.FOLDER_CACHE_BYTES : Limits.MEMORY_CACHE_BYTES;
    return new CacheBound(limits.cacheBytes().orElse(fitting));
  }

  /** A replica in memory, with hot pages, scans and strides fetched ahead. */
  public static ReplicaOptions inMemory(
      Remote remote, VolumeId volume, Concurrency concurrency, IdSource ids) {
    return new ReplicaOptions(
        remote,
        volume,
        Optional.empty(),
        concurrency,
        ids,
        () ->
            Prefetcher.inTurn(
                new HotPages(), new SequentialScan(), new Leap(Leap.Settings.BESIDE_SCANS)),
        Limits.DEFAULT);
  }

  /** The same on a folder. */
  public ReplicaOptions on(Path path) {
    return new ReplicaOptions(
        remote, volume, Optional.of(path), concurrency, ids, prefetcher, limits);
  }

  /** The same in memory. */
  ReplicaOptions inMemory() {
    return new ReplicaOptions(
        remote, volume, Optional.empty(), concurrency, ids, prefetcher, limits);
  }

  /** The same with another prefetcher. */
  public ReplicaOptions with(Supplier<Prefetcher> other) {
    return new ReplicaOptions(remote, volume, folder, concurrency, ids, other, limits);
  }

  /** The same with other limits. */
  public ReplicaOptions with(Limits other) {
    return new ReplicaOptions(remote, volume, folder, concurrency, ids, prefetcher, other);
  }
}
