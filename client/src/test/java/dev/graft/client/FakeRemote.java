package dev.graft.client;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.Frame;
import dev.graft.protocol.frame.FrameHeader;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.frame.Segment;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.RootPlace;
import dev.graft.protocol.log.SegmentEntry;
import dev.graft.protocol.map.Branch;
import dev.graft.protocol.map.BranchPlace;
import dev.graft.protocol.map.HotRange;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.map.LeafPlace;
import dev.graft.protocol.map.LeafSource;
import dev.graft.protocol.map.Maps;
import dev.graft.protocol.map.PageLookup;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.map.RootBuilder;
import dev.graft.protocol.remote.ChangesOutcome;
import dev.graft.protocol.remote.ChangesRequest;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.protocol.remote.ForkRequest;
import dev.graft.protocol.remote.Forked;
import dev.graft.protocol.remote.Graft;
import dev.graft.protocol.remote.LogPage;
import dev.graft.protocol.remote.RangeOutcome;
import dev.graft.protocol.remote.Remote;
import dev.graft.protocol.remote.RetainRequest;
import dev.graft.protocol.remote.Retained;
import dev.graft.protocol.remote.UploadReceipt;
import dev.graft.protocol.remote.VolumeInfo;
import dev.graft.protocol.remote.VolumeState;
import dev.graft.protocol.remote.Waiting;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A remote that keeps everything in maps and answers by the book: one volume's worth of rules, none
 * of an engine's work. What goes wrong is decided by the test.
 */
final class FakeRemote implements Remote {
  private static final int OPEN_BYTES = 64 * 1024;

  /** Bytes before the first inline frame of a commit. */
  private static final int COMMIT_HEAD_BYTES = 100;

  record Stored(Position position, Instant time, Root root, Root whole, LogPage.Entry entry) {}

  private final Map<VolumeId, VolumeInfo> volumes = new HashMap<>();
  private final Map<VolumeId, List<Stored>> logs = new HashMap<>();
  final Map<FrameOwner, byte[]> objects = new ConcurrentHashMap<>();

  /** Answers of the next commits that are lost on their way back. */
  int lostCommitAnswers;

  /** Requests to refuse before anything happens. */
  int refusedRequests;

  private Instant now = Instant.parse("2026-11-21T12:00:00Z");

  private final LeafSource leaves =
      new LeafSource() {
        @Override
        public Leaf leaf(LeafPlace.InFrame place) {
          return place.open(content(place.ref()));
        }

        @Override
        public Branch branch(BranchPlace place) {
          return place.open(content(place.ref()));
        }
      };

  private void request() {
    now = now.plusMillis(10);
    if (refusedRequests > 0) {
      refusedRequests--;
      throw new GraftException.Unavailable("planned: the remote does not answer");
    }
  }

  private List<Stored> history(VolumeId volume) {
    return Objects.requireNonNull(logs.get(volume));
  }

  byte[] object(FrameOwner owner) {
    return Objects.requireNonNull(objects.get(owner));
  }

  private byte[] content(FrameRef ref) {
    byte[] object = object(ref.owner());
    return Frame.decode(object, (int) ref.offsetBytes(), ref.lengthBytes(), ref).content();
  }

  @Override
  public synchronized VolumeInfo createVolume(CreateVolume request) {
    request();
    Hash hash = Hash.sha256(request.volume().toString().getBytes());
    logs.computeIfAbsent(request.volume(), key -> new ArrayList<>());
    return volumes.computeIfAbsent(
        request.volume(), key -> new VolumeInfo(key, request.pageSize(), now, hash));
  }

  @Override
  public synchronized VolumeInfo volume(VolumeId volume) {
    request();
    return info(volume);
  }

  private VolumeInfo info(VolumeId volume) {
    VolumeInfo info = volumes.get(volume);
    if (info == null) {
      throw new GraftException.NotFound("there is no volume " + volume);
    }
    return info;
  }

  private Stored at(VolumeId volume, int lsn) {
    if (lsn == 0) {
      VolumeInfo info = info(volume);
      Position zero = new Position(Lsn.ZERO, info.recordHash());
      return new Stored(
          zero,
          info.created(),
          Root.empty(),
          Root.empty(),
          new LogPage.Entry(zero, now, Lsn.ZERO, Root.empty().count(), 0, List.of()));
    }
    return history(volume).get(lsn - 1);
  }

  private int head(VolumeId volume) {
    info(volume);
    return history(volume).size();
  }

