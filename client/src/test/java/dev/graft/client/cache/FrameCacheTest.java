package dev.graft.client.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.Task;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.protocol.frame.FrameKind;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.PageRuns;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a cache keeps within its bound, and what it gives up. */
@Timeout(60)
final class FrameCacheTest {
  private static final PageSize SIZE = PageSize.DEFAULT;
  private static final int FRAME_BYTES = 32 * SIZE.bytes();
  private static final CacheBound SMALL = new CacheBound(8L << 20);
  private static final VolumeId VOLUME = new RandomIdSource(new Random(1)).newVolumeId();

  @TempDir Path folder;
  private final Concurrency concurrency = new ThreadConcurrency(InstantSource.system());

  private FrameCache open(boolean onFolder) {
    return onFolder
        ? FrameCache.onFolder(folder, SIZE, SMALL, concurrency)
        : FrameCache.inMemory(SIZE, SMALL, concurrency);
  }

  private static FrameKey key(int frame) {
    return new FrameKey(new FrameOwner.InCommit(VOLUME, new Lsn(1 + frame / 1000)), frame % 1000);
  }

  /** Frame n holds the 32 pages from 2 + 32 n on. */
  private static long firstPage(int frame) {
    return 2 + 32L * frame;
  }

  private static byte[] content(int frame) {
    byte[] bytes = new byte[FRAME_BYTES];
    new SplittableRandom(frame).nextBytes(bytes);
    return bytes;
  }

  private static void put(FrameCache cache, int frame, boolean hot) {
    cache.put(
        key(frame),
        FrameKind.PAGES,
        hot,
        PageRuns.of(firstPage(frame), 32),
        content(frame),
        0,
        FRAME_BYTES);
  }

  /** Asks for a frame and reads of it; whether it was here and right. */
  private static boolean read(FrameCache cache, int frame) {
    CachedFrame here = cache.get(key(frame));
    if (here == null) {
      return false;
    }
    byte[] whole = here.content();
    if (whole == null) {
      return false;
    }
    assertThat(whole).as("frame %d", frame).isEqualTo(content(frame));
    return true;
  }

  private static boolean readThrough(FrameCache cache, int frame, long pin) {
    CachedFrame here = cache.get(key(frame));
    byte[] page = new byte[SIZE.bytes()];
    return here != null
        && here.copy(firstPage(frame), 0, MemorySegment.ofArray(page), 0, page.length, pin);
  }

