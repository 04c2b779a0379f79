package dev.graft.sqlite;

import dev.graft.client.Hydrated;
import dev.graft.client.Progress;
import dev.graft.client.Snapshot;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.page.PageSet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The pragmas that bring pages before they are read. Doing them twice does no more than once. */
final class PrefetchVerbs {
  private PrefetchVerbs() {}

  /** Orders a table's or an index's pages; does not wait for them. */
  static String prefetch(Snapshot snapshot, @Nullable String name) {
    if (name == null || name.isBlank()) {
      throw new GraftException.Misuse(
          "graft_prefetch wants the name of a table or an index: PRAGMA graft_prefetch('orders')");
    }
    PageSet pages = SqliteTrees.of(snapshot).pagesOf(name);
    long[] here = {0};
    pages.forEach(page -> here[0] += snapshot.isHere(page) ? 1 : 0);
    snapshot.prefetch(pages);
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("name", name);
    members.put("pages", pages.cardinality());
    members.put("pagesHere", here[0]);
    return JsonText.object(members);
  }

  /** Brings all pages, or a table's or an index's, and waits for them. */
  static String hydrate(Snapshot snapshot, @Nullable String name) {
    Hydrated hydrated =
        name == null || name.isBlank()
            ? snapshot.hydrate(Progress.NONE)
            : snapshot.hydrate(SqliteTrees.of(snapshot).pagesOf(name), Progress.NONE);
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("bytesFetched", hydrated.bytesFetched());
    members.put("bytesHere", hydrated.bytesHere());
    members.put("reads", hydrated.reads());
    return JsonText.object(members);
  }
}
