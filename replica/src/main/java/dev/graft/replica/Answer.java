package dev.graft.replica;

/**
 * What a question is answered with.
 *
 * @param contentType of the body
 * @param body not changed afterwards
 * @param facts also told in headers, because CSV has no other place for them
 */
record Answer(String contentType, byte[] body, Facts facts) {}