  private TreeSet<String> dataFiles() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("pages-"))
          .collect(TreeSet::new, TreeSet::add, TreeSet::addAll);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void put_farMoreThanTheBound_staysWithinItAndKeepsWhatCameLast(boolean onFolder)
      throws IOException {
    try (FrameCache cache = open(onFolder)) {
      for (int frame = 0; frame < 500; frame++) {
        put(cache, frame, false);
        assertThat(cache.status().roomBytes()).isLessThanOrEqualTo(SMALL.bytes());
        assertThat(read(cache, frame)).isTrue();
      }
      CacheStatus status = cache.status();
      assertThat(status.frames()).isBetween(40L, 64L);
      assertThat(status.frames() + status.evictedFrames()).isEqualTo(500);
      assertThat(status.frameBytes()).isEqualTo(status.frames() * FRAME_BYTES);
      assertThat(read(cache, 0)).isFalse();
    }
    if (onFolder) {
      // Files that were given up are gone, and their numbers are not used again.
      assertThat(dataFiles()).hasSizeLessThanOrEqualTo(17).doesNotContain("pages-000000");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void put_scanOfColdFrames_leavesHotOnesAndThoseThatAreReadAgain(boolean onFolder) {
    try (FrameCache cache = open(onFolder)) {
      for (int frame = 0; frame < 32; frame++) {
        put(cache, frame, frame < 16 && frame % 4 == 0);
      }
      for (int frame = 32; frame < 400; frame++) {
        put(cache, frame, false);
        read(cache, frame);
        if (frame % 10 == 0) {
          for (int again = 16; again < 32; again += 4) {
            assertThat(read(cache, again)).as("frame %d at %d", again, frame).isTrue();
          }
        }
      }
      for (int hot = 0; hot < 16; hot += 4) {
        assertThat(read(cache, hot)).as("hot frame %d", hot).isTrue();
      }
      CacheStatus status = cache.status();
      assertThat(status.movedBytes()).isPositive();
      // What is moved is at most as much as what came.
      assertThat(status.movedBytes()).isLessThan(400L * FRAME_BYTES / 2);
    }
  }

  @Test
  void pin_framesReadSince_stayBeforeOthersThatCameLater() {
    try (FrameCache cache = open(true)) {
      for (int frame = 0; frame < 10; frame++) {
        put(cache, frame, false);
      }
      long pin = cache.pin();
      for (int frame = 0; frame < 10; frame++) {
        assertThat(readThrough(cache, frame, pin)).isTrue();
      }
      for (int frame = 10; frame < 300; frame++) {
        put(cache, frame, false);
      }
      for (int frame = 0; frame < 10; frame++) {
        assertThat(read(cache, frame)).as("pinned frame %d", frame).isTrue();
      }
      cache.unpin(pin);
      for (int frame = 300; frame < 600; frame++) {
        put(cache, frame, false);
      }
      assertThat(Stream.iterate(0, frame -> frame + 1).limit(10).filter(f -> read(cache, f)))
          .isEmpty();
    }
  }

  @Test
  void pin_readsMoreThanTheBound_theBoundHolds() {
    try (FrameCache cache = open(true)) {
      long pin = cache.pin();
      for (int frame = 0; frame < 300; frame++) {
        put(cache, frame, false);
        assertThat(readThrough(cache, frame, pin)).isTrue();
        assertThat(cache.status().roomBytes()).isLessThanOrEqualTo(SMALL.bytes());
      }
      cache.unpin(pin);
      assertThat(cache.status().evictedFrames()).isGreaterThan(200);
    }
  }

  @Test
  void put_frameThatWasGivenUp_isCounted() {
    try (FrameCache cache = open(false)) {
      for (int round = 0; round < 2; round++) {
        for (int frame = 0; frame < 100; frame++) {
          put(cache, frame, false);
        }
      }
      assertThat(cache.status().returnedFrames()).isBetween(50L, 100L);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void read_whileFramesAreGivenUp_isRightOrSaysThatTheyAreGone(boolean onFolder) throws Exception {
    long seed = 77;
    System.out.println("cache readers seed " + seed);
    try (FrameCache cache = open(onFolder)) {
      var done = new AtomicBoolean();
      var right = new AtomicLong();
      var gone = new AtomicLong();
      List<Task<Void>> readers = new ArrayList<>();
      for (int reader = 0; reader < 4; reader++) {
        var random = new SplittableRandom(seed + reader);
        readers.add(
            concurrency.fork(
                "reader",
                () -> {
                  hunt(cache, random, done, right, gone);
                  return nothing();
                }));
      }
      for (int frame = 0; frame < 1_000; frame++) {
        put(cache, frame % 200, false);
      }
      done.set(true);
      concurrency.awaitAll(readers);
      for (Task<Void> reader : readers) {
        reader.result();
      }
      assertThat(right.get()).isPositive();
      System.out.println("right " + right + ", gone under a reader " + gone);
      assertThat(cache.status().roomBytes()).isLessThanOrEqualTo(SMALL.bytes());
    }
  }

  @SuppressWarnings("NullAway") // a task without a value gives null
  private static Void nothing() {
    return null;
  }

  /** Holds on to frames as leaves do, and reads through them until they are gone. */
  private static void hunt(
      FrameCache cache,
      SplittableRandom random,
      AtomicBoolean done,
      AtomicLong right,
      AtomicLong gone) {
    @Nullable CachedFrame[] held = new CachedFrame[200];
    byte[] page = new byte[SIZE.bytes()];
    MemorySegment target = MemorySegment.ofArray(page);
    byte[][] contents = new byte[200][];
    while (!done.get()) {
      int frame = random.nextInt(200);
      CachedFrame known = held[frame] == null ? cache.get(key(frame)) : held[frame];
      held[frame] = known;
      if (known == null) {
        continue;
      }
      int rank = random.nextInt(32);
      if (!known.copy(firstPage(frame) + rank, 0, target, 0, page.length)) {
        held[frame] = null;
        gone.incrementAndGet();
        continue;
      }
      if (contents[frame] == null) {
        contents[frame] = content(frame);
      }
      assertThat(ByteBuffer.wrap(contents[frame], rank * page.length, page.length))
          .isEqualTo(ByteBuffer.wrap(page));
      right.incrementAndGet();
    }
  }

  @Test
  void reopen_afterManyTurns_hasWhatWasHereAndASmallIndex() throws IOException {
    List<Integer> here = new ArrayList<>();
    try (FrameCache cache = open(true)) {
      for (int frame = 0; frame < 6_000; frame++) {
        put(cache, frame, frame % 50 == 0);
      }
      for (int frame = 0; frame < 6_000; frame++) {
        if (cache.contains(key(frame))) {
          here.add(frame);
        }
      }
    }
    // 6,000 entries and more were written; each is longer than 50 bytes.
    assertThat(Files.size(folder.resolve("frames"))).isLessThan(200_000);
    try (FrameCache cache = open(true)) {
      assertThat(here).isNotEmpty().allMatch(frame -> read(cache, frame));
      assertThat(cache.status().frames()).isEqualTo(here.size());
    }
  }

  @Test
  void reopen_smallerBound_givesUpAtOnce() throws IOException {
    try (FrameCache cache =
        FrameCache.onFolder(folder, SIZE, new CacheBound(32L << 20), concurrency)) {
      for (int frame = 0; frame < 200; frame++) {
        put(cache, frame, false);
      }
      assertThat(cache.bytes()).isGreaterThan(20L << 20);
    }
    try (FrameCache cache = open(true)) {
      assertThat(cache.status().roomBytes()).isLessThanOrEqualTo(SMALL.bytes());
      assertThat(read(cache, 199)).isTrue();
      put(cache, 500, false);
      assertThat(cache.status().roomBytes()).isLessThanOrEqualTo(SMALL.bytes());
    }
    assertThat(dataFiles()).hasSizeLessThan(6);
  }

  @Test
  void reopen_indexThatIsNone_isBegunAnewAndItsFilesRemoved() throws IOException {
    try (FrameCache cache = open(true)) {
      for (int frame = 0; frame < 20; frame++) {
        put(cache, frame, false);
      }
    }
    TreeSet<String> before = dataFiles();
    Files.writeString(folder.resolve("frames"), "zeros or anything else at all");
    try (FrameCache cache = open(true)) {
      assertThat(cache.status().frames()).isZero();
      assertThat(dataFiles()).isEmpty();
      put(cache, 3, false);
      assertThat(read(cache, 3)).isTrue();
      assertThat(dataFiles()).doesNotContainAnyElementsOf(before);
    }
  }

  @Test
  void makeRoom_givesTheOldestFileBack() throws IOException {
    try (FrameCache cache = open(true)) {
      for (int frame = 0; frame < 20; frame++) {
        put(cache, frame, false);
      }
      int files = dataFiles().size();
      assertThat(cache.makeRoom()).isTrue();
      assertThat(dataFiles()).hasSize(files - 1);
      while (cache.makeRoom()) {
        assertThat(cache.status().frames()).isPositive();
      }
      assertThat(read(cache, 19)).isTrue();
    }
  }
}
