package dev.graft.localstack.edge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Objects in memory, with a note of every request. */
final class FakeOrigin implements ObjectOrigin {
  /** One request. */
  record Asked(String path, long offset, int maxBytes) {}

  final Map<String, byte[]> objects = new ConcurrentHashMap<>();
  final List<Asked> asked = new ArrayList<>();
  volatile boolean ignoresRanges;
  volatile boolean fails;

  /** Runs in the middle of every request. */
  volatile Runnable meanwhile = () -> {};

  @Override
  public OriginAnswer get(String path, long offset, int maxBytes) {
    synchronized (asked) {
      asked.add(new Asked(path, offset, maxBytes));
    }
    meanwhile.run();
    if (fails) {
      return new OriginAnswer.Failed(502, "as was asked for");
    }
    byte[] bytes = objects.get(path);
    if (bytes == null) {
      return new OriginAnswer.Missing();
    }
    if (ignoresRanges) {
      return new OriginAnswer.Whole(bytes);
    }
    int from = (int) Math.min(offset, bytes.length);
    int to = (int) Math.min(offset + maxBytes, bytes.length);
    return new OriginAnswer.Part(Arrays.copyOfRange(bytes, from, to), bytes.length);
  }
}
