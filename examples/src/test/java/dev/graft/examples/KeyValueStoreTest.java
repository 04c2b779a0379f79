package dev.graft.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.graft.client.RemoteProvider;
import dev.graft.client.Replica;
import dev.graft.client.ReplicaOptions;
import dev.graft.client.count.CountingRemote;
import dev.graft.client.count.Counts;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.protocol.remote.Remote;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The example does what it says. */
@Timeout(60)
final class KeyValueStoreTest {
  private final ThreadConcurrency concurrency = new ThreadConcurrency(InstantSource.system());
  private final RandomIdSource ids = new RandomIdSource(new Random(1));
  private final VolumeId volume = ids.newVolumeId();

  @TempDir Path folder;

  private CountingRemote remote;

  @BeforeEach
  void makeVolume() {
    remote = new CountingRemote(remote("folder:" + folder));
    remote.createVolume(new CreateVolume(volume, PageSize.DEFAULT));
  }

  @AfterEach
  void close() {
    remote.close();
  }

  private static Remote remote(String address) {
    return ServiceLoader.load(RemoteProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.accepts(address))
        .findFirst()
        .orElseThrow()
        .open(address, Map.of());
  }

  private Replica open() {
    return Replica.open(ReplicaOptions.inMemory(remote, volume, concurrency, ids));
  }

  @Test
  void putGetRemove_actOnOneKey() throws IOException {
    try (Replica replica = open()) {
      var keys = new KeyValueStore(replica);
      keys.put("one", "1");
      keys.put("two", "2");
      keys.put("one", "I");
      keys.remove("two");
      assertThat(keys.get("one")).contains("I");
      assertThat(keys.get("two")).isEmpty();
      assertThat(keys.get("three")).isEmpty();
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> keys.put("x", "y".repeat(5000)));
    }
  }

  @Test
  void putsOfTwo_areCommittedOneAfterTheOther_andNoneIsLost() throws IOException {
    try (Replica first = open();
        Replica second = open()) {
      var mine = new KeyValueStore(first);
      var theirs = new KeyValueStore(second);
      for (int i = 0; i < 20; i++) {
        mine.put("mine " + i, "a" + i);
        theirs.put("theirs " + i, "b" + i);
      }
      // The second was behind each time, learned of it by a conflict, and did its work again.
      assertThat(remote.counts().commits()).isGreaterThan(40);
      mine.refresh();
      for (int i = 0; i < 20; i++) {
        assertThat(mine.get("theirs " + i)).contains("b" + i);
        assertThat(theirs.get("mine " + i)).contains("a" + i);
      }
    }
  }

  @Test
  void coldGet_fetchesItsPageAlone() throws IOException {
    try (Replica replica = open()) {
      var keys = new KeyValueStore(replica);
      for (int i = 0; i < 200; i++) {
        keys.put("key " + i, "value ".repeat(200) + i);
      }
    }
    Counts before = remote.counts();
    try (Replica cold = open()) {
      assertThat(new KeyValueStore(cold).get("key 77").orElseThrow()).endsWith("value 77");
    }
    Counts cost = remote.counts().minus(before);
    assertThat(cost.requests()).isLessThanOrEqualTo(3);
    assertThat(cost.bytesIn()).isLessThan(200_000);
  }

  @Test
  void main_keepsWhatItIsTold() throws IOException {
    String store = folder.resolve("keys").toString();
    KeyValueStore.main(new String[] {store, "put", "capital", "Warszawa"});
    PrintStream before = System.out;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
    try {
      KeyValueStore.main(new String[] {store, "get", "capital"});
    } finally {
      System.setOut(before);
    }
    assertThat(said.toString(StandardCharsets.UTF_8).strip()).isEqualTo("Warszawa");
  }
}
