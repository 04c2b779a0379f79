package dev.graft.engine;

import dev.graft.concurrency.Task;
import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.PutOutcome;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.Segment;
import dev.graft.protocol.frame.SegmentFooter;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.SegmentEntry;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.UploadReceipt;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Takes segments and proves them; remembers for the commits to come what it has proved. */
final class Uploads {
  /** How far the time in a segment's id may be from the engine's clock. */
  static final Duration ID_TOLERANCE = Duration.ofMinutes(10);

  /**
   * An object that names a new segment is put within this time of the segment's id or not at all;
   * what nobody names may be removed after 72 h (rule 5.1).
   */
  static final Duration NAMED_WITHIN = Duration.ofHours(24);

  private static final long FOOTERS_WEIGHT = 32L << 20;
  private static final long MAX_ENTRIES = 100_000;

  private final PatientStore bulk;
  private final Rounds rounds;
  private final BoundedCache<FrameOwner.InSegment, KnownSegment> known =
      new BoundedCache<>(FOOTERS_WEIGHT, KnownSegment::weight);

  /** Lengths and hashes outlive the footers: they are small. */
  private final BoundedCache<FrameOwner.InSegment, SegmentEntry> entries =
      new BoundedCache<>(MAX_ENTRIES, entry -> 1);

  Uploads(PatientStore bulk, Rounds rounds) {
    this.bulk = bulk;
    this.rounds = rounds;
  }

  /** See {@link dev.graft.protocol.remote.Remote#upload}. */
  UploadReceipt upload(VolumeId volume, PageSize pageSize, SegmentId segment, byte[] bytes) {
    SegmentFooter footer = verified(volume, pageSize, segment, bytes);
    ObjectKey key = Keys.segment(volume, segment);
    Instant made = Instant.ofEpochMilli(segment.epochMillis());
    Instant now = rounds.now();
    if (Duration.between(made, now).abs().compareTo(ID_TOLERANCE) > 0) {
      if (!isThere(volume, segment, key, bytes)) {
        throw new GraftException.Misuse(
            segment
                + " says it was made at "
                + made
                + ", more than 10 minutes off: here it is "
                + now
                + "; give it a new id of that time");
      }
    } else {
      put(volume, segment, key, bytes, made.plus(NAMED_WITHIN));
    }
    FrameOwner.InSegment owner = new FrameOwner.InSegment(volume, segment);
    SegmentEntry entry = new SegmentEntry(segment, bytes.length, Hash.sha256(bytes));
    known.put(owner, KnownSegment.of(footer, bytes));
    entries.put(owner, entry);
    return new UploadReceipt(entry, rounds.now());
  }

  private static SegmentFooter verified(
      VolumeId volume, PageSize pageSize, SegmentId segment, byte[] bytes) {
    SegmentFooter footer;
    try {
      footer = Segment.verify(bytes, volume, segment);
    } catch (GraftException.Corrupt e) {
      throw new GraftException.Misuse(
          "the upload is not segment " + segment + " of " + volume + ": " + e.getMessage());
    }
    if (!footer.pageSize().equals(pageSize)) {
      throw new GraftException.Misuse(
          "segment "
              + segment
              + " has pages of "
              + footer.pageSize()
              + " bytes and those of "
              + volume
              + " have "
              + pageSize);
    }
    return footer;
  }

  private void put(
      VolumeId volume, SegmentId segment, ObjectKey key, byte[] bytes, Instant notAfter) {
    switch (bulk.put(volume, key, bytes, notAfter)) {
      case PutOutcome.Created() -> {}
      case PutOutcome.AlreadyExists() -> {
        if (!isThere(volume, segment, key, bytes)) {
          throw new GraftException.Misuse(
              key + " holds other bytes already: give the segment a new id");
        }
      }
      case PutOutcome.TooLate() ->
          throw new GraftException.Unavailable(
              key + " could not be written in time; upload it under a new id");
      case PutOutcome.Unknown(String reason) ->
          throw new GraftException.Unavailable(key + ": " + reason);
    }
  }

