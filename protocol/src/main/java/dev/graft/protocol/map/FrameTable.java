package dev.graft.protocol.map;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;
import java.util.Arrays;

/**
 * Frames in columns, sorted by owner and number, each once; owners sorted, each used. Equal
 * contents are equal arrays. Immutable.
 */
final class FrameTable {
  /** No leaf names more frames: each has a page of its own. */
  static final int MAX_FRAMES = 65_536;

  static final FrameTable EMPTY =
      new FrameTable(
          new FrameOwner[0], new int[0], new int[0], new int[0], new int[0], new boolean[0]);

  final FrameOwner[] owners;

  /** Index into {@link #owners}. */
  final int[] owner;

  final int[] number;
  final int[] offsetBytes;
  final int[] lengthBytes;
  final boolean[] hot;

  /** Takes the arrays over and checks them. */
  FrameTable(
      FrameOwner[] owners,
      int[] owner,
      int[] number,
      int[] offsetBytes,
      int[] lengthBytes,
      boolean[] hot) {
    this.owners = owners;
    this.owner = owner;
    this.number = number;
    this.offsetBytes = offsetBytes;
    this.lengthBytes = lengthBytes;
    this.hot = hot;
    check();
  }

  private void check() {
    for (int i = 1; i < owners.length; i++) {
      if (OwnerTable.ORDER.compare(owners[i - 1], owners[i]) >= 0) {
        throw new GraftException.Misuse("frame owner " + owners[i] + " is out of order");
      }
    }
    int usedOwners = 0;
    for (int i = 0; i < owner.length; i++) {
      boolean sameOwner = i > 0 && owner[i] == owner[i - 1];
      if (!sameOwner && owner[i] != usedOwners++) {
        throw new GraftException.Misuse("frame " + i + " of a leaf has its owner out of order");
      }
      if (lengthBytes[i] <= 0
          || offsetBytes[i] < 0
          || offsetBytes[i] > FrameRef.MAX_OBJECT_BYTES - lengthBytes[i]
          || number[i] < 0
          || number[i] >= FrameRef.MAX_FRAMES) {
        throw new GraftException.Misuse("frame " + i + " of a leaf lies where none can be");
      }
      if (sameOwner
          && (number[i] <= number[i - 1]
              || offsetBytes[i] < offsetBytes[i - 1] + lengthBytes[i - 1])) {
        throw new GraftException.Misuse(
            "frames " + ref(i - 1) + " and " + ref(i) + " are out of order or overlap");
      }
    }
    if (usedOwners != owners.length || owner.length > MAX_FRAMES) {
      throw new GraftException.Misuse(
          owner.length + " frames of " + owners.length + " owners cannot be in one leaf");
    }
  }

  int size() {
    return owner.length;
  }

  FrameRef ref(int i) {
    return new FrameRef(owners[owner[i]], number[i], offsetBytes[i], lengthBytes[i]);
  }

  /** Two tables as one, and where the frames of each are in it. */
  record Union(FrameTable table, int[] ofNewer, int[] ofOlder) {}

  /**
   * All frames of both; a frame that both name is there once.
   *
   * @throws GraftException.Misuse when they tell different things about one frame
   */
  static Union union(FrameTable newer, FrameTable older) {
    OwnerTable.Union owners = OwnerTable.union(newer.owners, older.owners);
    Filler out = new Filler(newer.size() + older.size());
    int[] ofNewer = new int[newer.size()];
    int[] ofOlder = new int[older.size()];
    int i = 0;
    int j = 0;
    while (i < newer.size() || j < older.size()) {
      int order = order(newer, i, owners.ofNewer(), older, j, owners.ofOlder());
      if (order == 0 && !newer.ref(i).equals(older.ref(j))) {
        throw new GraftException.Misuse(
            "one frame lies both at " + newer.ref(i) + " and at " + older.ref(j));
      }
      if (order <= 0) {
        ofNewer[i] = out.size;
        out.add(newer, i, owners.ofNewer()[newer.owner[i]]);
        i++;
      }
      if (order >= 0) {
        ofOlder[j] = order == 0 ? out.size - 1 : out.size;
        if (order > 0) {
          out.add(older, j, owners.ofOlder()[older.owner[j]]);
        }
        j++;
      }
    }
    return new Union(out.build(owners.owners()), ofNewer, ofOlder);
  }

  private static int order(FrameTable a, int i, int[] ownersA, FrameTable b, int j, int[] ownersB) {
    if (i == a.size()) {
      return 1;
    }
    if (j == b.size()) {
      return -1;
    }
    int byOwner = Integer.compare(ownersA[a.owner[i]], ownersB[b.owner[j]]);
    return byOwner != 0 ? byOwner : Integer.compare(a.number[i], b.number[j]);
  }

  /** The frames for which {@code newOrdinals} is not negative; it must count them up from 0. */
  FrameTable retained(int[] newOrdinals) {
    Filler out = new Filler(size());
    int[] newOwners = new int[owners.length];
    FrameOwner[] kept = new FrameOwner[owners.length];
    Arrays.fill(newOwners, -1);
    int keptOwners = 0;
    for (int i = 0; i < size(); i++) {
      if (newOrdinals[i] >= 0) {
        if (newOwners[owner[i]] < 0) {
          kept[keptOwners] = owners[owner[i]];
          newOwners[owner[i]] = keptOwners++;
        }
        out.add(this, i, newOwners[owner[i]]);
      }
    }
    return out.build(Arrays.copyOf(kept, keptOwners));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FrameTable that
        && Arrays.equals(owners, that.owners)
        && Arrays.equals(owner, that.owner)
        && Arrays.equals(number, that.number)
        && Arrays.equals(offsetBytes, that.offsetBytes)
        && Arrays.equals(lengthBytes, that.lengthBytes)
        && Arrays.equals(hot, that.hot);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(offsetBytes) * 31 + Arrays.hashCode(lengthBytes);
  }

  /** Fills the columns from other tables. */
  private static final class Filler {
    private final int[] owner;
    private final int[] number;
    private final int[] offsetBytes;
    private final int[] lengthBytes;
    private final boolean[] hot;
    private int size;

    Filler(int capacity) {
      owner = new int[capacity];
      number = new int[capacity];
      offsetBytes = new int[capacity];
      lengthBytes = new int[capacity];
      hot = new boolean[capacity];
    }

    void add(FrameTable from, int i, int newOwner) {
      owner[size] = newOwner;
      number[size] = from.number[i];
      offsetBytes[size] = from.offsetBytes[i];
      lengthBytes[size] = from.lengthBytes[i];
      hot[size++] = from.hot[i];
    }

    FrameTable build(FrameOwner[] owners) {
      return new FrameTable(
          owners,
          Arrays.copyOf(owner, size),
          Arrays.copyOf(number, size),
          Arrays.copyOf(offsetBytes, size),
          Arrays.copyOf(lengthBytes, size),
          Arrays.copyOf(hot, size));
    }
  }
}
