package dev.graft.bench;

import dev.graft.protocol.page.PageSet;
import java.nio.ByteBuffer;
import java.util.PrimitiveIterator;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;
import org.roaringbitmap.IntIterator;
import org.roaringbitmap.RoaringBitmap;
import org.roaringbitmap.buffer.ImmutableRoaringBitmap;

/**
 * {@link PageSet} against RoaringBitmap on the same seeded sets. Not all is the same work: PageSet
 * proves CRC, structure and canonical form in {@code decode} where Roaring trusts its bytes, and a
 * {@code union} of PageSets is encoded already; {@code unionToBytes} compares like with like. One
 * {@code contains} is {@value #PROBES} look-ups, and the walks go over the whole set.
 *
 * <p>Samples, of which the median stands still on a machine that others use, and compilation in the
 * foreground, so that the warm-up is one.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-Xbatch")
public class PageSetBenchmark {
  private static final int PROBES = 1024;

  /** How a set is drawn. */
  public enum Shape {
    /** Single pages of a large volume, as one transaction writes them. */
    SCATTERED_256_IN_16M(256, 1 << 24, 1),
    /** Single pages of a large volume, as a day of transactions writes them. */
    SCATTERED_4096_IN_16M(4096, 1 << 24, 1),
    /** Single pages of one window. */
    SCATTERED_1000_IN_64K(1000, 1 << 16, 1),
    /** Every second page of one window. */
    HALF_OF_64K(32_768, 1 << 16, 1),
    /** Short stretches of pages. */
    RUNS_OF_16_IN_16M(4096, 1 << 24, 16),
    /** One stretch of pages, as a bulk load writes them. */
    ONE_RUN_OF_10000(10_000, 1 << 24, 10_000);

    private final int size;
    private final int bound;
    private final int run;

    Shape(int size, int bound, int run) {
      this.size = size;
      this.bound = bound;
      this.run = run;
    }

    private RoaringBitmap draw(long seed) {
      Random random = new Random(seed);
      RoaringBitmap bitmap = new RoaringBitmap();
      while (bitmap.getCardinality() < size) {
        long first = random.nextInt(bound);
        bitmap.add(first, Math.min(bound, first + run));
      }
      bitmap.runOptimize();
      return bitmap;
    }
  }

  @Param public Shape shape = Shape.SCATTERED_256_IN_16M;

  private final int[] probes = new int[PROBES];
  private PageSet set = PageSet.empty();
  private PageSet other = PageSet.empty();
  private byte[] setBytes = new byte[0];
  private RoaringBitmap roaring = new RoaringBitmap();
  private RoaringBitmap otherRoaring = new RoaringBitmap();
  private ImmutableRoaringBitmap roaringView = roaring.toMutableRoaringBitmap();
  private ByteBuffer roaringBytes = ByteBuffer.allocate(0);

  /** Draws both sets in both forms; half of the probes hit. */
  @Setup
  public void draw() {
    roaring = shape.draw(1);
    otherRoaring = shape.draw(2);
    set = pageSet(roaring);
    other = pageSet(otherRoaring);
    setBytes = set.toBytes();
    roaringBytes = serialize(roaring);
    roaringView = new ImmutableRoaringBitmap(roaringBytes);
    Random random = new Random(3);
    for (int i = 0; i < PROBES; i++) {
      boolean hit = random.nextBoolean();
      probes[i] =
          hit
              ? roaring.select(random.nextInt(roaring.getCardinality()))
              : random.nextInt(shape.bound);
    }
  }

  private static PageSet pageSet(RoaringBitmap bitmap) {
    PageSet.Builder builder = PageSet.builder();
    bitmap.forEach((int idx) -> builder.add(idx));
    return builder.build();
  }

  private static ByteBuffer serialize(RoaringBitmap bitmap) {
    ByteBuffer bytes = ByteBuffer.allocate(bitmap.serializedSizeInBytes());
    bitmap.serialize(bytes);
    return bytes.flip();
  }

  @Benchmark
  public int contains_pageSet() {
    int hits = 0;
    for (int probe : probes) {
      hits += set.contains(probe) ? 1 : 0;
    }
    return hits;
  }

  @Benchmark
  public int contains_roaring() {
    int hits = 0;
    for (int probe : probes) {
      hits += roaringView.contains(probe) ? 1 : 0;
    }
    return hits;
  }

  @Benchmark
  public PageSet union_pageSet() {
    return set.union(other);
  }

  @Benchmark
  public RoaringBitmap union_roaring() {
    return RoaringBitmap.or(roaring, otherRoaring);
  }

  @Benchmark
  public byte[] unionToBytes_pageSet() {
    return set.union(other).toBytes();
  }

  @Benchmark
  public ByteBuffer unionToBytes_roaring() {
    RoaringBitmap union = RoaringBitmap.or(roaring, otherRoaring);
    union.runOptimize();
    return serialize(union);
  }

  @Benchmark
  public PageSet decode_pageSet() {
    return PageSet.decode(setBytes);
  }

  @Benchmark
  public ImmutableRoaringBitmap decode_roaring() {
    return new ImmutableRoaringBitmap(roaringBytes);
  }

  @Benchmark
  public void forEach_pageSet(Blackhole sink) {
    set.forEach(sink::consume);
  }

  @Benchmark
  public void forEach_roaring(Blackhole sink) {
    roaringView.forEach((int idx) -> sink.consume(idx));
  }

  @Benchmark
  public long iterator_pageSet() {
    long sum = 0;
    for (PrimitiveIterator.OfLong it = set.iterator(); it.hasNext(); ) {
      sum += it.nextLong();
    }
    return sum;
  }

  @Benchmark
  public long iterator_roaring() {
    long sum = 0;
    for (IntIterator it = roaringView.getIntIterator(); it.hasNext(); ) {
      sum += it.next();
    }
    return sum;
  }
}
