package dev.graft.auth;

/**
 * A token with its text, which is what a client sends.
 *
 * @param token what it says
 * @param text three parts of base 64 with dots between; whoever has it may do what it admits
 */
public record SignedToken(Token token, String text) {
  /** Without the text, so that it does not come into logs. */
  @Override
  public String toString() {
    return token.toString();
  }
}
