package dev.graft.client.http;

import dev.graft.concurrency.Concurrency;
import dev.graft.http.ForkAnswer;
import dev.graft.http.Headers;
import dev.graft.http.LogAnswer;
import dev.graft.http.LogRequest;
import dev.graft.http.Message;
import dev.graft.http.Messages;
import dev.graft.http.Nothing;
import dev.graft.http.Problem;
import dev.graft.http.Route;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.error.GraftException.Code;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A remote on the other side of {@code docs/http.md}. Every request is repeated until it is
 * answered or the deadline has come; ids, keys and positions in it make the second one find the
 * first, so a commit whose answer was lost is found again as its own. Safe for use by many threads.
 *
 * <p>It blocks the calling thread on the network, starts none, and keeps no state but the tokens of
 * forks, the other side's time, and counts.
 */
public final class HttpRemote implements Remote {
  private final Transport transport;
  private final TokenSource tokens;
  private final Traffic traffic = new Traffic();
  private final Answers answers;
  private final Questions questions;
  private final RangeReader ranges;
  private final Uploader uploader;

  /**
   * Sends nothing yet.
   *
   * @param transport closed with this
   * @param concurrency whose clock and sleep pauses and deadlines count by
   * @param random for jitter and the names of requests; used under a lock
   */
  public HttpRemote(
      RemoteAddress address,
      Transport transport,
      TokenSource tokens,
      Concurrency concurrency,
      RandomGenerator random,
      HttpOptions options) {
    this.transport = transport;
    this.tokens = tokens;
    this.answers = new Answers(address, traffic);
    Attempts attempts = new Attempts(address, concurrency, random, options, traffic);
    this.questions = new Questions(address, transport, tokens, random, attempts, answers, traffic);
    this.ranges = new RangeReader(address, transport, questions, attempts, answers, traffic);
    this.uploader = new Uploader(address, transport, questions, attempts, traffic);
  }

  /** What went over the network so far. */
  public HttpCounts counts() {
    return traffic.counts();
  }

  /** The other side's clock at its last answer. */
  public Optional<Instant> serverTime() {
    return Optional.ofNullable(answers.serverTime());
  }

  @Override
  public VolumeInfo createVolume(CreateVolume request) {
    byte[] body = Messages.createVolume().encode(request);
    VolumeId volume = request.volume();
    return of(
        volume,
        questions
            .ask(new Route.Create(), volume, body, Headers.JSON, Messages.volumeInfo())
            .orThrow());
  }

  @Override
  public VolumeInfo volume(VolumeId volume) {
    return of(volume, plain(new Route.Info(volume), Messages.volumeInfo()));
  }

  private <T> T plain(Route.OfVolume route, Message<T> answer) {
    return questions.ask(route, Messages.empty(), new Nothing(), answer).orThrow();
  }

  private static VolumeInfo of(VolumeId volume, VolumeInfo info) {
    requireSame(volume, info.volume());
    return info;
  }

  private static VolumeState of(VolumeId volume, VolumeState state) {
    requireSame(volume, state.volume());
    return state;
  }

  private static Graft of(VolumeId volume, Graft graft) {
    requireSame(volume, graft.volume());
    return graft;
  }

  private static void requireSame(VolumeId asked, VolumeId told) {
    if (!told.equals(asked)) {
      throw new GraftException.Corrupt(
          "the remote was asked about volume " + asked + " and answers about " + told);
    }
  }

  @Override
  public ChangesOutcome changesSince(ChangesRequest request) {
    VolumeId volume = request.volume();
    Reply<Graft> reply =
        questions.ask(
            new Route.Changes(volume), Messages.changesRequest(volume), request, Messages.graft());
    return switch (reply) {
      case Reply.Said<Graft>(Graft graft) -> new ChangesOutcome.Changed(of(volume, graft));
      case Reply.Refused<Graft>(Problem problem) -> {
        if (problem.code() == Code.DIVERGED
            && problem.claimed() != null
            && problem.actual() != null) {
          yield new ChangesOutcome.Diverged(problem.claimed(), problem.actual());
        }
        throw problem.toException();
      }
    };
  }