  /**
   * Whether these very bytes stand there.
   *
   * @throws GraftException.Corrupt when what stands there is no whole segment: perhaps it was
   *     damaged on its way here only, so nobody is told that his id is taken
   */
  private boolean isThere(VolumeId volume, SegmentId segment, ObjectKey key, byte[] bytes) {
    Optional<byte[]> stored = bulk.whole(volume, key, Segment.MAX_BYTES);
    if (stored.isEmpty() || Arrays.equals(stored.get(), bytes)) {
      return stored.isPresent();
    }
    Segment.verify(stored.get(), volume, segment);
    return false;
  }

  /**
   * A segment that a commit names: from memory, or by reading its footer and asking the store for
   * its SHA-256, side by side. The store has held the bytes against that hash when they came, also
   * when they came by a signed address and past every engine.
   *
   * @throws GraftException.Misuse when there is no such segment, or its length or hash is another
   */
  KnownSegment named(VolumeId volume, SegmentEntry entry) {
    FrameOwner.InSegment owner = new FrameOwner.InSegment(volume, entry.id());
    SegmentEntry proved = entries.get(owner);
    @Nullable KnownSegment there = known.get(owner);
    if (proved == null) {
      Task<Hash> hash = rounds.start("segment hash", () -> storedHash(volume, entry.id()));
      try {
        there = there == null ? footerOf(volume, entry) : there;
      } finally {
        rounds.await(List.of(hash));
      }
      proved = new SegmentEntry(entry.id(), there.lengthBytes(), Rounds.resultOf(hash));
      known.put(owner, there);
      entries.put(owner, proved);
    }
    if (!proved.equals(entry)) {
      throw new GraftException.Misuse(
          "the commit says that segment "
              + entry.id()
              + " has "
              + entry.lengthBytes()
              + " bytes and SHA-256 "
              + entry.sha256()
              + ", but it has "
              + proved.lengthBytes()
              + " and "
              + proved.sha256());
    }
    if (there == null) {
      there = footerOf(volume, entry);
      known.put(owner, there);
    }
    return there;
  }

  private KnownSegment footerOf(VolumeId volume, SegmentEntry entry) {
    return new KnownSegment(entry.lengthBytes(), footer(volume, entry), Map.of());
  }

  private Hash storedHash(VolumeId volume, SegmentId segment) {
    return bulk.sha256(volume, Keys.segment(volume, segment))
        .orElseThrow(() -> notUploaded(segment));
  }

  private static GraftException notUploaded(SegmentId segment) {
    return new GraftException.Misuse(
        "the commit names segment " + segment + ", which was not uploaded");
  }

  private SegmentFooter footer(VolumeId volume, SegmentEntry entry) {
    byte[] end = end(volume, entry, SegmentFooter.FIRST_READ_BYTES);
    int length = SegmentFooter.lengthBytes(volume, entry.id(), end, entry.lengthBytes());
    if (length > end.length) {
      end = end(volume, entry, length);
    }
    return SegmentFooter.decode(volume, entry.id(), end, entry.lengthBytes());
  }

  private byte[] end(VolumeId volume, SegmentEntry entry, int maxBytes) {
    ObjectKey key = Keys.segment(volume, entry.id());
    int length = Math.min(maxBytes, entry.lengthBytes());
    return switch (bulk.get(volume, key, entry.lengthBytes() - length, length)) {
      case GetOutcome.Missing() -> throw notUploaded(entry.id());
      case GetOutcome.Found(byte[] bytes, long totalBytes) -> {
        if (totalBytes != entry.lengthBytes()) {
          throw new GraftException.Misuse(
              "the commit says that segment "
                  + entry.id()
                  + " has "
                  + entry.lengthBytes()
                  + " bytes, but it has "
                  + totalBytes);
        }
        yield bytes;
      }
    };
  }
}
