package dev.graft.http;

/** What a message without members says: {@code {}}. */
public record Nothing() {}
