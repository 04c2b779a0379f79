package dev.graft.sqlite;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.page.PageSize;
import java.io.IOException;
import java.util.Arrays;

/**
 * Arbitrary bytes as headers, pages, rows and files of SQLite: what makes no sense is left out, and
 * nothing fails but a header that is none. A plain test run plays the kept inputs; {@code
 * JAZZER_FUZZ=1} in the environment and {@code -Djazzer.hooks=true} look for new ones.
 */
class SqlitePagesFuzzTest {
  private static final int PAGE_BYTES = 512;
  private static final int[] RESERVED = {0, 32};
  private static final long[] PAGES = {1, 2};

  @FuzzTest(maxDuration = "60s")
  void header(byte[] bytes) {
    long told = SqliteHeader.toldBytes(bytes, bytes.length);
    require(told >= 0);
    if (bytes.length >= SqliteHeader.LENGTH) {
      FirstPage.show(bytes.clone(), 1, 2);
      FirstPage.toStored(bytes, bytes, 2);
    }
    try {
      SqliteHeader header = SqliteHeader.parse(bytes);
      require(header.pageSize().bytes() - header.reservedBytes() >= 480);
      require(PageView.of(bytes) != null);
    } catch (GraftException.Misuse expected) {
      require(told == bytes.length);
    }
  }

  @FuzzTest(maxDuration = "60s")
  void page(byte[] input) {
    byte[] bytes = Arrays.copyOf(input, PAGE_BYTES);
    for (int reserved : RESERVED) {
      for (long page : PAGES) {
        readsPage(bytes, PAGE_BYTES - reserved, page);
      }
    }
  }

  @FuzzTest(maxDuration = "60s")
  void row(byte[] record) {
    readsRow(record);
  }

  @FuzzTest(maxDuration = "60s")
  void file(byte[] bytes) throws IOException {
    long count = bytes.length / PAGE_BYTES;
    PageSource source =
        (page, target) -> {
          System.arraycopy(bytes, (int) (page - 1) * PAGE_BYTES, target, 0, PAGE_BYTES);
          return true;
        };
    HotPages hot = new HotPageWalk(source, new PageSize(PAGE_BYTES), 0, count).walk();
    for (long page : hot.ordered()) {
      require(page >= 1 && page <= count);
    }
  }

  private static void readsPage(byte[] bytes, int usable, long page) {
    BTreePage tree = new BTreePage(bytes, usable, page);
    tree.forEachChild(child -> require(child >= 0 && child <= 0xFFFF_FFFFL));
    for (int i = 0; i < tree.cellCount(); i++) {
      require(tree.overflowOf(i) >= 0);
      BTreePage.TableCell cell = tree.tableCell(i);
      if (cell != null) {
        require(cell.local().length <= cell.payloadLength() && cell.overflow() >= 0);
        readsRow(cell.local());
      }
      BTreePage.LocalPayload payload = tree.indexCell(i);
      require(payload == null || payload.at() + payload.length() <= usable);
    }
    TableNode node = TableNode.parse(bytes, usable, page);
    require(node == null || node.hasChild(node.childOf(Long.MIN_VALUE)));
    require(node == null || node.hasChild(node.childOf(Long.MAX_VALUE)));
    IndexLeaf leaf = IndexLeaf.parse(bytes, usable, page);
    require(leaf == null || leaf.size() == leaf.end() - leaf.begin());
  }

  private static void readsRow(byte[] record) {
    for (int encoding = 1; encoding <= 3; encoding++) {
      Tree tree = SchemaRow.parse(record, SchemaRow.encoding(encoding));
      require(tree == null || tree.root() >= 2);
      TreeEntry entry = TreeEntry.of(record, SchemaRow.encoding(encoding));
      require(entry.name().length() <= record.length);
    }
    HotPageWalk.isStatistics(record);
    SqliteRecord outline = SqliteRecord.parse(record, 0, record.length);
    if (outline != null) {
      outline.lastInteger(record);
      require(outline.firstColumnAt() + outline.firstColumnBytes() <= record.length);
    }
  }

  private static void require(boolean holds) {
    if (!holds) {
      throw new AssertionError("a page is read as what it cannot be");
    }
  }
}
