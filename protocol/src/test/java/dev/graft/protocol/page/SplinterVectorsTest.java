package dev.graft.protocol.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the reference crate printed, byte for byte and both ways. */
class SplinterVectorsTest {
  private final List<SplinterVectors.Vector> vectors = SplinterVectors.all();

  @Test
  void vectors_areAllThere() {
    assertThat(vectors).hasSize(727);
  }

  @Test
  void encode_givesTheBytesOfTheCrate() {
    for (SplinterVectors.Vector vector : vectors) {
      PageSet.Builder builder = PageSet.builder();
      vector.ranges().forEach(range -> builder.addRange(range[0], range[1]));
      PageSet set = builder.build();
      assertThat(set.toBytes()).as(vector.name()).isEqualTo(vector.bytes());
      assertThat(set.encodedLength()).as(vector.name()).isEqualTo(vector.bytes().length);
    }
  }

  @Test
  void decode_givesTheSetOfTheCrate() {
    for (SplinterVectors.Vector vector : vectors) {
      PageSet set = PageSet.decode(vector.bytes());
      List<long[]> ranges = new ArrayList<>();
      set.forEachRange((first, last) -> ranges.add(new long[] {first, last}));
      assertThat(ranges)
          .as(vector.name())
          .usingElementComparator(java.util.Arrays::compare)
          .containsExactlyElementsOf(vector.ranges());
      assertThat(set.toBytes()).as(vector.name()).isEqualTo(vector.bytes());
    }
  }

  @Test
  void crc_hasTheCheckValueOfItsCatalogue() {
    byte[] digits = "123456789".getBytes(StandardCharsets.US_ASCII);
    assertThat(Crc64Nvme.of(digits, 0, 9)).isEqualTo(0xAE8B14860A799888L);
    assertThat(Crc64Nvme.of(digits, 4, 0)).isZero();
  }
}
