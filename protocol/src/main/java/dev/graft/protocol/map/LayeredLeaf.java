package dev.graft.protocol.map;

/**
 * A leaf in hand, as one of a stack.
 *
 * @param leaf the leaf
 * @param ceiling page indexes above it are hidden in this leaf; {@link LeafLayer#NO_CEILING} when
 *     none are
 */
public record LayeredLeaf(Leaf leaf, long ceiling) {}
