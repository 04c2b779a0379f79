package dev.graft.functions.service;

import dev.graft.auth.SignedToken;
import dev.graft.auth.Token;
import dev.graft.protocol.id.TokenId;
import java.util.function.Consumer;

/**
 * Who asks.
 *
 * @param token that admitted the request
 * @param made is told the id of each token that the request is answered with
 */
record Caller(Token token, Consumer<TokenId> made) {
  /** The text of a token that is handed out now. */
  String handed(SignedToken signed) {
    made.accept(signed.token().id());
    return signed.text();
  }
}
