package dev.graft.functions.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.auth.Grant;
import dev.graft.auth.VolumeScope;
import dev.graft.engine.store.ObjectKey;
import dev.graft.http.Action;
import dev.graft.http.Headers;
import dev.graft.http.LogRequest;
import dev.graft.http.Messages;
import dev.graft.http.Nothing;
import dev.graft.http.RevokeRequest;
import dev.graft.http.Route;
import dev.graft.http.TokenRequest;
import dev.graft.protocol.id.CheckpointId;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.ChangesRequest;
import dev.graft.protocol.remote.ChangesRequest.Until;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.protocol.remote.ForkRequest;
import dev.graft.protocol.remote.RetainRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What a fork's token is told when its parent has gone on: every route is asked about child,
 * grandchild and parent, and every range that the token admits is read. No answer, nor anything
 * that is packed into one, has the id of a segment, pack or checkpoint that the parent got after
 * the commit where the ways part, or the hash of a later commit: these ids are all that keeps the
 * token from the bytes (docs/decisions.md). A token of the parent is told all of them.
 */
class ForkTokenWalkTest {
  private static final long SEED = 20261123L;
  private static final int FORKED_AT = 40;
  private static final int PARENTS_HEAD = 140;

  /** Enough for a roll-up and its pack. */
  private static final int CHILDS = 40;

  private static final Set<Action> ALL = EnumSet.allOf(Action.class);

  private final Bench bench = new Bench(SEED);
  private final VolumeId parent = bench.newVolume();
  private final Hidden hidden = new Hidden();
  private final List<Position> positions = new ArrayList<>();
  private Set<String> early = Set.of();
  private int asked;

  /** Commits of all kinds: within the log, with segments, and with roll-ups that pack. */
  private Position grow(VolumeId volume, Position from, int commits) {
    Position head = from;
    for (int i = 0; i < commits; i++) {
      if (i % 4 == 3) {
        Bench.Made made = bench.segment(volume, head, 60 + i);
        bench.engine.upload(volume, made.segment().id(), made.segment().bytes());
        head =
            bench
                .ok(
                    bench.post(
                        bench.root,
                        new Route.Commits(volume),
                        Messages.commitRequest(volume),
                        bench.commit(volume, head, made)),
                    Messages.committed())
                .position();
      } else {
        head = bench.committed(volume, head);
      }
      bench.clock.advance(Duration.ofSeconds(1));
      if (volume.equals(parent)) {
        positions.add(head);
      }
    }
    return head;
  }

  private Set<String> objects(VolumeId volume, String kind) {
    String prefix = "volumes/" + volume + "/" + kind + "/";
    Set<String> names = new TreeSet<>();
    bench.memory.list(prefix, "", 1_000).stream()
        .map(ObjectKey::value)
        .forEach(key -> names.add(key.substring(prefix.length())));
    return names;
  }

  private void hideWhatIsLater() {
    for (String name : objects(parent, "segments")) {
      if (!early.contains(name)) {
        SegmentId id = SegmentId.parse(name);
        hidden.add(name, id.hi(), id.lo());
      }
    }
    for (String name : objects(parent, "checkpoints")) {
      CheckpointId id = CheckpointId.parse(name);
      hidden.add(name, id.hi(), id.lo());
    }
    for (Position later : positions.subList(FORKED_AT, positions.size())) {
      hidden.add(later.hash());
    }
  }

  private Answer told(Answer answer) {
    asked++;
    return answer;
  }

  private Set<String> tells(Answer answer) {
    Set<String> found = new HashSet<>(hidden.in(answer.body()));
    answer.headers().values().forEach(value -> found.addAll(hidden.in(value)));
    return found;
  }

  /** Every question and command about a volume, some in many ways. */
  private List<Answer> walk(String token, VolumeId about, Position since, List<Position> others) {
    List<Answer> answers = new ArrayList<>();
    byte[] none = Messages.empty().encode(new Nothing());
    for (Route route :
        List.of(new Route.Info(about), new Route.State(about), new Route.Waiting(about))) {
      answers.add(told(bench.post(token, route, none)));
    }
    List<Position> bases = new ArrayList<>(others);
    bases.add(since);
    List<Until> ends =
        List.of(
            new Until.Head(),
            new Until.AtLsn(new Lsn(1)),
            new Until.AtLsn(new Lsn(FORKED_AT + 1)),
            new Until.AtLsn(new Lsn(PARENTS_HEAD)),
            new Until.AtTime(bench.clock.instant()));
    for (Until until : ends) {
      for (boolean open : new boolean[] {true, false}) {
        answers.add(changes(token, new ChangesRequest(about, null, until, open)));
        for (Position base : bases) {
          answers.add(changes(token, new ChangesRequest(about, base, until, open)));
        }
      }
    }
    for (long from : new long[] {-1, 1, FORKED_AT + 3, 1_000}) {
      Route log = new Route.Log(about);
      @Nullable Lsn newest = from < 0 ? null : new Lsn(from);
      answers.add(told(bench.post(token, log, Messages.logRequest(), new LogRequest(newest, 999))));
    }
    for (Position base : bases) {
      CommitRequest commit = bench.commit(about, base, 5);
      Route route = new Route.Commits(about);
      answers.add(told(bench.post(token, route, Messages.commitRequest(about), commit)));
      CommitRequest revert =
          bench.request(about, base, 1_000, new CommitRequest.Content.Revert(base.lsn()));
      answers.add(told(bench.post(token, route, Messages.commitRequest(about), revert)));
      Bench.Made made = bench.segment(about, base, 30);
      Route upload = new Route.Upload(about, made.segment().id());
      answers.add(told(bench.post(token, upload, made.segment().bytes())));
      answers.add(
          told(
              bench.post(
                  token, new Route.Uploads(about), Messages.uploadsRequest(), made.entry())));
      ForkRequest fork = new ForkRequest(about, base, bench.ids.newVolumeId());
      answers.add(
          told(bench.post(token, new Route.Fork(about), Messages.forkRequest(about), fork)));
      for (RetainRequest.Change change :
          List.of(
              new RetainRequest.Change.Keep(base.lsn(), true),
              new RetainRequest.Change.Keep(base.lsn(), false),
              new RetainRequest.Change.FloorAt(base.lsn()),
              new RetainRequest.Change.FloorOlderThan(Duration.ofHours(1)),
              new RetainRequest.Change.Retention(Duration.ofDays(8)))) {
        answers.add(
            told(
                bench.post(
                    token,
                    new Route.Retain(about),
                    Messages.retainRequest(about),
                    new RetainRequest(about, change))));
      }
    }
    TokenRequest more = new TokenRequest(about, Set.of(Action.READ), Duration.ofMinutes(5), null);
    answers.add(told(bench.post(token, new Route.Tokens(), Messages.tokenRequest(), more)));
    answers.add(
        told(
            bench.post(
                token,
                new Route.Revoke(),
                Messages.revoke(),
                new RevokeRequest.ById("tok-" + "0".repeat(26)))));
    CreateVolume create = new CreateVolume(about, new PageSize(512));
    answers.add(told(bench.post(token, new Route.Create(), Messages.createVolume(), create)));
    answers.addAll(log(token, about));
    for (String segment : objects(about, "segments")) {
      // Whoever does not know a later segment's id asks for none.
      if (!about.equals(parent) || early.contains(segment)) {
        answers.addAll(range(token, new Route.SegmentRange(about, SegmentId.parse(segment))));
      }
    }
    return answers;
  }

