package dev.graft.http;

/** Asks that a token ends now. */
public sealed interface RevokeRequest {
  /** The token itself. */
  record ByToken(String token) implements RevokeRequest {
    /** Says nothing of the token. */
    @Override
    public String toString() {
      return "ByToken[]";
    }
  }

  /** The id in it. */
  record ById(String id) implements RevokeRequest {}
}
