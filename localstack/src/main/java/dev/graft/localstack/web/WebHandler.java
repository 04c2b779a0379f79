package dev.graft.localstack.web;

/** Answers requests. Safe for use by many threads. */
public interface WebHandler {
  /** Answers one; what it throws becomes a 500 without a word of explanation. */
  WebAnswer handle(WebRequest request);
}
