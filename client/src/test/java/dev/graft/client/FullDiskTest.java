package dev.graft.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.protocol.page.PageSize;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A replica on a disk with room for a few frames, in a process and mount of its own. */
@Timeout(60)
final class FullDiskTest {
  private static final PageSize SIZE = PageSize.DEFAULT;

  @TempDir Path folder;

  private static Process start(List<String> command) throws IOException {
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  @Test
  void read_diskFills_goesOnInMemoryAndTellsIt() throws Exception {
    // A small disk of its own needs a mount namespace, which not every system lets users make.
    Process probe = start(List.of("unshare", "-rm", "true"));
    assumeTrue(probe.waitFor(20, TimeUnit.SECONDS) && probe.exitValue() == 0, "no unshare here");
    List<String> command = new ArrayList<>(List.of("unshare", "-rm", "sh", "-c"));
    command.add("mount -t tmpfs -o size=1m tmpfs \"$0\" && exec \"$@\"");
    command.add(folder.toString());
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(FullDiskTest.class.getName(), folder.toString()));
    Process process = start(command);
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said.lines())
        .contains(
            "all pages right", "refused some", "committed", "all right again", "reopened at 2");
  }

  private static boolean allRight(Snapshot snapshot) {
    for (int page = 1; page <= 800; page++) {
      if (!Arrays.equals(Pages.read(snapshot, page), Pages.of(SIZE, page))) {
        return false;
      }
    }
    return true;
  }

  /** What runs in the other process. */
  public static void main(String[] args) {
    Path folder = Path.of(args[0]).resolve("replica");
    try (var at = new Embedded(31, SIZE)) {
      try (Replica writer = at.open()) {
        ReplicaContract.fill(writer, 800);
      }
      try (Replica replica = Replica.open(at.options().on(folder));
          Snapshot snapshot = replica.snapshot()) {
        System.out.println(allRight(snapshot) ? "all pages right" : "wrong");
        System.out.println(replica.cacheStatus().refusedFrames() > 0 ? "refused some" : "none");
        // A commit needs no room here: what it wrote is fetched again when it is read.
        if (ReplicaContract.commit(replica, 5, 55) instanceof CommitResult.Committed) {
          System.out.println("committed");
        }
        System.out.println(allRight(snapshot) ? "all right again" : "wrong");
      }
      try (Replica again = Replica.open(at.options().on(folder))) {
        again.pull();
        System.out.println("reopened at " + again.status().position().lsn());
      }
    }
  }
}
