package dev.graft.functions.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.auth.Token;
import dev.graft.auth.TokenVerifier;
import dev.graft.auth.Verdict;
import dev.graft.engine.store.Counts;
import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.http.Action;
import dev.graft.http.ForkAnswer;
import dev.graft.http.Messages;
import dev.graft.http.Nothing;
import dev.graft.http.Route;
import dev.graft.http.TokenAnswer;
import dev.graft.http.TokenRequest;
import dev.graft.protocol.error.GraftException.Code;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.remote.ForkRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who gets the token of a fork, when requests are cut, repeated, lost or made by two at once. */
class ForkMakersTest {
  private static final long SEED = 20261122L;

  private final MishapStore store = new MishapStore();
  private final Bench bench = new Bench(SEED, Limits.NONE, store);
  private final VolumeId volume;
  private final Position head;
  private final String maker;
  private final String other;

  ForkMakersTest() {
    store.over(bench.memory);
    volume = bench.newVolume();
    head = bench.committed(volume, bench.start(volume));
    maker = bench.token(volume, Action.READ, Action.FORK);
    other = bench.token(volume, Action.READ, Action.FORK);
  }

  private ForkRequest request() {
    return new ForkRequest(volume, head, bench.ids.newVolumeId());
  }

  private Answer fork(String token, ForkRequest request) {
    Route route = new Route.Fork(request.parent());
    return bench.post(token, route, Messages.forkRequest(request.parent()), request);
  }

  /** A fork is made, and its token reads it. */
  private String made(Answer answer, ForkRequest request) {
    ForkAnswer told = bench.ok(answer, Messages.forked());
    assertThat(told.forked().child().volume()).isEqualTo(request.child());
    String token = Objects.requireNonNull(told.token());
    Route info = new Route.Info(request.child());
    assertThat(bench.post(token, info, Messages.empty(), new Nothing()).status()).isEqualTo(200);
    return token;
  }

  /** Nothing is handed out and nothing is written. */
  private void refused(String token, ForkRequest request) {
    Counts before = bench.store.counts();
    Answer answer = fork(token, request);
    assertThat(answer.status()).isEqualTo(403);
    assertThat(new String(answer.body(), StandardCharsets.UTF_8))
        .contains("was not made with this token")
        .doesNotContain("\"token\"");
    assertThat(bench.store.counts().minus(before).writes()).isZero();
  }

  private boolean isNoted(ForkRequest request) {
    return bench.memory.get(note(request), 0, 64) instanceof GetOutcome.Found;
  }

  private static ObjectKey note(ForkRequest request) {
    return new ObjectKey("auth/forks/" + request.child());
  }

  @ParameterizedTest
  @EnumSource(
      value = MishapStore.Kind.class,
      names = {"CUT_BEFORE", "CUT_AFTER"})
  void fork_cutAtEachOfItsWrites_isFinishedForItsMakerAlone(MishapStore.Kind kind) {
    int cuts = 0;
    while (true) {
      ForkRequest request = request();
      store.strike(kind, cuts);
      Answer first = fork(maker, request);
      if (store.left() > 0) {
        // It has no further write.
        made(first, request);
        break;
      }
      assertThat(first.status()).as("cut at write %d", cuts).isEqualTo(500);
      if (isNoted(request)) {
        refused(other, request);
      } else {
        assertThat(cuts).isZero();
      }
      made(fork(maker, request), request);
      refused(other, request);
      made(fork(maker, request), request);
      cuts++;
    }
    // The note, the pin, the checkpoint, the first commit, the record, the first state.
    assertThat(cuts).isEqualTo(6);
  }

  @Test
  void note_whoseAnswerIsLost_isTheMakersAllTheSame() {
    for (MishapStore.Kind kind :
        new MishapStore.Kind[] {
          MishapStore.Kind.ANSWER_LOST, MishapStore.Kind.TOLD_TAKEN, MishapStore.Kind.LOST
        }) {
      ForkRequest request = request();
      store.strike(kind, 0);
      Answer first = fork(maker, request);
      assertThat(store.left()).isZero();
      if (kind == MishapStore.Kind.LOST) {
        assertThat(first.status()).isEqualTo(503);
        assertThat(Bench.problem(first).detail()).contains("the same again finds out");
        assertThat(isNoted(request)).isFalse();
        first = fork(maker, request);
      }
      made(first, request);
      refused(other, request);
    }
  }

  @Test
  void note_thatIsLost_leavesTheChildToWhoeverComesFirst() {
    ForkRequest request = request();
    store.strike(MishapStore.Kind.LOST, 0);
    assertThat(fork(maker, request).status()).isEqualTo(503);
    made(fork(other, request), request);
    refused(maker, request);
  }

  @Test
  void twoTokens_atOnce_oneGetsTheChild() {
    ForkRequest request = request();
    int[] ran = {0};
    store.before(
        note(request),
        () -> {
          ran[0]++;
          made(fork(other, request), request);
        });
    assertThat(fork(maker, request).status()).isEqualTo(403);
    assertThat(ran[0]).isEqualTo(1);
    refused(maker, request);
    made(fork(other, request), request);
  }

  @Test
  void fork_thatATokenForAllBegan_isNoScopedTokens() {
    ForkRequest request = request();
    // The pin is its first write, as it has no note.
    store.strike(MishapStore.Kind.CUT_AFTER, 0);
    assertThat(fork(bench.root, request).status()).isEqualTo(500);
    refused(other, request);
    assertThat(isNoted(request)).isFalse();
    assertThat(bench.ok(fork(bench.root, request), Messages.forked()).token()).isNull();
    refused(other, request);
  }

