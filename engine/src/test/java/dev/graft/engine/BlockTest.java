package dev.graft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.protocol.id.Lsn;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BlockTest {
  @Test
  void cover_anyRange_holdsEveryCommitOnceAndNothingAfterTheEnd() {
    long seed = 20261121;
    Random random = new Random(seed);
    for (int round = 0; round < 2_000; round++) {
      long since = random.nextLong(1L << random.nextInt(1, 40));
      long upto = since + random.nextLong(1L << random.nextInt(1, 24));
      long next = since;
      for (Block block : Block.cover(new Lsn(since), new Lsn(upto))) {
        assertThat(block.first().value()).as("seed %d round %d", seed, round).isEqualTo(next + 1);
        assertThat(block.last().value() - next).isEqualTo(block.size());
        next = block.last().value();
      }
      assertThat(next).as("seed %d round %d", seed, round).isEqualTo(upto);
    }
  }

  @Test
  void cover_worstAlignment_isAsManyBlocksAsPromised() {
    assertThat(worst(1_000)).isEqualTo(70);
    assertThat(worst(10_000)).isEqualTo(111);
  }

  @Test
  void cover_emptyRange_isNothing() {
    assertThat(Block.cover(new Lsn(7), new Lsn(7))).isEmpty();
  }

  @Test
  void children_ofABlock_areItsPartsInOrder() {
    Block block = new Block(2, 3);
    List<Block> children = block.children();
    assertThat(children).hasSize(32);
    assertThat(children.getFirst().first()).isEqualTo(block.first());
    assertThat(children.getLast().last()).isEqualTo(block.last());
  }

  @Test
  void completedBy_lastCommitOfBlocks_namesThemLowestFirst() {
    assertThat(Block.completedBy(new Lsn(31))).isEmpty();
    assertThat(Block.completedBy(new Lsn(64))).containsExactly(new Block(1, 1));
    assertThat(Block.completedBy(new Lsn(2048))).containsExactly(new Block(1, 63), new Block(2, 1));
  }

  private static int worst(long commits) {
    int worst = 0;
    for (long since = 0; since < 32 * 1024; since++) {
      worst = Math.max(worst, Block.cover(new Lsn(since), new Lsn(since + commits)).size());
    }
    return worst;
  }
}
