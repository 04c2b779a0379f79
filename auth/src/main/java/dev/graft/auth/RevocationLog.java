package dev.graft.auth;

import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.engine.store.PutOutcome;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.TokenId;
import dev.graft.protocol.id.VolumeId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What is revoked, kept in the store beside the volumes: a log of whole records without gaps, the
 * newest counts. Each is put where none stands, so of two writers one takes the number and the
 * other goes on from its record: no revocation is lost.
 *
 * <p>Readers believe a copy for 30 seconds. When it is older and the store cannot be read, nothing
 * is admitted ({@link GraftException.Unavailable}). Safe for use by many threads; no lock is held.
 */
public final class RevocationLog implements Revoked {
  /** How old a reader's copy may be: the longest that a revoked token is still good. */
  public static final Duration MAX_AGE = Duration.ofSeconds(30);

  /** How much longer than its token an entry stays. */
  static final Duration GRACE = Duration.ofDays(1);

  static final String PREFIX = "auth/revocations/";

  /** How often a writer goes on when others take the next number. */
  private static final int TRIES = 32;

  private final ObjectStore store;
  private final InstantSource clock;
  private final Duration maxAge;
  private final Runnable told;
  private final AtomicReference<@Nullable Copy> kept = new AtomicReference<>();

  /** The newest record at an instant not before {@code readAt}; nothing before the first. */
  private record Copy(Optional<RevocationRecord> record, Instant readAt) {
    long number() {
      return record.map(RevocationRecord::number).orElse(0L);
    }
  }

  /** The log of a store. */
  public RevocationLog(ObjectStore store, InstantSource clock) {
    this(store, clock, MAX_AGE);
  }

  /** The log of a store, read again when the copy is that old. */
  public RevocationLog(ObjectStore store, InstantSource clock, Duration maxAge) {
    this(store, clock, maxAge, () -> {});
  }

  /**
   * The log of a store, with somebody who wants to know of revocations.
   *
   * @param told is run whenever something was revoked here, once that is durable, and again when it
   *     is revoked again. What it throws is thrown on: the revocation stands all the same
   */
  public RevocationLog(ObjectStore store, InstantSource clock, Duration maxAge, Runnable told) {
    this.store = store;
    this.clock = clock;
    this.maxAge = maxAge;
    this.told = told;
  }

  @Override
  public boolean token(TokenId id) {
    return young().record().filter(record -> record.tokens().containsKey(id)).isPresent();
  }

  @Override
  public boolean volume(VolumeId id) {
    return young().record().filter(record -> record.volumes().containsKey(id)).isPresent();
  }

  /** All that is revoked, as of now: the store is asked. */
  public Listing newest() {
    return read()
        .record()
        .map(record -> new Listing(record.tokens(), record.volumes()))
        .orElse(new Listing(Map.of(), Map.of()));
  }

  /**
   * All that is revoked.
   *
   * @param tokens each with the end of its life
   * @param volumes that were deleted, each with the end of all tokens for it
   */
  public record Listing(Map<TokenId, Instant> tokens, Map<VolumeId, Instant> volumes) {}

  /**
   * Revokes a token: from now on for readers that ask the store, within {@link #MAX_AGE} for all.
   * Durable when it returns; idempotent.
   *
   * @param token that was proved: its entry is kept no longer than it says that it lives
   * @return whether that changed anything: false when it was revoked before, until its end or later
   * @throws GraftException.Limit when too many tokens are revoked
   * @throws GraftException.Unavailable when nobody knows whether it is; again does no harm
   */
  public boolean revoke(Token token) {
    return publish(Map.of(token.id(), token.expires()), Map.of());
  }

  /**
   * The same of a token that is known by its id alone, or whose text nobody proved: the entry stays
   * as long as any may live. Again on a later day makes it stay longer, which is a change.
   */
  public boolean revoke(TokenId id) {
    return publish(Map.of(id, longestEnd()), Map.of());
  }

  /** Revokes all tokens for a volume that was deleted, also those that are made later. */
  public void revokeAll(VolumeId volume) {
    publish(Map.of(), Map.of(volume, longestEnd()));
  }