  @Override
  public synchronized ChangesOutcome changesSince(ChangesRequest request) {
    request();
    VolumeId volume = request.volume();
    int head = head(volume);
    Position since = request.since();
    if (since != null) {
      Position actual = at(volume, (int) Math.min(head, since.lsn().value())).position();
      if (!actual.equals(since)) {
        return new ChangesOutcome.Diverged(since, actual);
      }
    }
    int upto =
        switch (request.until()) {
          case ChangesRequest.Until.Head toHead -> head;
          case ChangesRequest.Until.AtLsn(Lsn lsn) -> (int) Math.min(head, lsn.value());
          case ChangesRequest.Until.AtTime(Instant time) -> lastBefore(volume, time);
        };
    return new ChangesOutcome.Changed(graft(volume, since, upto, request.open()));
  }

  private int lastBefore(VolumeId volume, Instant time) {
    int found = 0;
    for (int lsn = 1; lsn <= head(volume); lsn++) {
      if (!at(volume, lsn).time().isAfter(time)) {
        found = lsn;
      }
    }
    return found;
  }

  private Graft graft(VolumeId volume, @Nullable Position since, int upto, boolean open) {
    Stored to = at(volume, upto);
    Root root = to.whole();
    if (since != null) {
      Root sum = null;
      for (int lsn = (int) since.lsn().value() + 1; lsn <= upto; lsn++) {
        Root next = at(volume, lsn).root();
        sum = sum == null ? next : Maps.lay(next, sum, leaves);
      }
      root = sum == null ? Root.ofCount(to.whole().count(), to.whole().count()) : sum;
    }
    return new Graft(
        volume,
        info(volume).pageSize(),
        since != null ? since : at(volume, 0).position(),
        to.position(),
        to.time(),
        at(volume, head(volume)).position(),
        root,
        open ? carried(root) : List.of(),
        now);
  }

  private List<Graft.CarriedFrame> carried(Root root) {
    List<Graft.CarriedFrame> carried = new ArrayList<>();
    int bytes = 0;
    if (root.count().value() > 0 && Maps.find(root, 1, leaves) instanceof PageLookup.Found found) {
      bytes += carry(found.frame(), carried);
    }
    for (HotRange range : root.hot()) {
      byte[] object = object(range.owner());
      long at = range.offsetBytes();
      while (at < range.endBytes()) {
        int length = Frame.lengthBytes("hot", object, (int) at, (int) (range.endBytes() - at));
        FrameHeader header = Frame.header("hot", object, (int) at, length);
        FrameRef ref = new FrameRef(range.owner(), header.number(), at, length);
        at += length;
        if (carried.stream().noneMatch(frame -> frame.ref().equals(ref))) {
          if (bytes + length > OPEN_BYTES) {
            return carried;
          }
          bytes += carry(ref, carried);
        }
      }
    }
    return carried;
  }

  private int carry(FrameRef ref, List<Graft.CarriedFrame> into) {
    int from = (int) ref.offsetBytes();
    byte[] object = object(ref.owner());
    into.add(
        new Graft.CarriedFrame(ref, Arrays.copyOfRange(object, from, from + ref.lengthBytes())));
    return ref.lengthBytes();
  }

  @Override
  public synchronized UploadReceipt upload(VolumeId volume, SegmentId segment, byte[] bytes) {
    request();
    Segment.verify(bytes, volume, segment);
    objects.put(new FrameOwner.InSegment(volume, segment), bytes.clone());
    return new UploadReceipt(new SegmentEntry(segment, bytes.length, Hash.sha256(bytes)), now);
  }

  @Override
  public synchronized CommitOutcome commit(CommitRequest request) {
    request();
    VolumeId volume = request.volume();
    int base = (int) request.base().lsn().value();
    if (base > head(volume) || !at(volume, base).position().equals(request.base())) {
      throw new GraftException.Diverged("no such base: " + request.base());
    }
    if (base < head(volume)) {
      Stored other = at(volume, base + 1);
      if (!other.entry().transactions().equals(request.transactions())) {
        return new CommitOutcome.Conflict(graft(volume, request.base(), head(volume), false));
      }
      return committed(volume, request.base(), other);
    }
    Lsn lsn = request.base().lsn().next();
    Root root = root(request, new FrameOwner.InCommit(volume, lsn));
    Root whole = Maps.lay(root, at(volume, base).whole(), leaves);
    Position position =
        new Position(lsn, Hash.sha256((request.base().hash() + ":" + now).getBytes()));
    var entry =
        new LogPage.Entry(
            position, now, request.snapshot(), request.count(), -1, request.transactions());
    Stored stored = new Stored(position, now, root, whole, entry);
    history(volume).add(stored);
    if (lostCommitAnswers > 0) {
      lostCommitAnswers--;
      throw new GraftException.Unavailable("planned: the answer is lost");
    }
    return committed(volume, request.base(), stored);
  }