  private Answer delete(VolumeId child) {
    return bench.post(bench.root, new Route.Delete(child), Messages.empty(), new Nothing());
  }

  @Test
  void note_goesWithTheChild_andTheChildIsGoneForItsMaker() {
    ForkRequest request = request();
    made(fork(maker, request), request);
    assertThat(isNoted(request)).isTrue();
    store.failDelete();
    assertThat(delete(request.child()).status()).isEqualTo(500);
    assertThat(isNoted(request)).isTrue();
    bench.ok(delete(request.child()), Messages.volumeState());
    assertThat(isNoted(request)).isFalse();
    bench.ok(delete(request.child()), Messages.volumeState());
    for (String token : new String[] {maker, other, bench.root}) {
      Answer again = fork(token, request);
      assertThat(again.status()).isEqualTo(410);
      assertThat(Bench.problem(again).code()).isEqualTo(Code.GONE);
    }
    assertThat(isNoted(request)).isFalse();
  }

  private Answer more(String token, @Nullable VolumeId of) {
    Duration ttl = Duration.ofMinutes(5);
    Set<Action> actions = Set.of(Action.READ, Action.FORK, Action.ADMIN);
    TokenRequest request = new TokenRequest(of, actions, ttl, null);
    return bench.post(token, new Route.Tokens(), Messages.tokenRequest(), request);
  }

  @Test
  void token_atTheEndOfItsChain_isToldSo_andMakesNothing() {
    String all = bench.root;
    for (int via = 1; via < Token.MAX_VIA; via++) {
      all = bench.ok(more(all, null), Messages.token()).token();
    }
    String last = bench.ok(more(all, null), Messages.token()).token();
    String scoped = bench.ok(more(all, volume), Messages.token()).token();
    Counts before = bench.store.counts();
    for (Answer refused : new Answer[] {more(last, null), fork(scoped, request())}) {
      assertThat(refused.status()).isEqualTo(400);
      assertThat(Bench.problem(refused).code()).isEqualTo(Code.LIMIT);
      assertThat(Bench.problem(refused).detail())
          .isEqualTo(
              "a token is made by way of at most 16 others, not 17: ask for one with a token that"
                  + " was made by way of fewer");
    }
    assertThat(bench.store.counts().minus(before).writes()).isZero();
    // It forks the volume with a token for all as ever, which makes none.
    ForkRequest request = request();
    assertThat(bench.ok(fork(last, request), Messages.forked()).token()).isNull();
  }

  /** Clocks may differ by a minute, so it is admitted; it makes no token, and so no fork. */
  @Test
  void token_thatHasJustEnded_makesNoForkThatNobodyCouldRead() {
    bench.clock.advance(Duration.ofHours(2).plusSeconds(30));
    ForkRequest request = request();
    Counts before = bench.store.counts();
    Answer refused = fork(maker, request);
    assertThat(refused.status()).isEqualTo(403);
    assertThat(Bench.problem(refused).detail()).contains("ask with a newer one");
    assertThat(bench.store.counts().minus(before).writes()).isZero();
  }

  private String idOf(String token) {
    return ((Verdict.Admitted) new TokenVerifier(bench.keys).prove(token)).token().id().toString();
  }

  private @Nullable String lastMade() {
    return bench.seen.getLast().made();
  }

  @Test
  void line_namesTheTokenThatWasMade_andNeverItsText() {
    ForkRequest request = request();
    String childs = bench.ok(fork(maker, request), Messages.forked()).token();
    assertThat(lastMade()).isEqualTo(idOf(Objects.requireNonNull(childs)));
    assertThat(bench.lines.getLast())
        .contains("\"made\":\"" + lastMade() + "\"", "\"token\":\"" + idOf(maker) + "\"");
    TokenAnswer made =
        bench.ok(
            bench.post(
                bench.root,
                new Route.Tokens(),
                Messages.tokenRequest(),
                new TokenRequest(volume, Set.of(Action.READ), Duration.ofMinutes(5), null)),
            Messages.token());
    assertThat(bench.lines.getLast()).contains("\"made\":\"" + idOf(made.token()) + "\"");
    fork(other, request);
    assertThat(lastMade()).isNull();
    fork(bench.root, request());
    assertThat(lastMade()).isNull();
    for (String secret : new String[] {childs, made.token(), maker, bench.root}) {
      String signature = secret.substring(secret.lastIndexOf('.'));
      assertThat(bench.lines).noneMatch(line -> line.contains(signature));
    }
  }

  /** What {@code graft cost} says of a fork: by an instance that knows nothing of the volume. */
  @Test
  void fork_ofAScopedToken_asksTheStoreForFewMore() {
    Counts byAll = cost(bench.root);
    Counts scoped = cost(maker);
    System.out.println("a fork asks the store for " + byAll + ", by a scoped token " + scoped);
    assertThat(List.of(byAll.gets(), byAll.lists(), byAll.puts())).containsExactly(6L, 2L, 5L);
    assertThat(List.of(scoped.gets(), scoped.lists(), scoped.puts())).containsExactly(10L, 4L, 6L);
  }

  private Counts cost(String token) {
    Bench fresh = new Bench(SEED + 1, Limits.NONE, store);
    ForkRequest request = request();
    Route route = new Route.Fork(volume);
    fresh.ok(fresh.post(token, route, Messages.forkRequest(volume), request), Messages.forked());
    return fresh.store.counts();
  }
}
