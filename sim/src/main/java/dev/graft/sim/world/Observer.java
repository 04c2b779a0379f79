package dev.graft.sim.world;

import dev.graft.engine.store.ObjectKey;
import dev.graft.protocol.frame.ObjectNames;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.CommitHeader;
import dev.graft.protocol.log.ContentDigest;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.SegmentEntry;
import dev.graft.protocol.log.SegmentTable;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.log.VolumeRecord;
import dev.graft.protocol.page.PageSet;
import dev.graft.sim.SimObjectStore;
import dev.graft.sim.judge.Event;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;

/** Reads logs straight from the store's objects, without an engine. */
final class Observer {
  /** Whole volumes are looked at so often. */
  private static final int PAST_LOOKS = 3;

  private final SimObjectStore store;
  private final Recorder recorder;

  Observer(SimObjectStore store, Recorder recorder) {
    this.store = store;
    this.recorder = recorder;
  }

  /** Writes down a volume's log, gaps and all; gives the newest LSN. */
  long log(VolumeId volume) {
    String prefix = "volumes/" + volume + "/log/";
    String after = "";
    TreeSet<Long> lsns = new TreeSet<>();
    while (true) {
      List<ObjectKey> keys = store.objects().list(prefix, after, 1_000);
      if (keys.isEmpty()) {
        break;
      }
      for (ObjectKey key : keys) {
        lsns.add(~Long.parseUnsignedLong(key.value().substring(prefix.length()), 16));
      }
      after = keys.getLast().value();
    }
    // Commits below the floor are trimmed; what they were still counts.
    for (ObjectKey key : store.removed(prefix)) {
      lsns.add(~Long.parseUnsignedLong(key.value().substring(prefix.length()), 16));
    }
    boolean isFork = origin(volume);
    for (long lsn : lsns) {
      logged(volume, new ObjectKey(prefix + String.format("%016x", ~lsn)), lsn, isFork && lsn == 1);
    }
    return lsns.isEmpty() ? 0 : lsns.last();
  }

  private void logged(VolumeId volume, ObjectKey key, long lsn, boolean isOrigin) {
    byte[] bytes = store.first(key);
    Lsn at = new Lsn(lsn);
    CommitHeader header = CommitHeader.decode(ObjectNames.commit(volume, at), volume, at, bytes);
    Instant landed = store.landed(key).orElse(Instant.MIN);
    recorder.addQuietly(
        new Event.Logged(
            Recorder.since(landed),
            volume.toString(),
            lsn,
            isOrigin
                ? List.of()
                : header.transactions().stream().map(TransactionRecord::message).toList(),
            header.count().value(),
            header.time().toEpochMilli() * 1_000_000,
            oldest(header),
            revertTo(header)));
  }

  /** Proved by the digest, which holds the LSN that a transaction goes back to. */
  private long revertTo(CommitHeader header) {
    TransactionRecord transaction = header.transactions().getFirst();
    OptionalLong to = recorder.revertTo(transaction.message());
    if (to.isEmpty() || header.transactions().size() > 1) {
      return -1;
    }
    Position base = new Position(new Lsn(header.lsn().value() - 1), header.parent());
    Hash digest =
        new ContentDigest(
                base,
                header.count(),
                header.smallest(),
                new Lsn(to.getAsLong()),
                null,
                PageSet.empty())
            .finish();
    return digest.equals(transaction.digest()) ? to.getAsLong() : -1;
  }

  /** Whether a volume came to be. */
  boolean exists(VolumeId volume) {
    ObjectKey key = new ObjectKey("volumes/" + volume + "/volume");
    return store.landed(key).isPresent();
  }

  private boolean origin(VolumeId volume) {
    ObjectKey key = new ObjectKey("volumes/" + volume + "/volume");
    VolumeRecord record = VolumeRecord.decode(key.value(), volume, store.first(key));
    if (record.origin() instanceof VolumeRecord.Origin.Fork fork) {
      recorder.addQuietly(
          new Event.Origin(
              -1,
              volume.toString(),
              fork.parent().volume().toString(),
              fork.parent().position().lsn().value()));
      return true;
    }
    return false;
  }

  private static long oldest(CommitHeader header) {
    List<SegmentEntry> segments =
        switch (header.segments()) {
          case SegmentTable.Inline(List<SegmentEntry> entries) -> entries;
          case SegmentTable.External external -> List.of(external.last());
        };
    return segments.stream()
        .mapToLong(entry -> Recorder.since(Instant.ofEpochMilli(entry.id().epochMillis())))
        .min()
        .orElse(-1);
  }

  /** The newest LSN, and a few of the past. */
  Set<Long> someOf(long head, SplittableRandom random) {
    Set<Long> some = new TreeSet<>();
    if (head > 0) {
      some.add(head);
      for (int i = 0; i < PAST_LOOKS; i++) {
        some.add(random.nextLong(1, head + 1));
      }
    }
    return some;
  }
}