  /** Of a whole day, so that the same again within a day finds the same and writes nothing. */
  private Instant longestEnd() {
    Instant end = second().plus(Token.MAX_LIFE);
    Instant day = end.truncatedTo(ChronoUnit.DAYS);
    return day.equals(end) ? end : day.plus(1, ChronoUnit.DAYS);
  }

  private Instant second() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }

  private boolean publish(Map<TokenId, Instant> tokens, Map<VolumeId, Instant> volumes) {
    boolean changed = write(tokens, volumes);
    told.run();
    return changed;
  }

  /**
   * Puts the next record until the newest one says so; what an unknown outcome left behind, or
   * another writer, is seen by the next look.
   *
   * @return whether the first look found that it was not said
   */
  private boolean write(Map<TokenId, Instant> tokens, Map<VolumeId, Instant> volumes) {
    for (int tried = 0; tried < TRIES; tried++) {
      Optional<RevocationRecord> newest = read().record();
      if (newest.filter(record -> record.says(tokens, volumes)).isPresent()) {
        return tried > 0;
      }
      RevocationRecord next = newest.orElse(RevocationRecord.EMPTY).next(second(), tokens, volumes);
      Instant start = clock.instant();
      if (store.putIfAbsent(key(next.number()), next.encode(), Instant.MAX)
          instanceof PutOutcome.Created) {
        kept.set(new Copy(Optional.of(next), start));
        return true;
      }
    }
    throw new GraftException.Unavailable(
        "a revocation could not be written in " + TRIES + " tries: try again");
  }

  /** The copy, read anew when it is old, or from before the clock was set back. */
  private Copy young() {
    Copy copy = kept.get();
    Instant now = clock.instant();
    if (copy == null || now.isBefore(copy.readAt) || !now.isBefore(copy.readAt.plus(maxAge))) {
      return read();
    }
    return copy;
  }

  private Copy read() {
    Instant start = clock.instant();
    Copy known = kept.get();
    long number = known == null ? newestListed() : known.number();
    long newest = gallop(number);
    Copy copy =
        known != null && newest == known.number()
            ? new Copy(known.record(), start)
            : new Copy(newest == 0 ? Optional.empty() : Optional.of(record(newest)), start);
    kept.set(copy);
    return copy;
  }

  /** A record that exists, the newest where the store lists in order; 0 when there may be none. */
  private long newestListed() {
    List<ObjectKey> newest = store.listsInOrder() ? store.list(PREFIX, "", 1) : List.of();
    if (newest.isEmpty()) {
      return 0;
    }
    String name = newest.getFirst().value().substring(PREFIX.length());
    try {
      return ~HexFormat.fromHexDigitsToLong(name);
    } catch (IllegalArgumentException wrong) {
      throw new GraftException.Corrupt(
          "object " + newest.getFirst() + " stands in the log of revocations but is none");
    }
  }

  /** The newest record from one that exists: mostly one read, of the next number, which misses. */
  private long gallop(long known) {
    long low = known;
    long step = 1;
    while (exists(low + step)) {
      low += step;
      step <<= 1;
    }
    long missing = low + step;
    while (missing - low > 1) {
      long middle = low + (missing - low) / 2;
      if (exists(middle)) {
        low = middle;
      } else {
        missing = middle;
      }
    }
    return low;
  }

  private boolean exists(long number) {
    return store.get(key(number), 0, 0) instanceof GetOutcome.Found;
  }

  private RevocationRecord record(long number) {
    ObjectKey key = key(number);
    return switch (store.get(key, 0, RevocationRecord.MAX_BYTES)) {
      case GetOutcome.Found found -> RevocationRecord.decode(key.value(), number, found.bytes());
      case GetOutcome.Missing _ ->
          throw new GraftException.Corrupt(
              "object " + key + " was there and is gone: nothing is removed from that log");
    };
  }

  private static ObjectKey key(long number) {
    return new ObjectKey(PREFIX + HexFormat.of().toHexDigits(~number));
  }
}
