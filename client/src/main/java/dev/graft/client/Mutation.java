package dev.graft.client;

/**
 * The name and the arguments of a piece of work, kept with the local commit that it made, so that
 * it can be done again on another snapshot.
 *
 * @param name at most 64 bytes of UTF-8; tells the {@link Replayer} how to read the arguments
 * @param arguments not to be changed
 */
public record Mutation(String name, byte[] arguments) {}
