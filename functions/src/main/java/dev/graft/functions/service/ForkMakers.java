package dev.graft.functions.service;

import dev.graft.engine.Keys;
import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.engine.store.PutOutcome;
import dev.graft.http.Problem;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.TokenId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.remote.ForkRequest;
import dev.graft.protocol.remote.Remote;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * With which token each fork was made: that one alone gets a token for the child when the request
 * is repeated. Ids of forks are no secret, so who names one need not have made it. Object {@code
 * auth/forks/{child}}, see {@code docs/formats.md}. Safe for use by many threads.
 */
final class ForkMakers {
  private static final int MAX_BYTES = 64;

  private final ObjectStore bulk;
  private final VolumeRecords volumes;
  private final Remote engine;

  ForkMakers(ObjectStore bulk, VolumeRecords volumes, Remote engine) {
    this.bulk = bulk;
    this.volumes = volumes;
    this.engine = engine;
  }

  /**
   * Notes who makes a fork, before it is made; durable when it returns.
   *
   * @param sound whether the rest of the request is as it should be: for one that will be refused
   *     nothing is written
   * @return whether the maker is noted
   * @throws Refusal when the child is there, or is being made, by way of another token
   * @throws GraftException.Gone when nobody is noted, and the child was deleted
   * @throws GraftException.Unavailable when nobody knows who was first; again does no harm
   */
  boolean claim(ForkRequest fork, TokenId maker, BooleanSupplier sound) {
    ObjectKey key = key(fork.child());
    byte[] name = maker.toString().getBytes(StandardCharsets.US_ASCII);
    byte[] noted = read(key);
    if (noted == null) {
      // What is there already, or begun, and noted for nobody was made by no token of one volume.
      if (volumes.exists(fork.child())) {
        throw engine.state(fork.child()).deleted()
            ? new GraftException.Gone("volume " + fork.child() + " was deleted")
            : notMadeWithThis(fork.child());
      }
      if (read(pin(fork)) != null) {
        throw notMadeWithThis(fork.child());
      }
      if (!sound.getAsBoolean()) {
        return false;
      }
      if (bulk.putIfAbsent(key, name, Instant.MAX) instanceof PutOutcome.Created) {
        return true;
      }
      noted = read(key);
    }
    if (noted == null) {
      throw new GraftException.Unavailable(
          "nobody knows yet with which token "
              + fork.child()
              + " is made; the same again finds out");
    }
    if (!Arrays.equals(noted, name)) {
      throw notMadeWithThis(fork.child());
    }
    return true;
  }

  /**
   * Forgets who made a volume that is deleted: its record stays, so nobody is ever noted for it
   * again. Again does no harm.
   */
  void forget(VolumeId deleted) {
    bulk.delete(key(deleted));
  }

  private static ObjectKey key(VolumeId child) {
    return new ObjectKey("auth/forks/" + child);
  }

  private static ObjectKey pin(ForkRequest fork) {
    return Keys.pin(fork.parent(), fork.child());
  }

  private byte @Nullable [] read(ObjectKey key) {
    return bulk.get(key, 0, MAX_BYTES) instanceof GetOutcome.Found(byte[] bytes, long total)
        ? bytes
        : null;
  }

  private static Refusal notMadeWithThis(VolumeId child) {
    return new Refusal(
        Problem.of(
            new GraftException.Unauthorized(
                "volume "
                    + child
                    + " was not made with this token: ask who made it, or an operator, for a token"
                    + " of it")));
  }
}
