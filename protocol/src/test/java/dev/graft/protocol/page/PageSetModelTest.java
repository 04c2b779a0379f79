package dev.graft.protocol.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.PrimitiveIterator;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Every operation on seeded sets of all shapes, against a tree of boxed numbers and a bit set. */
class PageSetModelTest {
  private static final long SEED = 20261121;

  /** Of each shape; {@code -Dgraft.test.steps=PERCENT} plays fewer, where mutations are counted. */
  private static final int ROUNDS =
      Math.max(10, 40 * Integer.getInteger("graft.test.steps", 100) / 100);

  @Test
  void lookups_equalTheModel() {
    forEachShape((model, set, random) -> {
      assertThat(set.cardinality()).isEqualTo(model.size());
      List<Long> members = new ArrayList<>(model);
      for (int i = 0; i < members.size(); i += 1 + random.nextInt(1 + members.size() / 50)) {
        assertThat(set.select(i)).isEqualTo(members.get(i));
        assertThat(set.rank(members.get(i))).isEqualTo(i + 1);
        probe(model, set, members.get(i) - 1);
        probe(model, set, members.get(i) + 1);
      }
      for (int i = 0; i < 30; i++) {
        probe(model, set, random.nextLong(1L << 32) >>> random.nextInt(32));
      }
      if (!model.isEmpty()) {
        assertThat(set.first()).isEqualTo(model.first());
        assertThat(set.last()).isEqualTo(model.last());
      }
    });
  }

  private static void probe(TreeSet<Long> model, PageSet set, long idx) {
    assertThat(set.contains(idx)).isEqualTo(model.contains(idx));
    assertThat(set.rank(idx)).isEqualTo(model.headSet(idx, true).size());
  }

  @Test
  void walks_equalTheModel() {
    forEachShape((model, set, random) -> {
      List<Long> members = new ArrayList<>(model);
      List<Long> walked = new ArrayList<>();
      set.forEach(walked::add);
      assertThat(walked).isEqualTo(members);
      walked.clear();
      for (PrimitiveIterator.OfLong it = set.iterator(); it.hasNext(); ) {
        walked.add(it.nextLong());
      }
      assertThat(walked).isEqualTo(members);
      walked.clear();
      long[] previous = {-2};
      set.forEachRange((first, last) -> {
        assertThat(first).isGreaterThan(previous[0] + 1);
        previous[0] = last;
        for (long idx = first; idx <= last; idx++) {
          walked.add(idx);
        }
      });
      assertThat(walked).isEqualTo(members);
    });
  }

  @Test
  void operations_equalTheModel() {
    forEachShape((model, set, random) -> {
      TreeSet<Long> otherModel = near(model, random);
      PageSet other = encode(otherModel);
      TreeSet<Long> union = new TreeSet<>(model);
      union.addAll(otherModel);
      assertThat(set.union(other)).isEqualTo(encode(union));
      TreeSet<Long> intersection = new TreeSet<>(model);
      intersection.retainAll(otherModel);
      assertThat(set.intersection(other)).isEqualTo(encode(intersection));
      TreeSet<Long> difference = new TreeSet<>(model);
      difference.removeAll(otherModel);
      assertThat(set.difference(other)).isEqualTo(encode(difference));
      long at =
          model.isEmpty() ? 5 : set.select(random.nextLong(model.size())) + random.nextInt(3) - 1;
      assertThat(set.cut(at)).isEqualTo(encode(model.headSet(at, true)));
      assertThat(set.from(at)).isEqualTo(encode(model.tailSet(at, true)));
    });
  }

  @Test
  void encoding_isOneForOneSet() {
    forEachShape((model, set, random) -> {
      byte[] bytes = set.toBytes();
      PageSet decoded = PageSet.decode(bytes);
      assertThat(decoded).isEqualTo(set).hasSameHashCodeAs(set);
      assertThat(decoded.toBytes()).isEqualTo(bytes);
      // The same set, come to in another way.
      PageSet halves = PageSet.empty();
      for (PageSet part : List.of(set.cut(1 << 12), set.from((1 << 12) + 1))) {
        halves = halves.union(part);
      }
      assertThat(halves.toBytes()).isEqualTo(bytes);
    });
  }

