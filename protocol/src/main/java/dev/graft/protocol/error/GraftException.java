package dev.graft.protocol.error;

import org.jspecify.annotations.Nullable;

/**
 * The one family of failures of this product. A kind exists only where a caller would act
 * differently; expected outcomes (a conflict, a divergence that a caller asked about) are values
 * and not exceptions.
 *
 * <p>Messages are lower case, name the value, key and LSN, and say what to do.
 */
public abstract sealed class GraftException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Stable codes, carried over the wire in problem documents. */
  public enum Code {
    CONFLICT,
    DIVERGED,
    GONE,
    NOT_FOUND,
    CORRUPT,
    UNAVAILABLE,
    UNAUTHORIZED,
    MISUSE,
    LIMIT;

    /** The code as it travels: lower case with dashes, for example {@code not-found}. */
    public String wireName() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
  }

  private final Code code;

  private GraftException(Code code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** The stable code of this failure. */
  public final Code code() {
    return code;
  }

  /** Another commit took the LSN; the work must be decided anew on the new head. */
  public static final class Conflict extends GraftException {
    private static final long serialVersionUID = 1L;

    public Conflict(String message) {
      super(Code.CONFLICT, message, null);
    }
  }

  /** The caller's history is not a prefix of the volume's. */
  public static final class Diverged extends GraftException {
    private static final long serialVersionUID = 1L;

    public Diverged(String message) {
      super(Code.DIVERGED, message, null);
    }
  }

  /** The asked LSN lies below the floor: its history was given up on purpose. */
  public static final class Gone extends GraftException {
    private static final long serialVersionUID = 1L;

    public Gone(String message) {
      super(Code.GONE, message, null);
    }
  }

  /** No such volume, LSN, segment or object. */
  public static final class NotFound extends GraftException {
    private static final long serialVersionUID = 1L;

    public NotFound(String message) {
      super(Code.NOT_FOUND, message, null);
    }
  }

  /** Bytes that cannot be proved: wrong magic, version, length, checksum or content. */
  public static final class Corrupt extends GraftException {
    private static final long serialVersionUID = 1L;

    public Corrupt(String message) {
      super(Code.CORRUPT, message, null);
    }

    public Corrupt(String message, @Nullable Throwable cause) {
      super(Code.CORRUPT, message, cause);
    }
  }

  /** The store, network or disk did not do it now; the same call may work later. */
  public static final class Unavailable extends GraftException {
    private static final long serialVersionUID = 1L;

    public Unavailable(String message) {
      super(Code.UNAVAILABLE, message, null);
    }

    public Unavailable(String message, @Nullable Throwable cause) {
      super(Code.UNAVAILABLE, message, cause);
    }
  }

  /** No token, or one that does not allow this; or a folder that does not. */
  public static final class Unauthorized extends GraftException {
    private static final long serialVersionUID = 1L;

    public Unauthorized(String message) {
      super(Code.UNAUTHORIZED, message, null);
    }
  }

  /** The caller broke a rule of the interface; repeating the call cannot help. */
  public static final class Misuse extends GraftException {
    private static final long serialVersionUID = 1L;

    public Misuse(String message) {
      super(Code.MISUSE, message, null);
    }
  }

  /** A limit was reached: of a volume, a token, a size, the local disk. */
  public static final class Limit extends GraftException {
    private static final long serialVersionUID = 1L;

    public Limit(String message) {
      super(Code.LIMIT, message, null);
    }

    public Limit(String message, @Nullable Throwable cause) {
      super(Code.LIMIT, message, cause);
    }
  }
}
