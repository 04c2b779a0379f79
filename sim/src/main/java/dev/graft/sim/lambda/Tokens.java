package dev.graft.sim.lambda;

import dev.graft.auth.Grant;
import dev.graft.auth.KeyRing;
import dev.graft.auth.SigningKey;
import dev.graft.auth.TokenMaker;
import dev.graft.auth.VolumeScope;
import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.http.Action;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.VolumeRecord;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** Signs the tokens of a world, with a key of its own. */
final class Tokens {
  /** No world lives longer. */
  private static final Duration LIFE = Duration.ofDays(365);

  /** Made so long ago that every clock finds them begun. */
  private static final Duration AGE = Duration.ofHours(1);

  private final KeyRing keys;
  private final TokenMaker maker;
  private final ObjectStore objects;

  Tokens(SplittableRandom random, InstantSource clock, ObjectStore objects) {
    this.keys = new KeyRing(List.of(SigningKey.generate(random.split())));
    this.maker = new TokenMaker(keys, random.split(), () -> clock.instant().minus(AGE));
    this.objects = objects;
  }

  KeyRing keys() {
    return keys;
  }

  /** Admits everything. */
  String operator() {
    return maker.make(Grant.of(VolumeScope.ALL, EnumSet.allOf(Action.class)), LIFE).text();
  }

  /** For clients of one volume, which read its ancestors, too. */
  String of(VolumeId volume) {
    ObjectKey key = new ObjectKey("volumes/" + volume + "/volume");
    if (!(objects.get(key, 0, Integer.MAX_VALUE) instanceof GetOutcome.Found found)) {
      throw new IllegalArgumentException("there is no volume " + volume);
    }
    VolumeRecord record = VolumeRecord.decode(key.value(), volume, found.bytes());
    Grant grant =
        new Grant(
            VolumeScope.of(volume),
            EnumSet.of(Action.READ, Action.WRITE, Action.FORK),
            Grant.ancestorsOf(record),
            Optional.empty());
    return maker.make(grant, LIFE).text();
  }
}