  /** The log can be counted through: to its end, and beyond. */
  private List<Answer> log(String token, VolumeId about) {
    List<Answer> answers = new ArrayList<>();
    for (long lsn = 0; lsn <= PARENTS_HEAD + 2; lsn++) {
      answers.addAll(range(token, new Route.LogRange(about, new Lsn(lsn))));
    }
    return answers;
  }

  private Answer changes(String token, ChangesRequest request) {
    Route route = new Route.Changes(request.volume());
    return told(bench.post(token, route, Messages.changesRequest(request.volume()), request));
  }

  private List<Answer> range(String token, Route.OfObject object) {
    List<Answer> answers = new ArrayList<>();
    for (String method : List.of("GET", "HEAD")) {
      for (String range : List.of("", "bytes=0-4000000", "bytes=999999998-999999999")) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(Headers.TOKEN, token);
        if (!range.isEmpty()) {
          headers.put(Headers.RANGE, range);
        }
        answers.add(
            told(
                bench.service.answer(
                    new Request(method, object.path(), "", headers, new byte[0]))));
      }
    }
    return answers;
  }

  private String fork(String token, VolumeId of, Position at, VolumeId child) {
    ForkRequest request = new ForkRequest(of, at, child);
    Answer made = bench.post(token, new Route.Fork(of), Messages.forkRequest(of), request);
    return Objects.requireNonNull(bench.ok(made, Messages.forked()).token());
  }

  private static Position claimed(Lsn lsn) {
    return new Position(lsn, Hash.sha256(new byte[1]));
  }

  @Test
  void answersOfAForksToken_nameNothingThatTheParentGotLater() {
    String parents =
        bench.maker.make(Grant.of(VolumeScope.of(parent), ALL), Duration.ofDays(2)).text();
    Position forkedAt = grow(parent, bench.start(parent), FORKED_AT);
    early = objects(parent, "segments");
    // Some is later than the fork's commit, and there when the fork is made.
    Position before = grow(parent, forkedAt, PARENTS_HEAD / 2 - FORKED_AT);
    VolumeId child = bench.ids.newVolumeId();
    String childs = fork(parents, parent, forkedAt, child);
    Position start = bench.engine.log(child, null, 1).commits().getFirst().position();
    Position childsHead = grow(child, start, CHILDS);
    VolumeId grandchild = bench.ids.newVolumeId();
    String grandchilds = fork(childs, child, childsHead, grandchild);
    Position head = grow(parent, before, PARENTS_HEAD - PARENTS_HEAD / 2);
    // A checkpoint of the parent, and reads that leave its maps in all caches.
    bench.engine.retain(
        new RetainRequest(parent, new RetainRequest.Change.Keep(new Lsn(PARENTS_HEAD - 1), true)));
    hideWhatIsLater();
    // A position is told back to who claims it: so these have hashes of nothing.
    List<Position> others =
        List.of(forkedAt, claimed(before.lsn()), claimed(head.lsn()), claimed(start.lsn()));

    Set<String> control = new HashSet<>();
    for (Answer answer : walk(parents, parent, positions.getFirst(), others)) {
      control.addAll(tells(answer));
    }
    System.out.printf(
        "%d of %d later ids are told to the parent's readers%n", control.size(), hidden.size());
    assertThat(control).hasSize(hidden.size()).anyMatch(name -> name.startsWith("seg-"));
    assertThat(hidden.size()).isGreaterThan(PARENTS_HEAD - FORKED_AT);

    asked = 0;
    int fine = 0;
    for (String token : List.of(childs, grandchilds)) {
      for (VolumeId about : List.of(child, grandchild, parent)) {
        for (Answer answer : walk(token, about, start, others)) {
          assertThat(tells(answer)).as("status %d about %s", answer.status(), about).isEmpty();
          fine += answer.status() < 300 ? 1 : 0;
        }
      }
    }
    assertThat(fine).as("of %d answers", asked).isGreaterThan(500);
  }
}