  @Override
  public UploadReceipt upload(VolumeId volume, SegmentId segment, byte[] bytes) {
    return uploader.upload(volume, segment, bytes);
  }

  @Override
  public CommitOutcome commit(CommitRequest request) {
    VolumeId volume = request.volume();
    Reply<CommitOutcome.Committed> reply =
        questions.command(
            new Route.Commits(volume),
            Messages.commitRequest(volume),
            request,
            Messages.committed());
    return switch (reply) {
      case Reply.Said<CommitOutcome.Committed>(CommitOutcome.Committed committed) -> {
        of(volume, committed.graft());
        yield committed;
      }
      case Reply.Refused<CommitOutcome.Committed>(Problem problem) -> {
        if (problem.code() == Code.CONFLICT && problem.graft() != null) {
          yield new CommitOutcome.Conflict(of(volume, problem.graft()));
        }
        throw problem.toException();
      }
    };
  }

  @Override
  public RangeOutcome readRange(FrameOwner owner, long offset, int length) {
    if (offset < 0 || length < 1 || offset + length > FrameRef.MAX_OBJECT_BYTES) {
      throw new GraftException.Misuse(
          "cannot read " + length + " bytes at offset " + offset + " of " + owner);
    }
    return ranges.read(owner, offset, length);
  }

  @Override
  public LogPage log(VolumeId volume, @Nullable Lsn newest, int max) {
    LogAnswer first = logPart(volume, newest, max);
    List<LogPage.Entry> commits = new ArrayList<>(first.page().commits());
    boolean more = first.more();
    while (more && !commits.isEmpty() && commits.size() < max) {
      Lsn last = commits.getLast().position().lsn();
      if (last.equals(Lsn.ZERO) || last.equals(new Lsn(1))) {
        break;
      }
      LogAnswer next = logPart(volume, new Lsn(last.value() - 1), max - commits.size());
      more = next.more() && !next.page().commits().isEmpty();
      commits.addAll(next.page().commits());
    }
    return new LogPage(first.page().head(), first.page().floor(), commits);
  }

  private LogAnswer logPart(VolumeId volume, @Nullable Lsn newest, int max) {
    return questions
        .ask(
            new Route.Log(volume),
            Messages.logRequest(),
            new LogRequest(newest, max),
            Messages.logPage())
        .orThrow();
  }

  @Override
  public Forked fork(ForkRequest request) {
    ForkAnswer answer =
        questions
            .ask(
                new Route.Fork(request.parent()),
                Messages.forkRequest(request.parent()),
                request,
                Messages.forked())
            .orThrow();
    requireSame(request.child(), answer.forked().child().volume());
    if (answer.token() != null) {
      tokens.learned(request.child(), answer.token());
    }
    return answer.forked();
  }

  @Override
  public VolumeState state(VolumeId volume) {
    return of(volume, plain(new Route.State(volume), Messages.volumeState()));
  }

  @Override
  public Retained retain(RetainRequest request) {
    VolumeId volume = request.volume();
    Retained retained =
        questions
            .ask(
                new Route.Retain(volume),
                Messages.retainRequest(volume),
                request,
                Messages.retained())
            .orThrow();
    of(volume, retained.state());
    return retained;
  }

  @Override
  public Waiting waiting(VolumeId volume) {
    Waiting waiting = plain(new Route.Waiting(volume), Messages.waiting());
    requireSame(volume, waiting.volume());
    return waiting;
  }

  @Override
  public VolumeState delete(VolumeId volume) {
    return of(volume, plain(new Route.Delete(volume), Messages.volumeState()));
  }

  @Override
  public void close() {
    transport.close();
  }
}
