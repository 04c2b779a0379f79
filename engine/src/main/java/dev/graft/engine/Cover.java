package dev.graft.engine;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Brings together the maps that cover a range of commits: rollups where there are some, commits
 * where not, as many in a round as may be read. A rollup that is missing gives way to the 32 blocks
 * beneath it. No block that ends after the range is ever looked at (rule 4.9).
 */
final class Cover {
  /**
   * Reads kept back for the commits themselves: should no rollup be there at all, an answer still
   * gains this many commits.
   */
  static final int RESERVED_READS = Block.FAN_OUT;

  /** Reads the map of one block. */
  interface Source {
    /** The part, or nothing when there is no such rollup or commit. */
    Optional<Part> read(Block block);
  }

  /**
   * What was found.
   *
   * @param parts without gap from the start of the range, ascending
   * @param missing rollups that were looked for and are not there, lowest level first
   */
  record Found(List<Part> parts, List<Block> missing) {}

  /** A block, and what it holds once it was read. */
  private record Node(Block block, Optional<Part> part) {}

  private final VolumeId volume;
  private final Rounds rounds;
  private final Source source;
  private final Budget budget;
  private final List<Block> missing = new ArrayList<>();

  Cover(VolumeId volume, Rounds rounds, Source source, Budget budget) {
    this.volume = volume;
    this.rounds = rounds;
    this.source = source;
    this.budget = budget;
  }

  /**
   * Covers (since, upto], or a beginning of it when the budget ends; at least one commit.
   *
   * @throws GraftException.Corrupt when a commit of the range is missing
   */
  Found read(Lsn since, Lsn upto) {
    List<Node> nodes = new ArrayList<>();
    for (Block block : Block.cover(since, upto)) {
      nodes.add(new Node(block, Optional.empty()));
    }
    while (mayRead() && nodes.stream().anyMatch(node -> node.part().isEmpty())) {
      nodes = round(nodes, budget.reads() - RESERVED_READS);
    }
    List<Part> parts = beginning(nodes);
    if (parts.isEmpty() && !nodes.isEmpty()) {
      parts = commits(since, upto);
    }
    missing.sort(Comparator.comparingInt(Block::level));
    return new Found(parts, List.copyOf(missing));
  }

  private boolean mayRead() {
    return budget.reads() > RESERVED_READS && !budget.late();
  }

  /** Reads the first of those not read yet, so that the beginning without gap grows first. */
  private List<Node> round(List<Node> nodes, int maxReads) {
    List<Block> unread =
        nodes.stream()
            .filter(node -> node.part().isEmpty())
            .limit(maxReads)
            .map(Node::block)
            .toList();
    budget.take(unread.size());
    List<Optional<Part>> found = rounds.each("cover", unread, source::read);
    List<Node> next = new ArrayList<>();
    int at = 0;
    for (Node node : nodes) {
      if (node.part().isPresent() || at == unread.size()) {
        next.add(node);
      } else {
        expand(node.block(), found.get(at++), next);
      }
    }
    return next;
  }

  private void expand(Block block, Optional<Part> part, List<Node> out) {
    if (part.isPresent()) {
      out.add(new Node(block, part));
      return;
    }
    if (block.level() == 0) {
      throw gap(block);
    }
    missing.add(block);
    for (Block child : block.children()) {
      out.add(new Node(child, Optional.empty()));
    }
  }

  private static List<Part> beginning(List<Node> nodes) {
    List<Part> parts = new ArrayList<>();
    for (Node node : nodes) {
      if (node.part().isEmpty()) {
        break;
      }
      parts.add(node.part().get());
    }
    return parts;
  }

  private List<Part> commits(Lsn since, Lsn upto) {
    long count = Math.min(RESERVED_READS, upto.value() - since.value());
    List<Block> blocks = new ArrayList<>();
    for (long i = 1; i <= count; i++) {
      blocks.add(Block.ofCommit(new Lsn(since.value() + i)));
    }
    budget.take(blocks.size());
    List<Part> parts = new ArrayList<>();
    List<Optional<Part>> found = rounds.each("cover", blocks, source::read);
    for (int i = 0; i < found.size(); i++) {
      Block block = blocks.get(i);
      parts.add(found.get(i).orElseThrow(() -> gap(block)));
    }
    return parts;
  }

  private GraftException gap(Block block) {
    return new GraftException.Corrupt(
        Keys.commit(volume, block.last())
            + " (commit "
            + block.last()
            + ") is missing, although later commits of "
            + volume
            + " exist");
  }
}
