package dev.graft.examples;

import dev.graft.cli.FolderRemotes;
import dev.graft.client.CommitOptions;
import dev.graft.client.CommitResult;
import dev.graft.client.Replica;
import dev.graft.client.ReplicaOptions;
import dev.graft.client.Snapshot;
import dev.graft.client.Transaction;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.protocol.remote.Remote;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A key-value store in a volume: each key lies in the page that its hash names, so that a get
 * fetches one page, a put writes one, and pages of no keys take no room. Any number of processes
 * may share a volume; a put is in the object store when it returns.
 */
public final class KeyValueStore {
  private static final int PAGES = 1 << 20;

  private final Replica replica;

  /** Over a replica of a volume that holds nothing else. */
  public KeyValueStore(Replica replica) {
    this.replica = replica;
  }

  /** The value of a key, as of the last {@link #refresh} or put. */
  public Optional<String> get(String key) throws IOException {
    byte[] page = new byte[replica.pageSize().bytes()];
    try (Snapshot snapshot = replica.snapshot()) {
      snapshot.read(pageOf(key), 0, MemorySegment.ofArray(page), 0, page.length);
    }
    return Optional.ofNullable(decode(page).get(key));
  }

  /** Sets the value of a key. */
  public void put(String key, String value) throws IOException {
    change(key, entries -> entries.put(key, value));
  }

  /** Forgets a key. */
  public void remove(String key) throws IOException {
    change(key, entries -> entries.remove(key));
  }

  /** Learns what others have committed: one request, no pages. */
  public void refresh() {
    replica.pull();
  }

  /** Reads a page, changes it and commits; does it again on top of whoever came first. */
  private void change(String key, Consumer<Map<String, String>> work) throws IOException {
    byte[] page = new byte[replica.pageSize().bytes()];
    while (true) {
      try (Transaction transaction = replica.begin()) {
        transaction.read(pageOf(key), 0, MemorySegment.ofArray(page), 0, page.length);
        Map<String, String> entries = decode(page);
        work.accept(entries);
        byte[] changed = encode(entries, page.length);
        transaction.write(pageOf(key), MemorySegment.ofArray(changed), 0);
        var options = new CommitOptions("key-value", key, _ -> false);
        if (!(transaction.commit(options) instanceof CommitResult.Conflict)) {
          return;
        }
      }
      replica.pull();
    }
  }

  private static long pageOf(String key) {
    return 1 + Math.floorMod(key.hashCode() * 0x9E3779B9, PAGES);
  }

  private static Map<String, String> decode(byte[] page) throws IOException {
    var in = new DataInputStream(new ByteArrayInputStream(page));
    Map<String, String> entries = new TreeMap<>();
    for (int left = in.readUnsignedShort(); left > 0; left--) {
      entries.put(in.readUTF(), in.readUTF());
    }
    return entries;
  }

  private static byte[] encode(Map<String, String> entries, int pageBytes) throws IOException {
    var bytes = new ByteArrayOutputStream(pageBytes);
    var out = new DataOutputStream(bytes);
    out.writeShort(entries.size());
    for (Map.Entry<String, String> entry : entries.entrySet()) {
      out.writeUTF(entry.getKey());
      out.writeUTF(entry.getValue());
    }
    if (bytes.size() > pageBytes) {
      throw new IOException("keys and values of one page exceed " + pageBytes + " bytes");
    }
    return java.util.Arrays.copyOf(bytes.toByteArray(), pageBytes);
  }

  /** {@code STORE put KEY VALUE}, {@code STORE get KEY} or {@code STORE remove KEY}. */
  public static void main(String[] args) throws IOException {
    var concurrency = new ThreadConcurrency(InstantSource.system());
    var ids = new RandomIdSource(new SecureRandom());
    Path store = Files.createDirectories(Path.of(args[0]));
    Path name = store.resolve("volume-of-keys");
    try (Remote remote = new FolderRemotes().open("folder:" + store.resolve("store"), Map.of())) {
      if (!Files.exists(name)) {
        VolumeId fresh = ids.newVolumeId();
        remote.createVolume(new CreateVolume(fresh, PageSize.DEFAULT));
        Files.writeString(name, fresh.toString());
      }
      VolumeId volume = VolumeId.parse(Files.readString(name));
      try (Replica replica =
          Replica.open(ReplicaOptions.inMemory(remote, volume, concurrency, ids))) {
        KeyValueStore keys = new KeyValueStore(replica);
        switch (args[1]) {
          case "put" -> keys.put(args[2], args[3]);
          case "remove" -> keys.remove(args[2]);
          default -> System.out.println(keys.get(args[2]).orElse("(nothing)"));
        }
      }
    }
  }
}
