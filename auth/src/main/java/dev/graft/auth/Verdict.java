package dev.graft.auth;

import dev.graft.protocol.error.GraftException;

/** Whether a token, or a request with it, is admitted. */
public sealed interface Verdict {
  /**
   * It is.
   *
   * @param token what was proved
   */
  record Admitted(Token token) implements Verdict {}

  /**
   * It is not.
   *
   * @param cause which kind of answer that makes
   * @param reason a sentence without the token, a key or any secret
   */
  record Refused(Cause cause, String reason) implements Verdict {
    /**
     * What the caller is told over HTTP: its status is {@link Cause#status}.
     *
     * @return {@link GraftException.Gone} of a deleted volume, else {@link
     *     GraftException.Unauthorized}
     */
    public GraftException toException() {
      return cause == Cause.DELETED
          ? new GraftException.Gone(reason)
          : new GraftException.Unauthorized(reason);
    }
  }

  /** Why a request is not admitted. */
  enum Cause {
    /** No token, or one that proves nothing (any more). */
    UNPROVEN(401),
    /** A good token that does not admit this. */
    NOT_ADMITTED(403),
    /** A good token for a volume that was deleted. */
    DELETED(410);

    private final int status;

    Cause(int status) {
      this.status = status;
    }

    /** The HTTP status. */
    public int status() {
      return status;
    }
  }
}
