package dev.graft.protocol.page;

/** A compressed set of page indexes. */
public final class PageSet {}
