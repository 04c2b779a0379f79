package dev.graft.localstack;

import dev.graft.auth.Grant;
import dev.graft.auth.KeyRing;
import dev.graft.auth.SigningKey;
import dev.graft.auth.TokenMaker;
import dev.graft.auth.VolumeScope;
import dev.graft.client.CommitOptions;
import dev.graft.client.CommitResult;
import dev.graft.client.Replica;
import dev.graft.client.ReplicaOptions;
import dev.graft.client.Snapshot;
import dev.graft.client.Transaction;
import dev.graft.client.http.HeldTokens;
import dev.graft.client.http.HttpOptions;
import dev.graft.client.http.HttpRemote;
import dev.graft.client.http.RemoteAddress;
import dev.graft.client.http.Transport;
import dev.graft.client.http.UrlTransport;
import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.store.CountingObjectStore;
import dev.graft.engine.store.MemoryObjectStore;
import dev.graft.engine.store.ObjectStore;
import dev.graft.http.Action;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CreateVolume;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/** A stack with tokens over a counted store, and clients of it with a token for everything. */
final class HttpStage implements AutoCloseable {
  static final PageSize SIZE = PageSize.DEFAULT;

  final ThreadConcurrency concurrency;
  final SecureRandom random = new SecureRandom();
  final IdSource ids = new RandomIdSource(random);
  final KeyRing keys = new KeyRing(List.of(SigningKey.generate(random)));
  final CountingObjectStore store;
  final Stack stack;
  private final List<AutoCloseable> opened = new ArrayList<>();

  HttpStage(UnaryOperator<ObjectStore> wrapping, UnaryOperator<StackOptions> change) {
    this(wrapping, change, InstantSource.system());
  }

  /** With another clock, for clients, edge, functions and store. */
  HttpStage(
      UnaryOperator<ObjectStore> wrapping,
      UnaryOperator<StackOptions> change,
      InstantSource clock) {
    concurrency = new ThreadConcurrency(clock);
    ObjectStore memory = new MemoryObjectStore(concurrency);
    store = new CountingObjectStore(wrapping.apply(memory));
    try {
      stack =
          Stack.start(
              change.apply(StackOptions.of(store).withKeys(keys).withConcurrency(concurrency)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  HttpStage() {
    this(memory -> memory, options -> options);
  }

  /** A token for everything. */
  String admin() {
    return token(VolumeScope.ALL);
  }

  /** A token for all that can be done to what it is for. */
  String token(VolumeScope scope) {
    Grant all = Grant.of(scope, EnumSet.allOf(Action.class));
    return new TokenMaker(keys, random, concurrency).make(all, Duration.ofHours(1)).text();
  }

  HttpRemote remote() {
    return remote(new UrlTransport(concurrency));
  }

  HttpRemote remote(Transport transport) {
    return remote(admin(), transport);
  }

  /** A client that shows one token, and those that it learns. */
  HttpRemote remote(String token, Transport transport) {
    HttpRemote remote = remote(stack, token, transport, concurrency);
    opened.add(remote);
    return remote;
  }

  /** A client that shows one token for everything. */
  static HttpRemote remote(
      Stack stack, String token, Transport transport, Concurrency concurrency) {
    return new HttpRemote(
        RemoteAddress.parse(stack.address().toString(), false),
        transport,
        new HeldTokens(token.isEmpty() ? null : token),
        concurrency,
        new SecureRandom(),
        HttpOptions.DEFAULT);
  }

  VolumeId create(HttpRemote remote) {
    VolumeId volume = ids.newVolumeId();
    remote.createVolume(new CreateVolume(volume, SIZE));
    return volume;
  }

  Replica open(HttpRemote remote, VolumeId volume) {
    Replica replica = Replica.open(ReplicaOptions.inMemory(remote, volume, concurrency, ids));
    opened.add(replica);
    return replica;
  }

  /** Half random, half repeated bytes, that tell of a seed. */
  static byte[] page(long seed) {
    byte[] page = new byte[SIZE.bytes()];
    new SplittableRandom(seed).nextBytes(page);
    for (int i = page.length / 2; i < page.length; i++) {
      page[i] = (byte) seed;
    }
    return page;
  }

  static CommitResult commit(Replica replica, CommitOptions options, long page, long... seeds) {
    try (Transaction transaction = replica.begin()) {
      for (int i = 0; i < seeds.length; i++) {
        transaction.write(page + i, MemorySegment.ofArray(page(seeds[i])), 0);
      }
      return transaction.commit(options);
    }
  }

  static byte[] read(Snapshot snapshot, long page) {
    byte[] bytes = new byte[SIZE.bytes()];
    snapshot.read(page, 0, MemorySegment.ofArray(bytes), 0, bytes.length);
    return bytes;
  }

  @Override
  public void close() {
    for (AutoCloseable each : opened.reversed()) {
      try {
        each.close();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
    stack.close();
  }
}
