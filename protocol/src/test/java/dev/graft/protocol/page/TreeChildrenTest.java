package dev.graft.protocol.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Trees with as many children as change how their segments are written: a list up to 32, a bitmap,
 * nothing at all for 256.
 */
class TreeChildrenTest {
  @ParameterizedTest
  @CsvSource({
    "16, 2", "16, 31", "16, 32", "16, 33", "16, 64", "16, 255", "16, 256", "24, 31", "24, 32",
    "24, 33", "24, 255", "24, 256", "32, 31", "32, 32", "32, 33", "32, 255", "32, 256"
  })
  void tree_ofSoManyChildren_isReadAsItWasWritten(int bits, int children) {
    TreeSet<Long> model = new TreeSet<>();
    for (int i = 0; i < children; i++) {
      // Up to 127 segments are spread, the last one at the end.
      long segment = children > 127 ? i : i == children - 1 ? 255 : 2L * i;
      // Six runs of three: smaller as a tree than in any other way, whatever the level.
      for (long low = 0; low < 60; low += low % 10 < 2 ? 1 : 8) {
        model.add(segment << (bits - 8) | low + i % 7);
      }
    }
    PageSet set = PageSetModelTest.encode(model);
    byte[] bytes = set.toBytes();
    assertThat(childrenAt(bytes, bits))
        .as("children of the tree of %d bits", bits)
        .isEqualTo(children);
    PageSet decoded = PageSet.decode(bytes);
    List<Long> walked = new ArrayList<>();
    decoded.forEach(walked::add);
    assertThat(walked).isEqualTo(new ArrayList<>(model));
    for (int i = 0; i < walked.size(); i++) {
      long member = walked.get(i);
      assertThat(decoded.select(i)).isEqualTo(member);
      for (long idx : new long[] {member - 1, member, member + 1}) {
        assertThat(decoded.contains(idx)).as("%d", idx).isEqualTo(model.contains(idx));
        assertThat(decoded.rank(idx)).as("%d", idx).isEqualTo(model.headSet(idx, true).size());
      }
    }
    for (long segment = 0; segment < 256; segment++) {
      long idx = segment << (bits - 8) | 200;
      assertThat(decoded.contains(idx)).isFalse();
      assertThat(decoded.rank(idx)).as("%d", idx).isEqualTo(model.headSet(idx).size());
      assertThat(decoded.from(idx)).isEqualTo(PageSetModelTest.encode(model.tailSet(idx)));
    }
  }

  /** How many children the tree of those bits has, below trees of one child each; 0 for no tree. */
  private static int childrenAt(byte[] bytes, int bits) {
    int end = bytes.length - Splinter.FOOTER_BYTES;
    for (int at = 32; at >= bits && bytes[end - 1] == Splinter.TREE; at -= 8) {
      TreePart tree = new TreePart(bytes, end, at);
      if (at == bits) {
        return tree.children;
      }
      end = tree.childEnd(0);
    }
    return 0;
  }
}
