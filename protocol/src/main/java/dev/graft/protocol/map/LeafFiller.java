package dev.graft.protocol.map;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Collects a leaf in any order and sorts it at the end. Owned by one thread. */
final class LeafFiller {
  private record Named(FrameRef ref, boolean hot) {}

  private final int window;
  private final long firstPage;
  private final long lastPage;
  private final List<Named> frames = new ArrayList<>();

  /** First page's low bits, last page's, and the place in {@link #frames} or cleared: in threes. */
  private int[] runs = new int[12];

  private int used;

  LeafFiller(int window) {
    if (window < 0 || window > Leaf.MAX_WINDOW) {
      throw new GraftException.Misuse("window " + window + " is not in 0.." + Leaf.MAX_WINDOW);
    }
    this.window = window;
    this.firstPage = Math.max(1, (long) window << 16);
    this.lastPage = (long) window << 16 | 0xFFFF;
  }

  void frame(FrameRef ref, boolean hot) {
    frames.add(new Named(ref, hot));
  }

  void live(long first, long last) {
    if (frames.isEmpty()) {
      throw new GraftException.Misuse("name a frame before its pages");
    }
    add(first, last, frames.size() - 1);
  }

  void clear(long first, long last) {
    add(first, last, Leaf.CLEARED);
  }

  private void add(long first, long last, int frame) {
    if (first < 1 || first > last) {
      throw new GraftException.Misuse("there are no pages " + first + ".." + last);
    }
    if (first > lastPage || last < firstPage) {
      return;
    }
    if (used == runs.length) {
      runs = Arrays.copyOf(runs, used * 2);
    }
    runs[used++] = (int) (Math.max(first, firstPage) & 0xFFFF);
    runs[used++] = (int) (Math.min(last, lastPage) & 0xFFFF);
    runs[used++] = frame;
  }

  Leaf build() {
    int[] ordinals = new int[frames.size()];
    FrameTable table = table(ordinals);
    int[] order =
        IntStream.range(0, used / 3)
            .boxed()
            .sorted(Comparator.comparingInt(i -> runs[3 * i]))
            .mapToInt(Integer::intValue)
            .toArray();
    Extents.Builder extents = new Extents.Builder(order.length);
    int next = 0;
    for (int i : order) {
      int first = runs[3 * i];
      if (first < next) {
        throw new GraftException.Misuse(
            "page " + (((long) window << 16) + first) + " is mentioned twice in one leaf");
      }
      int frame = runs[3 * i + 2];
      extents.add(first, runs[3 * i + 1], frame < 0 ? frame : ordinals[frame]);
      next = runs[3 * i + 1] + 1;
    }
    return Leaf.of(window, table, extents.build());
  }

  /** The sorted table; tells for each named frame where it is in it. */
  private FrameTable table(int[] ordinals) {
    List<Integer> sorted = new ArrayList<>(IntStream.range(0, frames.size()).boxed().toList());
    sorted.sort(
        Comparator.comparing((Integer i) -> frames.get(i).ref().owner(), OwnerTable.ORDER)
            .thenComparing(i -> frames.get(i).ref().number()));
    List<Named> distinct = new ArrayList<>();
    for (int i : sorted) {
      Named named = frames.get(i);
      Named previous = distinct.isEmpty() ? null : distinct.getLast();
      if (!named.equals(previous)) {
        distinct.add(named);
      }
      ordinals[i] = distinct.size() - 1;
    }
    return columns(distinct);
  }

  private static FrameTable columns(List<Named> sorted) {
    int size = sorted.size();
    List<FrameOwner> owners = new ArrayList<>();
    int[] owner = new int[size];
    int[] number = new int[size];
    int[] offsetBytes = new int[size];
    int[] lengthBytes = new int[size];
    boolean[] hot = new boolean[size];
    for (int i = 0; i < size; i++) {
      FrameRef ref = sorted.get(i).ref();
      if (owners.isEmpty() || !owners.getLast().equals(ref.owner())) {
        owners.add(ref.owner());
      }
      owner[i] = owners.size() - 1;
      number[i] = ref.number();
      offsetBytes[i] = (int) ref.offsetBytes();
      lengthBytes[i] = ref.lengthBytes();
      hot[i] = sorted.get(i).hot();
    }
    return new FrameTable(
        owners.toArray(FrameOwner[]::new), owner, number, offsetBytes, lengthBytes, hot);
  }
}
