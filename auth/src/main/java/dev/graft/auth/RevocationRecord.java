package dev.graft.auth;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.TokenId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that is revoked at one moment; docs/formats.md, section "Revocations". Records are whole,
 * never deltas. Immutable.
 *
 * @param number from 1, without gaps
 * @param time when it was written, to the second
 * @param tokens each with the end of its life, after which it needs no entry
 * @param volumes that were deleted, each with the end of the life that a token for it can have
 */
record RevocationRecord(
    long number,
    Instant time,
    SortedMap<TokenId, Instant> tokens,
    SortedMap<VolumeId, Instant> volumes) {
  static final int KIND = 'X';
  static final int VERSION = 1;

  /** Before the first record. */
  static final RevocationRecord EMPTY =
      new RevocationRecord(0, Instant.EPOCH, new TreeMap<>(), new TreeMap<>());

  /** The most entries of each kind: a record has at most 786 KB. */
  static final int MAX_ENTRIES = 16_384;

  /** No record has more bytes. */
  static final int MAX_BYTES = 1 << 20;

  private static final int ENTRY_BYTES = 24;

  /** The end of the year 9999. */
  private static final long MAX_SECONDS = 253_402_300_799L;

  RevocationRecord {
    if (tokens.size() > MAX_ENTRIES || volumes.size() > MAX_ENTRIES) {
      throw new GraftException.Limit(
          "a record revokes at most "
              + MAX_ENTRIES
              + " tokens and as many volumes: to revoke more tokens at once, remove their key"
              + " from the ring");
    }
    tokens = Collections.unmodifiableSortedMap(new TreeMap<>(tokens));
    volumes = Collections.unmodifiableSortedMap(new TreeMap<>(volumes));
  }

  /**
   * The record after this one: its entries without what has ended, and what is told, whatever its
   * end. Of two ends of one entry the later one counts.
   */
  RevocationRecord next(
      Instant now, Map<TokenId, Instant> moreTokens, Map<VolumeId, Instant> moreVolumes) {
    // A clock that runs ahead must not bring a token back: a day is more than clocks differ.
    Instant past = now.minus(RevocationLog.GRACE);
    return new RevocationRecord(
        number + 1, now, next(tokens, past, moreTokens), next(volumes, past, moreVolumes));
  }

  private static <K extends Comparable<K>> SortedMap<K, Instant> next(
      SortedMap<K, Instant> known, Instant past, Map<K, Instant> more) {
    SortedMap<K, Instant> all = new TreeMap<>(known);
    all.values().removeIf(end -> end.isBefore(past));
    more.forEach((id, end) -> all.merge(id, end, RevocationRecord::later));
    return all;
  }

  /** Whether all of these are revoked already, and each for as long as told or longer. */
  boolean says(Map<TokenId, Instant> theTokens, Map<VolumeId, Instant> theVolumes) {
    return reaches(tokens, theTokens) && reaches(volumes, theVolumes);
  }

  private static <K> boolean reaches(Map<K, Instant> known, Map<K, Instant> told) {
    return told.entrySet().stream()
        .allMatch(entry -> {
          Instant end = known.get(entry.getKey());
          return end != null && !end.isBefore(entry.getValue());
        });
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  byte[] encode() {
    WireWriter out = new WireWriter(64 + ENTRY_BYTES * (tokens.size() + volumes.size()));
    out.header(KIND, VERSION).u64(number).u64(time.getEpochSecond());
    out.varint(tokens.size());
    tokens.forEach((id, end) -> out.u64(id.hi()).u64(id.lo()).u64(end.getEpochSecond()));
    out.varint(volumes.size());
    volumes.forEach((id, end) -> out.volume(id).u64(end.getEpochSecond()));
    return out.seal().toBytes();
  }

  /**
   * Proves and reads a whole record.
   *
   * @param name its key, for messages
   * @param number that it must have
   */
  static RevocationRecord decode(String name, long number, byte[] bytes) {
    WireReader in = WireReader.object(name, bytes, 0, bytes.length, KIND, VERSION);
    long found = in.u64();
    if (found != number) {
      throw in.corrupt("it is record " + found + " and not " + number);
    }
    Instant time = time(in);
    SortedMap<TokenId, Instant> tokens = new TreeMap<>();
    for (int left = in.count("tokens", MAX_ENTRIES, ENTRY_BYTES); left > 0; left--) {
      ascend(in, tokens, new TokenId(in.u64(), in.u64()), time(in));
    }
    SortedMap<VolumeId, Instant> volumes = new TreeMap<>();
    for (int left = in.count("volumes", MAX_ENTRIES, ENTRY_BYTES); left > 0; left--) {
      ascend(in, volumes, in.volume(), time(in));
    }
    in.expectEnd();
    return new RevocationRecord(number, time, tokens, volumes);
  }

  private static <K extends Comparable<K>> void ascend(
      WireReader in, SortedMap<K, Instant> entries, K id, Instant end) {
    if (!entries.isEmpty() && entries.lastKey().compareTo(id) >= 0) {
      throw in.corrupt("the entry of " + id + " is out of order");
    }
    entries.put(id, end);
  }

  private static Instant time(WireReader in) {
    long seconds = in.u64();
    if (seconds < 0 || seconds > MAX_SECONDS) {
      throw in.corrupt("a time of " + seconds + " s is not in 1970..9999");
    }
    return Instant.ofEpochSecond(seconds);
  }
}
