package dev.graft.protocol.map;

/** Where the pages of one window of 65,536 page indexes lie. */
public final class Leaf {
  private Leaf() {}
}
