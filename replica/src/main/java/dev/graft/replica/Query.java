package dev.graft.replica;

import dev.graft.protocol.id.Lsn;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A question to a read replica.
 *
 * @param text what is asked
 * @param parameters values in the order of their numbers: null, {@link Long}, {@link Double},
 *     {@link String} or {@code byte[]}
 * @param freshness how old the shown snapshot may be; none: as the replica is set
 * @param atLeast the snapshot shown holds this commit
 * @param past which snapshot of the past; none: the newest that freshness asks for
 * @param limit the most rows
 * @param format of the rows
 * @param bigIntegersAsText whether integers beyond 2^53 become text
 */
record Query(
    Text text,
    List<@Nullable Object> parameters,
    Optional<Duration> freshness,
    Optional<Lsn> atLeast,
    Optional<Past> past,
    OptionalInt limit,
    Format format,
    boolean bigIntegersAsText) {
  /** What is asked. */
  sealed interface Text {
    /** A statement of the request's own. */
    record Sql(String sql) implements Text {}

    /** One of the replica's. */
    record Named(String name) implements Text {}
  }

  /** A snapshot of the past. */
  sealed interface Past {
    /** After a commit. */
    record AtLsn(Lsn lsn) implements Past {}

    /** The head of a time. */
    record AtTime(Instant time) implements Past {}
  }

  /** How rows are written. */
  enum Format {
    JSON,
    CSV
  }

  /** A question without anything beside it. */
  static Query of(String sql) {
    return new Query(
        new Text.Sql(sql),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        OptionalInt.empty(),
        Format.JSON,
        false);
  }
}
