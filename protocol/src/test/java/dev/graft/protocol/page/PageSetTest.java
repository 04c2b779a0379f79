package dev.graft.protocol.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.protocol.error.GraftException;
import java.util.NoSuchElementException;
import java.util.PrimitiveIterator;
import org.junit.jupiter.api.Test;

/** The face of {@link PageSet}: its ends, its refusals, its words. */
class PageSetTest {
  private static final long MAX = PageIdx.MAX_VALUE;

  @Test
  void empty_hasNoMembers() {
    PageSet empty = PageSet.empty();
    assertThat(empty.isEmpty()).isTrue();
    assertThat(empty.cardinality()).isZero();
    assertThat(empty.contains(0)).isFalse();
    assertThat(empty.rank(MAX)).isZero();
    assertThat(empty.iterator().hasNext()).isFalse();
    assertThat(empty.encodedLength()).isEqualTo(13);
    assertThat(PageSet.decode(empty.toBytes())).isEqualTo(empty);
    assertThat(PageSet.of()).isSameAs(empty);
    assertThat(PageSet.builder().build()).isSameAs(empty);
    assertThatThrownBy(empty::first).isInstanceOf(GraftException.Misuse.class);
    assertThatThrownBy(empty::last).isInstanceOf(GraftException.Misuse.class);
  }

  @Test
  void everything_hasAllMembers() {
    PageSet all = PageSet.ofRange(0, MAX);
    assertThat(all.cardinality()).isEqualTo(1L << 32);
    assertThat(all.encodedLength()).isEqualTo(13);
    assertThat(all.first()).isZero();
    assertThat(all.last()).isEqualTo(MAX);
    assertThat(all.rank(MAX)).isEqualTo(1L << 32);
    assertThat(all.select(1L << 31)).isEqualTo(1L << 31);
    assertThat(all.toString()).isEqualTo("{0-4294967295 | 4294967296 pages}");
    assertThat(PageSet.decode(all.toBytes())).isEqualTo(all);
    assertThat(all.cut(MAX)).isSameAs(all);
    assertThat(all.cut(9)).isEqualTo(PageSet.ofRange(0, 9));
    assertThat(all.from(MAX)).isEqualTo(PageSet.of(MAX));
    assertThat(all.difference(PageSet.of(0, 7, MAX)))
        .isEqualTo(PageSet.builder().addRange(1, 6).addRange(8, MAX - 1).build());
  }

  @Test
  void of_takesAnyOrderAndRepetitions() {
    assertThat(PageSet.of(9, 1, 3, 2, 3, 1)).isEqualTo(PageSet.of(1, 2, 3, 9));
  }

  @Test
  void indexesOutsideOf32Bits_areNoMembers() {
    PageSet set = PageSet.of(0, 5, MAX);
    assertThat(set.contains(-1)).isFalse();
    assertThat(set.contains(1L << 32)).isFalse();
    assertThat(set.contains((1L << 32) + 5)).isFalse();
    assertThat(set.contains(Long.MIN_VALUE)).isFalse();
    assertThat(set.rank(-1)).isZero();
    assertThat(set.rank(Long.MAX_VALUE)).isEqualTo(3);
    assertThat(set.cut(-1)).isEqualTo(PageSet.empty());
    assertThat(set.cut(Long.MAX_VALUE)).isSameAs(set);
    assertThat(set.from(-1)).isSameAs(set);
    assertThat(set.from(1L << 32)).isEqualTo(PageSet.empty());
    assertThatThrownBy(() -> set.select(-1)).isInstanceOf(GraftException.Misuse.class);
    assertThatThrownBy(() -> set.select(3)).isInstanceOf(GraftException.Misuse.class);
  }

  @Test
  void builder_refusesWhatDoesNotAscend() {
    refuses(builder -> builder.add(5).add(5));
    refuses(builder -> builder.add(5).add(4));
    refuses(builder -> builder.addRange(1, 9).addRange(9, 12));
    refuses(builder -> builder.addRange(9, 8));
    refuses(builder -> builder.add(-1));
    refuses(builder -> builder.add(1L << 32));
    refuses(builder -> builder.addRange(3, 1L << 32));
    refuses(builder -> builder.add(MAX).add(0));
  }

  private static void refuses(java.util.function.Consumer<PageSet.Builder> use) {
    PageSet.Builder builder = PageSet.builder();
    assertThatThrownBy(() -> use.accept(builder)).isInstanceOf(GraftException.Misuse.class);
  }

  @Test
  void builder_goesOnAfterBuild() {
    PageSet.Builder builder = PageSet.builder().add(1).add(2);
    PageSet two = builder.build();
    PageSet three = builder.add(3).build();
    assertThat(two).isEqualTo(PageSet.of(1, 2));
    assertThat(three).isEqualTo(PageSet.ofRange(1, 3));
  }

  @Test
  void decode_readsAPartOfAnArray() {
    PageSet set = PageSet.of(1, 5, 70_000);
    byte[] bytes = new byte[set.encodedLength() + 7];
    System.arraycopy(set.toBytes(), 0, bytes, 4, set.encodedLength());
    PageSet decoded = PageSet.decode(bytes, 4, set.encodedLength());
    java.util.Arrays.fill(bytes, (byte) 9);
    assertThat(decoded).isEqualTo(set).hasSameHashCodeAs(set);
    assertThat(decoded.toBytes()).isEqualTo(set.toBytes());
    assertThatThrownBy(() -> PageSet.decode(bytes, 4, bytes.length))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void iterator_endsWithAnException() {
    PrimitiveIterator.OfLong members = PageSet.of(7, 8, 20).iterator();
    assertThat(members.nextLong()).isEqualTo(7);
    assertThat(members.nextLong()).isEqualTo(8);
    assertThat(members.hasNext()).isTrue();
    assertThat(members.nextLong()).isEqualTo(20);
    assertThat(members.hasNext()).isFalse();
    assertThatThrownBy(members::nextLong).isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void toString_isShort() {
    assertThat(PageSet.empty()).hasToString("{| 0 pages}");
    assertThat(PageSet.of(3)).hasToString("{3 | 1 page}");
    assertThat(PageSet.of(1, 2, 3, 4, 5, 9)).hasToString("{1-5,9 | 6 pages}");
    assertThat(PageSet.of(1, 3, 5, 7, 9, 11, 13, 15, 17, 19).toString())
        .isEqualTo("{1,3,5,7,9,11,13,15,... | 10 pages}");
  }

  @Test
  void operationsWithEmptyAndItself_giveWhatTheyMust() {
    PageSet set = PageSet.of(1, 5, 9);
    PageSet empty = PageSet.empty();
    assertThat(set.union(empty)).isSameAs(set);
    assertThat(empty.union(set)).isSameAs(set);
    assertThat(set.union(set)).isSameAs(set);
    assertThat(set.intersection(set)).isSameAs(set);
    assertThat(set.intersection(empty)).isEqualTo(empty);
    assertThat(empty.intersection(set)).isEqualTo(empty);
    assertThat(set.difference(empty)).isSameAs(set);
    assertThat(set.difference(set)).isEqualTo(empty);
    assertThat(set.difference(PageSet.ofRange(0, 100))).isEqualTo(empty);
    assertThat(empty.difference(set)).isEqualTo(empty);
  }
}
