package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.concurrency.Concurrency;
import dev.graft.engine.Doctor;
import dev.graft.engine.store.FileObjectStore;
import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.MemoryObjectStore;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.engine.store.PassingStore;
import dev.graft.engine.store.PutOutcome;
import dev.graft.protocol.id.VolumeId;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreCopyTest {
  @TempDir Path folder;

  private final Concurrency concurrency = VolumeSession.concurrency();
  private final MemoryObjectStore target = new MemoryObjectStore(concurrency);
  private FileObjectStore source;
  private VolumeId volume;

  @BeforeEach
  void make() {
    volume = OldVolume.make(folder);
    source = FileObjectStore.open(folder, concurrency);
  }

  private StoreCopy.Copied copy(ObjectStore from, ObjectStore to) throws InterruptedException {
    Progress none =
        new Progress(
            new PrintStream(OutputStream.nullOutputStream()), false, System::nanoTime, "", "");
    return new StoreCopy(
            new StoreCopy.Place(from, from, "from"),
            new StoreCopy.Place(to, to, "to"),
            concurrency,
            none)
        .run();
  }

  /** What is done to a store, seen before it is done. */
  private static final class Watched extends PassingStore {
    private final Consumer<ObjectKey> read;
    private final Consumer<ObjectKey> written;

    Watched(ObjectStore store, Consumer<ObjectKey> read, Consumer<ObjectKey> written) {
      super(store);
      this.read = read;
      this.written = written;
    }

    @Override
    public GetOutcome get(ObjectKey key, long offset, int maxBytes) {
      read.accept(key);
      return super.get(key, offset, maxBytes);
    }

    @Override
    public PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
      written.accept(key);
      return super.putIfAbsent(key, bytes, notAfter);
    }
  }

  private static boolean ofLog(ObjectKey key) {
    return key.value().matches(".*/(log|state)/.*");
  }

  @Test
  void commits_areWrittenLastTheOldestFirst() throws InterruptedException {
    List<ObjectKey> written = Collections.synchronizedList(new ArrayList<>());
    StoreCopy.Copied copied = copy(source, new Watched(target, _ -> {}, written::add));
    assertThat(copied.objects()).isEqualTo(written.size()).isGreaterThan(OldVolume.COMMITS);
    int first = 0;
    while (!ofLog(written.get(first))) {
      first++;
    }
    assertThat(first).isPositive();
    List<ObjectKey> log = written.subList(first, written.size());
    assertThat(log).allMatch(StoreCopyTest::ofLog);
    List<ObjectKey> commits = log.stream().filter(key -> key.value().contains("/log/")).toList();
    assertThat(commits).hasSize(OldVolume.COMMITS);
    // Sixteen are under way at one time.
    List<ObjectKey> oldestFirst = new ArrayList<>(commits);
    oldestFirst.sort(Collections.reverseOrder());
    for (int i = 0; i < commits.size(); i++) {
      assertThat(Math.abs(oldestFirst.indexOf(commits.get(i)) - i)).isLessThan(16);
    }
    assertSound(target);
  }

  private void assertSound(ObjectStore store) {
    Doctor doctor = new Doctor(store, store, concurrency);
    assertThat(doctor.volumes()).containsExactly(volume);
    assertThat(doctor.examine(volume, true, (_, _) -> {}).findings()).isEmpty();
  }

  @Test
  void copy_thatIsCutOffAnywhere_isCompletedByTheNext() throws InterruptedException {
    long all = copy(source, new MemoryObjectStore(concurrency)).objects();
    long went = 0;
    for (int cut = 1; cut < all; cut += 13) {
      MemoryObjectStore other = new MemoryObjectStore(concurrency);
      List<ObjectKey> written = Collections.synchronizedList(new ArrayList<>());
      int last = cut;
      ObjectStore failing =
          new Watched(
              other,
              _ -> {},
              key -> {
                written.add(key);
                if (written.size() > last) {
                  throw new IllegalStateException("cut");
                }
              });
      assertThatThrownBy(() -> copy(source, failing)).hasMessage("cut");
      StoreCopy.Copied rest = copy(source, other);
      assertThat(rest.objects() + rest.there()).isEqualTo(all);
      assertThat(rest.objects()).isPositive();
      assertSound(other);
      went++;
    }
    assertThat(went).isGreaterThan(3);
  }

  @Test
  void whatIsWrittenMeanwhile_isNotInTheCopyAndTheCopyIsWhole() throws InterruptedException {
    MemoryObjectStore busy = new MemoryObjectStore(concurrency);
    copy(source, busy);
    ObjectKey newest = busy.list("volumes/" + volume + "/log/", "", 1).getFirst();
    byte[] bytes = ((GetOutcome.Found) busy.get(newest, 0, Integer.MAX_VALUE)).bytes();
    busy.delete(newest);
    List<ObjectKey> landed = Collections.synchronizedList(new ArrayList<>());
    ObjectStore writing =
        new Watched(
            busy,
            key -> {
              if (!ofLog(key) && landed.isEmpty()) {
                landed.add(newest);
                busy.putIfAbsent(newest, bytes, Instant.MAX);
              }
            },
            _ -> {});
    copy(writing, target);
    assertThat(landed).isNotEmpty();
    assertThat(target.list("volumes/" + volume + "/log/", "", 1)).doesNotContain(newest);
    assertSound(target);
    assertThat(copy(writing, target).objects()).isEqualTo(1);
    assertSound(target);
  }

  @Test
  void object_thatIsRemovedMeanwhile_isTold() {
    ObjectKey oldest = source.list("volumes/" + volume + "/log/", "", 1_000).getLast();
    ObjectStore trimmed = new Watched(source, key -> remove(key, oldest), _ -> {});
    assertThatThrownBy(() -> copy(trimmed, target)).hasMessageContaining("give the command again");
  }

  private void remove(ObjectKey asked, ObjectKey oldest) {
    if (!ofLog(asked)) {
      source.delete(oldest);
    }
  }
}
