package dev.graft.protocol.map;

import dev.graft.protocol.frame.FrameOwner;

/**
 * A range of bytes that holds hot frames with live pages: worth fetching before anybody asks.
 *
 * @param owner the object
 * @param offsetBytes of the first frame
 * @param lengthBytes of all its frames
 */
public record HotRange(FrameOwner owner, long offsetBytes, int lengthBytes) {}
