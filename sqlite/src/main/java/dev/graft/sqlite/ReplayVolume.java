package dev.graft.sqlite;

import dev.graft.client.CacheProof;
import dev.graft.client.Changes;
import dev.graft.client.CommitOptions;
import dev.graft.client.CommitResult;
import dev.graft.client.MoveListener;
import dev.graft.client.PendingCommit;
import dev.graft.client.Policy;
import dev.graft.client.Progress;
import dev.graft.client.PushResult;
import dev.graft.client.Replica;
import dev.graft.client.ReplicaStatus;
import dev.graft.client.Snapshot;
import dev.graft.client.Transaction;
import dev.graft.client.cache.CacheStatus;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.Forked;
import dev.graft.protocol.remote.LogPage;
import java.time.Instant;
import java.util.List;

/**
 * A transaction as a replica that one connection can read and write, and that stands still: what
 * the connection commits is staged in the transaction. Nothing else works. For one thread.
 */
final class ReplayVolume implements Replica {
  private final Transaction onto;

  /**
   * @param onto stays its owner's
   */
  ReplayVolume(Transaction onto) {
    this.onto = onto;
  }

  @Override
  public VolumeId volume() {
    return onto.base().volume();
  }

  @Override
  public PageSize pageSize() {
    return onto.base().pageSize();
  }

  @Override
  public Snapshot snapshot() {
    return new StagedView(onto);
  }

  @Override
  public Transaction begin() {
    return new StagedWork(onto);
  }

  @Override
  public void onMove(MoveListener listener) {}

  @Override
  public void close() {}

  @Override
  public Snapshot at(Lsn lsn) {
    throw refused();
  }

  @Override
  public Snapshot at(Instant time) {
    throw refused();
  }

  @Override
  public Changes pull() {
    throw refused();
  }

  @Override
  public Changes reset() {
    throw refused();
  }

  @Override
  public PushResult push(Policy policy, Progress progress) {
    throw refused();
  }

  @Override
  public PushResult rebase(Policy policy) {
    throw refused();
  }

  @Override
  public List<PendingCommit> pending() {
    throw refused();
  }

  @Override
  public CacheProof proveCache() {
    throw refused();
  }

  @Override
  public int discard() {
    throw refused();
  }

  @Override
  public CommitResult revert(Lsn to, CommitOptions options) {
    throw refused();
  }

  @Override
  public Forked fork(VolumeId child) {
    throw refused();
  }

  @Override
  public Changes diff(Lsn from, Lsn upto) {
    throw refused();
  }

  @Override
  public CacheStatus cacheStatus() {
    throw refused();
  }

  @Override
  public ReplicaStatus status() {
    throw refused();
  }

  @Override
  public LogPage log(int max) {
    throw refused();
  }

  private static GraftException.Misuse refused() {
    return new GraftException.Misuse("a transaction that is done again only reads and writes");
  }
}
