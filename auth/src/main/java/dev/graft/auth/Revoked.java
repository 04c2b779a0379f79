package dev.graft.auth;

import dev.graft.protocol.id.TokenId;
import dev.graft.protocol.id.VolumeId;

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
   * Whether that volume was deleted, and all tokens for it with it.
   *
   * @throws dev.graft.protocol.error.GraftException.Unavailable when that cannot be told now
   */
  boolean volume(VolumeId id);
}
