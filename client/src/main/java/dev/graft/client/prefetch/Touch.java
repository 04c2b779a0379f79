package dev.graft.client.prefetch;

import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The first reading of a frame through a leaf.
 *
 * @param window the window of the page that was read
 * @param order the frames of the leaf that named it
 * @param ordinal the frame in that leaf
 * @param here whether it was in the cache; else it is being fetched by now
 * @param leaves gives the frames of another window's largest leaf when that is at hand, else null
 * @param wantLeaves has the leaves of a window fetched for a later question; does not wait
 */
public record Touch(
    int window,
    FrameOrder order,
    int ordinal,
    boolean here,
    IntFunction<@Nullable FrameOrder> leaves,
    IntConsumer wantLeaves) {}
