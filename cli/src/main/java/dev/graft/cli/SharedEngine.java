package dev.graft.cli;

import dev.graft.auth.RevocationLog;
import dev.graft.engine.EngineRemote;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.remote.ChangesOutcome;
import dev.graft.protocol.remote.ChangesRequest;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.protocol.remote.ForkRequest;
import dev.graft.protocol.remote.Forked;
import dev.graft.protocol.remote.LogPage;
import dev.graft.protocol.remote.RangeOutcome;
import dev.graft.protocol.remote.Remote;
import dev.graft.protocol.remote.RetainRequest;
import dev.graft.protocol.remote.Retained;
import dev.graft.protocol.remote.UploadReceipt;
import dev.graft.protocol.remote.VolumeInfo;
import dev.graft.protocol.remote.VolumeState;
import dev.graft.protocol.remote.Waiting;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An engine that several remotes of one process share. Its users are counted by the caller's lock.
 */
final class SharedEngine {
  private final EngineRemote engine;
  private final FirstUse firstUse;
  private final UnaryOperator<GraftException.NotFound> explain;
  private final OpenStore store;
  private final RevocationLog revocations;
  private int users;

  SharedEngine(
      EngineRemote engine,
      FirstUse firstUse,
      UnaryOperator<GraftException.NotFound> explain,
      OpenStore store,
      InstantSource clock) {
    this.engine = engine;
    this.firstUse = firstUse;
    this.explain = explain;
    this.store = store;
    this.revocations = new RevocationLog(store.objects(), clock);
  }

  /**
   * One more user.
   *
   * @param onClose called once, when that user has closed its remote
   */
  Remote use(Runnable onClose) {
    users++;
    return new Use(onClose);
  }

  /**
   * One user less.
   *
   * @return whether that was the last
   */
  boolean leave() {
    return --users == 0;
  }

  /** Waits for what the engine does in the background, and closes its store. */
  void end() {
    try (store) {
      engine.close();
    }
  }

  private <T> T found(Supplier<T> answer) {
    try {
      return answer.get();
    } catch (GraftException.NotFound e) {
      throw explain.apply(e);
    }
  }

  /** What one user sees. */
  private final class Use implements Remote {
    private final Runnable onClose;
    private final AtomicBoolean closed = new AtomicBoolean();

    Use(Runnable onClose) {
      this.onClose = onClose;
    }

    @Override
    public VolumeInfo createVolume(CreateVolume request) {
      firstUse.check();
      return engine.createVolume(request);
    }

    @Override
    public VolumeInfo volume(VolumeId volume) {
      return found(() -> engine.volume(volume));
    }

    @Override
    public ChangesOutcome changesSince(ChangesRequest request) {
      return found(() -> engine.changesSince(request));
    }

    @Override
    public UploadReceipt upload(VolumeId volume, SegmentId segment, byte[] bytes) {
      return engine.upload(volume, segment, bytes);
    }

    @Override
    public CommitOutcome commit(CommitRequest request) {
      return engine.commit(request);
    }

    @Override
    public RangeOutcome readRange(FrameOwner owner, long offset, int length) {
      return engine.readRange(owner, offset, length);
    }

    @Override
    public LogPage log(VolumeId volume, @Nullable Lsn newest, int max) {
      return found(() -> engine.log(volume, newest, max));
    }

    @Override
    public Forked fork(ForkRequest request) {
      return engine.fork(request);
    }

    @Override
    public VolumeState state(VolumeId volume) {
      return engine.state(volume);
    }

    @Override
    public Retained retain(RetainRequest request) {
      return engine.retain(request);
    }

    @Override
    public Waiting waiting(VolumeId volume) {
      return engine.waiting(volume);
    }

    @Override
    public VolumeState delete(VolumeId volume) {
      VolumeState state = engine.delete(volume);
      // As a server does, which may stand before the same store: its tokens end with the volume.
      revocations.revokeAll(volume);
      return state;
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        onClose.run();
      }
    }
  }
}
