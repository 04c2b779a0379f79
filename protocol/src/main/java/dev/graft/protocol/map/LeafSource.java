package dev.graft.protocol.map;

/** Brings the parts of a map that lie in frames. Implementations may read, cache and throw. */
public interface LeafSource {
  /** The leaf at a place. */
  Leaf leaf(LeafPlace.InFrame place);

  /** The branch at a place. */
  Branch branch(BranchPlace place);
}
