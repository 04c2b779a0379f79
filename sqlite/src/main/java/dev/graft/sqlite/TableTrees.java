package dev.graft.sqlite;

import dev.graft.client.Snapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The interior pages of tables that a connection has come through, as a map from rows to leaf
 * pages. Reads only pages that are here. For one connection.
 */
final class TableTrees {
  /** The most interior pages remembered; the one that was of no use longest goes first. */
  private static final int MAX_NODES = 1024;

  private static final int MAX_DEPTH = 16;

  private final PageView pages;

  /** Pages that were interior when they were served; null until they are read again here. */
  private final Map<Long, @Nullable TableNode> nodes =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, @Nullable TableNode> eldest) {
          return size() > MAX_NODES;
        }
      };

  /** The snapshot that the parsed ones are of. */
  private long generation = Long.MIN_VALUE;

  /**
   * A way from the highest known page of a tree down to above a leaf.
   *
   * @param top the highest page
   * @param interiorLevels how many interior pages lie between top and leaf, top included
   */
  record Path(long top, int interiorLevels) {}

  TableTrees(PageView pages) {
    this.pages = pages;
  }

  /** Remembers an interior page of a table. */
  void served(long page) {
    nodes.putIfAbsent(page, null);
  }

  /** Forgets all. */
  void clear() {
    nodes.clear();
  }

  /** The way to a leaf page through pages that were served; null when its parent was not. */
  @Nullable Path pathTo(Snapshot snapshot, long leaf) {
    if (snapshot.generation() != generation) {
      generation = snapshot.generation();
      nodes.replaceAll((page, node) -> null);
    }
    long top = leaf;
    int levels = 0;
    while (levels < MAX_DEPTH) {
      TableNode parent = parentOf(snapshot, top);
      if (parent == null) {
        break;
      }
      top = parent.page();
      levels++;
    }
    return levels == 0 ? null : new Path(top, levels);
  }

  private @Nullable TableNode parentOf(Snapshot snapshot, long child) {
    List<Long> served = new ArrayList<>(nodes.keySet());
    for (Long page : served.reversed()) {
      TableNode node = node(snapshot, page);
      if (node != null && node.page() != child && node.hasChild(child)) {
        return node;
      }
    }
    return null;
  }

  /** The leaf page where a row lies or would lie; 0 when a page on the way is not here. */
  long leafOf(Snapshot snapshot, Path path, long row) {
    long at = path.top();
    for (int level = 0; level < path.interiorLevels(); level++) {
      TableNode node = node(snapshot, at);
      if (node == null) {
        return 0;
      }
      at = node.childOf(row);
    }
    return at;
  }

  private @Nullable TableNode node(Snapshot snapshot, long page) {
    TableNode known = nodes.get(page);
    if (known == null) {
      byte[] bytes = pages.readIfHere(snapshot, page);
      known = bytes == null ? null : TableNode.parse(bytes, pages.usableBytes(), page);
      if (known != null) {
        nodes.put(page, known);
      } else {
        nodes.remove(page);
      }
    }
    return known;
  }
}
