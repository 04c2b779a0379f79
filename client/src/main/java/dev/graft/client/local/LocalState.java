package dev.graft.client.local;

import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the records of a local log amount to. The rule for every record that waits for something
 * outside of the log: it counts when it is settled, and until then the position of the standing log
 * decides. One thread at a time.
 */
final class LocalState {
  /**
   * A local commit and where its record stands.
   *
   * @param made the record
   * @param offset of its payload
   * @param length of its payload
   */
  record Entry(LocalRecord.Made made, long offset, int length) {}

  /** A fork that the local commits go to. */
  record Fork(VolumeId child, Position at, int transactions) {}

  final List<Entry> pending = new ArrayList<>();
  final List<Entry> drafts = new ArrayList<>();
  @Nullable Position base;
  LocalRecord.@Nullable Push push;
  final Set<SegmentId> uploaded = new HashSet<>();
  LocalRecord.@Nullable Rebase rebase;
  @Nullable Fork fork;

  /** Takes the next record. */
  void apply(LocalRecord record, long offset, int length) {
    switch (record) {
      case LocalRecord.Made made -> {
        Entry entry = new Entry(made, offset, length);
        if (made.draft() != 0) {
          drafts.removeIf(old -> old.made.draft() != made.draft());
          drafts.add(entry);
        } else {
          if (pending.isEmpty()) {
            base = made.base();
          }
          pending.add(entry);
        }
      }
      case LocalRecord.Push begun -> {
        push = begun;
        rebase = null;
        uploaded.clear();
      }
      case LocalRecord.Uploaded(SegmentId segment) -> uploaded.add(segment);
      case LocalRecord.Settled(boolean effective, Position at) -> settle(effective, at);
      case LocalRecord.Rebase next -> {
        rebase = next;
        push = null;
      }
      case LocalRecord.Dropped dropped -> drop();
      case LocalRecord.Forking(VolumeId child, Position at, int transactions) -> {
        fork = new Fork(child, at, transactions);
        push = null;
        rebase = null;
        uploaded.clear();
      }
    }
  }

  private void settle(boolean effective, Position at) {
    LocalRecord.Push begun = push;
    LocalRecord.Rebase wanted = rebase;
    if (effective && begun != null) {
      pending.subList(0, Math.min(pending.size(), begun.transactions())).clear();
      base = at;
    } else if (effective && wanted != null) {
      if (wanted.draft() != 0) {
        pending.clear();
        drafts.stream().filter(e -> e.made.draft() == wanted.draft()).forEach(pending::add);
      }
      base = at;
    }
    if (!effective && begun == null) {
      // It was refused before anything went there.
      fork = null;
    }
    push = null;
    rebase = null;
    uploaded.clear();
    drafts.clear();
    if (pending.isEmpty()) {
      base = null;
    }
  }

  private void drop() {
    pending.clear();
    drafts.clear();
    uploaded.clear();
    base = null;
    push = null;
    rebase = null;
    fork = null;
  }

  /**
   * How the standing log decides what is not settled.
   *
   * @param standing what the replica stands on
   * @return the record that says so; null when there is nothing to decide, or a push whose outcome
   *     only the remote knows
   */
  LocalRecord.@Nullable Settled decide(Position standing) {
    LocalRecord.Rebase wanted = rebase;
    LocalRecord.Push begun = push;
    if (wanted != null) {
      return new LocalRecord.Settled(!standing.lsn().isBefore(wanted.to().lsn()), standing);
    }
    // While its outcome is unknown, nothing else moves the replica off its base.
    boolean landed =
        begun != null && fork == null && standing.lsn().isAfter(begun.request().base().lsn());
    return landed ? new LocalRecord.Settled(true, standing) : null;
  }
}
