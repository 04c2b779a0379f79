package dev.graft.sim.workload;

import dev.graft.client.folder.RecordLog;
import dev.graft.sim.disk.Disk;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Bugs of a client's way to its disk. */
final class FlawedDisk {
  private static final int CHECKED_FROM = 8;

  private FlawedDisk() {}

  /** A call, which may go on to the disk. */
  private interface Call {
    @Nullable Object of(String method, Object[] arguments, Onward onward) throws Throwable;
  }

  /** The disk itself. */
  private interface Onward {
    @Nullable Object go() throws Throwable;
  }

  private static Disk wrapped(Disk disk, Call call) {
    return (Disk)
        Proxy.newProxyInstance(
            Disk.class.getClassLoader(),
            new Class<?>[] {Disk.class},
            (proxy, method, arguments) ->
                call.of(method.getName(), arguments, () -> call(method, disk, arguments)));
  }

  private static @Nullable Object call(Method method, Disk disk, Object[] arguments)
      throws Throwable {
    try {
      return method.invoke(disk, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  /** Takes what is with the system for what is on the disk. */
  static Disk neverSyncs(Disk disk) {
    return wrapped(
        disk, (method, arguments, onward) -> method.startsWith("sync") ? null : onward.go());
  }

  /** Puts a file in place of another before it is synced. */
  static Disk placesUnsynced(Disk disk) {
    Set<Disk.File> fresh = new HashSet<>();
    return wrapped(
        disk,
        (method, arguments, onward) -> {
          if (method.equals("sync") && fresh.contains(arguments[0])) {
            return null;
          }
          Object answer = onward.go();
          if (method.equals("create") && arguments[0].toString().endsWith(".new")) {
            fresh.add((Disk.File) Objects.requireNonNull(answer));
          }
          return answer;
        });
  }

  /** Takes a write that found no room for done. */
  static Disk fullIsWritten(Disk disk) {
    return wrapped(
        disk,
        (method, arguments, onward) -> {
          if (!method.equals("write")) {
            return onward.go();
          }
          try {
            onward.go();
          } catch (IOException e) {
            return ((byte[]) arguments[2]).length;
          }
          return ((byte[]) arguments[2]).length;
        });
  }

  /** Reads logs without a look at the checksums of their records. */
  static Disk believesRecords(Disk disk) {
    return wrapped(
        disk,
        (method, arguments, onward) -> {
          Object found = onward.go();
          boolean isLog = method.equals("find") && arguments[0].toString().endsWith("/log");
          if (isLog && found instanceof Disk.File log) {
            reseal(disk, log);
          }
          return found;
        });
  }

  /** Makes the checksums of all records right that are as long as they say. */
  private static void reseal(Disk disk, Disk.File log) throws IOException {
    byte[] all = disk.read(log, 0, (int) log.sizeBytes());
    ByteBuffer view = ByteBuffer.wrap(all);
    int at = RecordLog.START_BYTES;
    while (at + RecordLog.HEAD_BYTES < all.length) {
      int length = view.getInt(at);
      int end = at + RecordLog.HEAD_BYTES + length;
      if (length <= 0 || end > all.length || end < 0) {
        return;
      }
      CRC32C crc = new CRC32C();
      crc.update(all, at + CHECKED_FROM, end - at - CHECKED_FROM);
      byte[] right = ByteBuffer.allocate(Integer.BYTES).putInt((int) crc.getValue()).array();
      if (view.getInt(at + Integer.BYTES) != (int) crc.getValue()) {
        disk.write(log, at + Integer.BYTES, right);
      }
      at = end;
    }
  }

  /** Keeps what is written in the process. */
  static Disk keepsInProcess(Disk disk) {
    Map<Object, Buffered> files = new IdentityHashMap<>();
    return wrapped(
        disk,
        (method, arguments, onward) -> {
          if (arguments[0] instanceof Buffered file) {
            return file.call(method, arguments);
          }
          Object answer = onward.go();
          return answer instanceof Disk.File file
              ? files.computeIfAbsent(file, unknown -> new Buffered(disk, file))
              : answer;
        });
  }

  /** A file that is written to in memory only. */
  private static final class Buffered implements Disk.File {
    private byte[] bytes;

    Buffered(Disk disk, Disk.File file) {
      this.bytes = disk.read(file, 0, (int) file.sizeBytes());
    }

    @Override
    public long sizeBytes() {
      return bytes.length;
    }

    @Nullable Object call(String method, Object[] arguments) {
      switch (method) {
        case "read" -> {
          int at = Math.min(bytes.length, ((Long) arguments[1]).intValue());
          return Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + (Integer) arguments[2]));
        }
        case "write" -> {
          int at = ((Long) arguments[1]).intValue();
          byte[] source = (byte[]) arguments[2];
          bytes = Arrays.copyOf(bytes, Math.max(bytes.length, at + source.length));
          System.arraycopy(source, 0, bytes, at, source.length);
          return source.length;
        }
        case "resize" -> {
          bytes = Arrays.copyOf(bytes, ((Long) arguments[1]).intValue());
          return null;
        }
        default -> {
          return null;
        }
      }
    }
  }
}
