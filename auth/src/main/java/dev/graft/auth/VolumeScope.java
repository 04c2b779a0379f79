package dev.graft.auth;

import dev.graft.protocol.id.VolumeId;
import java.util.Optional;

/** Which volumes a token is about. */
public sealed interface VolumeScope {
  /** Every volume; prints as {@code *}. */
  VolumeScope ALL = new All();

  /** Every volume. */
  record All() implements VolumeScope {
    @Override
    public String toString() {
      return "*";
    }
  }

  /** One volume; prints as its id. */
  record One(VolumeId volume) implements VolumeScope {
    @Override
    public String toString() {
      return volume.toString();
    }
  }

  /** That volume alone. */
  static VolumeScope of(VolumeId volume) {
    return new One(volume);
  }

  /** Reads {@code *} or a volume's id. */
  static VolumeScope parse(String text) {
    return text.equals("*") ? ALL : new One(VolumeId.parse(text));
  }

  /** The one volume, if it is one. */
  default Optional<VolumeId> single() {
    return this instanceof One(VolumeId one) ? Optional.of(one) : Optional.empty();
  }

  /** Whether the volume is in it. */
  default boolean covers(VolumeId volume) {
    return switch (this) {
      case All() -> true;
      case One(VolumeId one) -> one.equals(volume);
    };
  }

  /** Whether all that is in the other is in it. */
  default boolean covers(VolumeScope other) {
    return switch (other) {
      case All() -> this instanceof All;
      case One(VolumeId volume) -> covers(volume);
    };
  }
}
