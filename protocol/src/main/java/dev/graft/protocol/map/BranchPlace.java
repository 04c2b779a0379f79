package dev.graft.protocol.map;

import dev.graft.protocol.frame.FrameRef;

/**
 * Where a branch, which names the leaves of 1,024 windows, lies.
 *
 * @param number windows {@code number * 1024} to {@code number * 1024 + 1023}
 * @param ref the frame
 * @param crc32c of the encoded branch
 * @param ceiling page indexes above it are hidden in this branch
 */
public record BranchPlace(int number, FrameRef ref, int crc32c, long ceiling) {}
