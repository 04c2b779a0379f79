package dev.graft.bench.cold;

import com.github.luben.zstd.Zstd;
import dev.graft.cli.Importer;
import dev.graft.cli.JsonText;
import dev.graft.cli.SourceDatabase;
import dev.graft.cli.demo.LocalStore;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.remote.CreateVolume;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * A process that imports a database, then lets the codec alone compress a part of the same bytes,
 * and tells both speeds and its own peak memory as one line of JSON. Arguments: the database, the
 * store's folder, a folder for scratch.
 */
final class ImportChild {
  private static final int LEVEL = 3;
  private static final int FRAME_BYTES = 128 << 10;
  private static final long CODEC_BYTES = 512L << 20;

  private ImportChild() {}

  public static void main(String[] args) throws Exception {
    ThreadConcurrency concurrency = new ThreadConcurrency(InstantSource.system());
    SecureRandom random = new SecureRandom();
    RandomIdSource ids = new RandomIdSource(random);
    VolumeId volume = ids.newVolumeId();
    Path file = Path.of(args[0]);
    Map<String, @Nullable Object> told = new LinkedHashMap<>();
    try (SourceDatabase source = SourceDatabase.open(file, Path.of(args[2]));
        LocalStore store = LocalStore.near(Path.of(args[1]), concurrency, ids, random)) {
      long began = System.nanoTime();
      store.remote().createVolume(new CreateVolume(volume, source.shape().pageSize()));
      Importer.bring(
          store.remote(), volume, concurrency, ids, source, "measured", (done, total) -> {});
      double seconds = (System.nanoTime() - began) / 1e9;
      long raw = source.shape().bytes();
      told.put("volume", volume.toString());
      told.put("rawBytes", raw);
      told.put("storedBytes", store.counts().bytesWritten());
      told.put("seconds", seconds);
      told.put("megabytesPerSecond", raw / 1e6 / seconds);
      told.put("peakBytes", peakBytes());
    }
    told.put("codecOneThread", codecMegabytesPerSecond(file, 1));
    int cores = Runtime.getRuntime().availableProcessors();
    told.put("cores", (long) cores);
    told.put("codecAllCores", codecMegabytesPerSecond(file, cores));
    System.out.println(JsonText.compact(told));
  }

  /** The most memory that this process ever had, as the kernel counts it. */
  private static long peakBytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM:")) {
        return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    return -1;
  }

  /** The speed of the codec alone on chunks spread over the file; reading is not counted. */
  private static double codecMegabytesPerSecond(Path file, int threads) throws Exception {
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<double[]>> parts = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int part = i;
        parts.add(pool.submit(() -> codec(file, part, threads)));
      }
      double speed = 0;
      for (Future<double[]> part : parts) {
        speed += part.get()[0] / part.get()[1];
      }
      return speed / 1e6;
    }
  }

  /** The bytes that one thread compressed, and the seconds that it took. */
  private static double[] codec(Path file, int part, int parts) throws IOException {
    byte[] raw = new byte[FRAME_BYTES];
    byte[] target = new byte[(int) Zstd.compressBound(FRAME_BYTES)];
    long bytes = 0;
    long nanos = 0;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long chunks = channel.size() / FRAME_BYTES;
      long step = Math.max(1, chunks * FRAME_BYTES / CODEC_BYTES) * parts;
      for (long chunk = part; chunk < chunks; chunk += step) {
        ByteBuffer buffer = ByteBuffer.wrap(raw);
        while (buffer.hasRemaining()
            && channel.read(buffer, chunk * FRAME_BYTES + buffer.position()) >= 0) {}
        long began = System.nanoTime();
        long length = Zstd.compressByteArray(target, 0, target.length, raw, 0, raw.length, LEVEL);
        nanos += System.nanoTime() - began;
        if (Zstd.isError(length)) {
          throw new IOException(Zstd.getErrorName(length));
        }
        bytes += FRAME_BYTES;
      }
    }
    return new double[] {bytes, nanos / 1e9};
  }
}
