package dev.graft.sim;

import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.engine.store.PutOutcome;
import dev.graft.protocol.frame.ObjectNames;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.CommitHeader;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The store as a machine reaches it whose clock is off: counts the commits that carry another time
 * than they would with a clock that is right. A commit carries the time of its clock, or its
 * parent's if that is later: so each that is later than its parent does.
 */
public final class SkewedWriter implements ObjectStore {
  private static final Pattern COMMIT = Pattern.compile("volumes/([^/]+)/log/([0-9a-f]{16})");

  private final ObjectStore target;
  private final SimObjectStore books;
  private final FaultHits hits;

  /**
   * A way to the store.
   *
   * @param target the store, perhaps with something in between
   * @param books the store itself
   */
  public SkewedWriter(ObjectStore target, SimObjectStore books, FaultHits hits) {
    this.target = target;
    this.books = books;
    this.hits = hits;
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
    PutOutcome outcome = target.putIfAbsent(key, bytes, notAfter);
    Matcher commit = COMMIT.matcher(key.value());
    if (outcome instanceof PutOutcome.Created && commit.matches()) {
      VolumeId volume = VolumeId.parse(commit.group(1));
      long lsn = ~Long.parseUnsignedLong(commit.group(2), 16);
      if (lsn > 1 && time(volume, lsn, bytes).isAfter(parentTime(volume, lsn - 1))) {
        hits.addOnce(Fault.CLOCK_SKEW, key);
      }
    }
    return outcome;
  }

  private Instant parentTime(VolumeId volume, long lsn) {
    ObjectKey key = new ObjectKey("volumes/" + volume + String.format("/log/%016x", ~lsn));
    return time(volume, lsn, books.first(key));
  }

  private static Instant time(VolumeId volume, long lsn, byte[] bytes) {
    Lsn at = new Lsn(lsn);
    return CommitHeader.decode(ObjectNames.commit(volume, at), volume, at, bytes).time();
  }

  @Override
  public GetOutcome get(ObjectKey key, long offset, int maxBytes) {
    return target.get(key, offset, maxBytes);
  }

  @Override
  public Optional<Hash> sha256(ObjectKey key) {
    return target.sha256(key);
  }

  @Override
  public boolean listsInOrder() {
    return target.listsInOrder();
  }

  @Override
  public List<ObjectKey> list(String prefix, String startAfter, int maxKeys) {
    return target.list(prefix, startAfter, maxKeys);
  }

  @Override
  public void delete(ObjectKey key) {
    target.delete(key);
  }
}
