package dev.graft.auth;

import dev.graft.protocol.id.TokenId;
import dev.graft.protocol.id.VolumeId;
import java.util.Optional;

/**
 * What is revoked, as it was known a short while ago. Safe for use by many threads.
 *
 * @see RevocationLog
 */
public interface Revoked {
  /** Nothing is. */
  Revoked NOTHING =
      new Revoked() {
        @Override
        public boolean token(TokenId id) {
          return false;
        }

        @Override
        public boolean volume(VolumeId id) {
          return false;
        }
      };

  /**
   * Whether that token was revoked.
   *
   * @throws dev.graft.protocol.error.GraftException.Unavailable when that cannot be told now
   */
  boolean token(TokenId id);

  /**
   * Why a token is not good any more: it was revoked, or one that it was made by way of. Nothing
   * when it is good.
   *
   * @throws dev.graft.protocol.error.GraftException.Unavailable when that cannot be told now
   */
  default Optional<String> why(Token token) {
    if (token(token.id())) {
      return Optional.of("token " + token.id() + " was revoked");
    }
    return token.via().stream()
        .filter(this::token)
        .findFirst()
        .map(way -> "token " + token.id() + " was made by way of " + way + ", which was revoked");
  }

  /**
   * Whether that volume was deleted, and all tokens for it with it.
   *
   * @throws dev.graft.protocol.error.GraftException.Unavailable when that cannot be told now
   */
  boolean volume(VolumeId id);
}