  /** A bitmap of 32 bits has 512 MiB and is left out. */
  @Test
  void shapes_reachEveryKindAtEveryLevel() {
    // By bits / 8; the first is never used.
    BitSet[] seen = {new BitSet(), new BitSet(), new BitSet(), new BitSet(), new BitSet()};
    forEachShape((model, set, random) -> kinds(set.toBytes(), set.encodedLength() - 12, 32, seen));
    for (PageSet set : SetShapes.wide()) {
      kinds(set.toBytes(), set.encodedLength() - 12, 32, seen);
    }
    assertThat(seen[4]).hasToString("{0, 1, 3, 4, 5}");
    assertThat(seen[3]).hasToString("{1, 2, 3, 4, 5}");
    assertThat(seen[2]).hasToString("{1, 2, 3, 4, 5}");
    assertThat(seen[1]).hasToString("{1, 2, 3, 4}");
  }

  private static void kinds(byte[] bytes, int end, int bits, BitSet[] seen) {
    int kind = bytes[end - 1];
    seen[bits / 8].set(kind);
    if (kind == Splinter.TREE) {
      TreePart tree = new TreePart(bytes, end, bits);
      for (int i = 0; i < tree.children; i++) {
        kinds(bytes, tree.childEnd(i), bits - 8, seen);
      }
    }
  }

  @Test
  void wideSets_equalTheModel() {
    Random random = new Random(SEED);
    for (PageSet set : SetShapes.wide()) {
      long[] walked = {0, -1};
      set.forEachRange((first, last) -> {
        assertTrue(first > walked[1] + 1 || walked[0] == 0);
        if (random.nextInt(4096) == 0 || first == 1L << 24) {
          assertThat(set.rank(first)).isEqualTo(walked[0] + 1);
          assertThat(set.select(walked[0] + last - first)).isEqualTo(last);
          assertThat(set.contains(first) && set.contains(last)).isTrue();
          assertThat(set.contains(first - 1) || set.contains(last + 1)).isFalse();
        }
        walked[0] += last - first + 1;
        walked[1] = last;
      });
      assertThat(walked[0]).isEqualTo(set.cardinality());
      assertThat(walked[1]).isEqualTo(set.last());
      PageSet decoded = PageSet.decode(set.toBytes());
      assertThat(decoded).isEqualTo(set);
      long middle = set.select(set.cardinality() / 2);
      assertThat(set.cut(middle).union(set.from(middle + 1)).toBytes()).isEqualTo(set.toBytes());
      assertThat(set.cut(middle).cardinality()).isEqualTo(set.cardinality() / 2 + 1);
      PageSet rest = PageSet.ofRange(0, PageIdx.MAX_VALUE).difference(set);
      assertThat(rest.cardinality()).isEqualTo((1L << 32) - set.cardinality());
      assertThat(rest.intersection(set)).isEqualTo(PageSet.empty());
      assertThat(rest.union(set)).isEqualTo(PageSet.ofRange(0, PageIdx.MAX_VALUE));
    }
  }

  private static void assertTrue(boolean condition) {
    if (!condition) {
      throw new AssertionError("the walk left the model");
    }
  }

  private static TreeSet<Long> near(TreeSet<Long> model, Random random) {
    TreeSet<Long> other =
        SetShapes.of(random.nextInt(SetShapes.SHAPES), 1 + random.nextInt(600), random);
    if (random.nextBoolean()) {
      for (long idx : model) {
        if (random.nextInt(3) == 0) {
          other.add(Math.min(PageIdx.MAX_VALUE, idx + random.nextInt(2)));
        }
      }
    }
    return other;
  }

  static PageSet encode(Iterable<Long> ascending) {
    PageSet.Builder builder = PageSet.builder();
    ascending.forEach(builder::add);
    return builder.build();
  }

  private interface Check {
    void on(TreeSet<Long> model, PageSet set, Random random);
  }

  private static void forEachShape(Check check) {
    for (int shape = 0; shape < SetShapes.SHAPES; shape++) {
      for (int round = 0; round < ROUNDS; round++) {
        long seed = SEED + 1000L * shape + round;
        Random random = new Random(seed);
        int size = 1 + random.nextInt(round % 10 == 9 ? 20_000 : 1 << 1 + random.nextInt(11));
        TreeSet<Long> model = round == 0 ? new TreeSet<>() : SetShapes.of(shape, size, random);
        try {
          check.on(model, encode(model), random);
        } catch (Throwable e) {
          throw new AssertionError("shape " + shape + ", seed " + seed, e);
        }
      }
    }
  }
}