  private CommitOutcome committed(VolumeId volume, Position base, Stored stored) {
    return new CommitOutcome.Committed(
        stored.position(),
        stored.time(),
        graft(volume, base, (int) stored.position().lsn().value(), false));
  }

  private Root root(CommitRequest request, FrameOwner owner) {
    return switch (request.content()) {
      case CommitRequest.Content.Inline inline -> {
        RootBuilder map = Root.builder(request.count(), request.smallest());
        var object = new ByteArrayOutputStream();
        object.writeBytes(new byte[COMMIT_HEAD_BYTES]);
        int number = 0;
        for (byte[] frame : inline.frames()) {
          byte[] stamped = Frame.restamp(frame, owner, number);
          FrameHeader header = Frame.header("inline", stamped, 0, stamped.length);
          FrameRef ref = new FrameRef(owner, number++, object.size(), stamped.length);
          header
              .pages()
              .forEachRun(
                  (first, count) -> map.addFrame(ref, header.hot(), first, first + count - 1));
          object.writeBytes(stamped);
        }
        objects.put(owner, object.toByteArray());
        yield map.clear(inline.cleared()).build();
      }
      case CommitRequest.Content.Revert revert -> throw new UnsupportedOperationException();
      case CommitRequest.Content.Segments segments ->
          switch (segments.root()) {
            case RootPlace.Inline(Root root) -> root;
            case RootPlace.InFrame(FrameRef frame, Hash sha) -> Root.decode(content(frame));
            case RootPlace.OfFork fork -> throw new UnsupportedOperationException();
          };
    };
  }

  /** Changes where the pages of every snapshot lie, as compaction does. */
  synchronized void moveAll(VolumeId volume, java.util.function.UnaryOperator<Root> moved) {
    List<Stored> log = history(volume);
    for (int i = 0; i < log.size(); i++) {
      Stored old = log.get(i);
      log.set(
          i,
          new Stored(
              old.position(), old.time(), old.root(), moved.apply(old.whole()), old.entry()));
    }
  }

  @Override
  public synchronized RangeOutcome readRange(FrameOwner owner, long offset, int length) {
    request();
    byte[] object = objects.get(owner);
    return object == null
        ? new RangeOutcome.Missing()
        : new RangeOutcome.Found(Arrays.copyOfRange(object, (int) offset, (int) offset + length));
  }

  @Override
  public synchronized LogPage log(VolumeId volume, @Nullable Lsn newest, int max) {
    request();
    List<LogPage.Entry> entries = new ArrayList<>();
    for (int lsn = head(volume); lsn > 0 && entries.size() < max; lsn--) {
      entries.add(at(volume, lsn).entry());
    }
    return new LogPage(at(volume, head(volume)).position(), Lsn.ZERO, entries);
  }

  /** The leaves of the newest snapshot. */
  synchronized List<Leaf> wholeLeaves(VolumeId volume) {
    List<Leaf> found = new ArrayList<>();
    Root whole = at(volume, head(volume)).whole();
    for (int window : whole.windows().keySet()) {
      Leaf leaf = Maps.window(whole, window, true, leaves);
      if (leaf != null) {
        found.add(leaf);
      }
    }
    return found;
  }

  /** Forgets the newest commits, so that another history can take their place. */
  synchronized void rewind(VolumeId volume, int lsn) {
    List<Stored> log = history(volume);
    while (log.size() > lsn) {
      log.removeLast();
    }
  }

  @Override
  public synchronized Forked fork(ForkRequest request) {
    request();
    VolumeInfo parent = info(request.parent());
    Stored at = at(request.parent(), (int) request.at().lsn().value());
    if (!at.position().equals(request.at())) {
      throw new GraftException.Diverged("no such commit: " + request.at());
    }
    VolumeId child = request.child();
    VolumeInfo made =
        volumes.computeIfAbsent(
            child,
            key ->
                new VolumeInfo(
                    key, parent.pageSize(), now, Hash.sha256(key.toString().getBytes())));
    if (!logs.containsKey(child)) {
      Position start = new Position(new Lsn(1), Hash.sha256(("start " + child).getBytes()));
      var entry = new LogPage.Entry(start, now, Lsn.ZERO, at.whole().count(), -1, List.of());
      logs.put(
          child, new ArrayList<>(List.of(new Stored(start, now, at.whole(), at.whole(), entry))));
    }
    Stored start = at(child, 1);
    return new Forked(made, start.position(), start.time());
  }

  @Override
  public VolumeState state(VolumeId volume) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Retained retain(RetainRequest request) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Waiting waiting(VolumeId volume) {
    throw new UnsupportedOperationException();
  }

  @Override
  public VolumeState delete(VolumeId volume) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
