package dev.graft.client.write;

import dev.graft.protocol.frame.PageRuns;

/**
 * A frame of pages as a commit writes it, before compression.
 *
 * @param pages which pages
 * @param raw their bytes one after the other; not changed any more
 */
record WrittenFrame(PageRuns pages, byte[] raw) {}
