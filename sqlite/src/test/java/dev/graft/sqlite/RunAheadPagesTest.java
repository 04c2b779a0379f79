package dev.graft.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Index leaves and interior pages as run-ahead reads them: real ones, and damaged ones. */
final class RunAheadPagesTest {
  private static final int PAGE = 1024;

  @TempDir Path folder;

  private List<byte[]> pages() throws SQLException, IOException {
    Path file = folder.resolve("t.db");
    try (Connection plain = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = plain.createStatement()) {
      statement.execute("pragma page_size=" + PAGE);
      statement.execute("create table t(id integer primary key, k text, g integer)");
      // Keys of 0 to 700 bytes: some spill to overflow pages.
      statement.execute(
          "insert into t with recursive n(i) as (select 1 union all select i + 1 from n where"
              + " i < 5000) select i * 3, case when i % 50 = 0 then 'k' || i || hex(zeroblob(350)) else 'k' || i"
              + " end, i % 40 from n");
      statement.execute("create index by_k on t(k)");
      statement.execute("create index by_g on t(g)");
    }
    byte[] bytes = Files.readAllBytes(file);
    List<byte[]> pages = new ArrayList<>();
    for (int at = 0; at < bytes.length; at += PAGE) {
      pages.add(Arrays.copyOfRange(bytes, at, at + PAGE));
    }
    return pages;
  }

  @Test
  void parse_allIndexLeaves_namesEveryRowThatALeafHolds() throws SQLException, IOException {
    long entries = 0;
    long unread = 0;
    long equalKeys = 0;
    List<byte[]> pages = pages();
    for (int i = 1; i < pages.size(); i++) {
      IndexLeaf leaf = IndexLeaf.parse(pages.get(i), PAGE, i + 1);
      for (int entry = 0; leaf != null && entry < leaf.size(); entry++) {
        long row = leaf.row(entry);
        entries++;
        if (row == IndexLeaf.NO_ROW) {
          unread++;
        } else {
          assertThat(row % 3).isZero();
          assertThat(row).isBetween(3L, 15_000L);
        }
        equalKeys += leaf.sameGroup(entry, entry - 1) ? 1 : 0;
      }
    }
    // Two indexes of 5,000 rows, less the entries that stand in interior pages.
    assertThat(entries).isBetween(9_000L, 10_000L);
    // Keys that spill keep their row in an overflow page.
    assertThat(unread).isBetween(1L, 100L);
    assertThat(equalKeys).isBetween(4_000L, 5_000L);
  }

  @Test
  void childOf_everyRow_isTheLeafThatHoldsIt() throws SQLException, IOException {
    List<byte[]> pages = pages();
    List<TableNode> nodes = new ArrayList<>();
    for (int i = 1; i < pages.size(); i++) {
      TableNode node = TableNode.parse(pages.get(i), PAGE, i + 1);
      if (node != null) {
        nodes.add(node);
      }
    }
    assertThat(nodes).isNotEmpty();
    TableNode root =
        nodes.stream()
            .filter(node -> nodes.stream().noneMatch(other -> other.hasChild(node.page())))
            .findFirst()
            .orElseThrow();
    for (long row = 3; row <= 15_000; row += 3) {
      long at = root.page();
      TableNode node = root;
      while (node != null) {
        at = node.childOf(row);
        long child = at;
        node = nodes.stream().filter(each -> each.page() == child).findFirst().orElse(null);
      }
      BTreePage leaf = new BTreePage(pages.get((int) at - 1), PAGE, at);
      assertThat(leaf.type()).isEqualTo(BTreePage.LEAF_TABLE);
      assertThat(rows(pages.get((int) at - 1), leaf)).contains(row);
    }
  }

  private static List<Long> rows(byte[] bytes, BTreePage leaf) {
    List<Long> rows = new ArrayList<>();
    for (int i = 0; i < leaf.cellCount(); i++) {
      var length = BTreePage.Varint.read(bytes, leaf.cellAt(i, 8), PAGE);
      rows.add(BTreePage.Varint.read(bytes, length.next(), PAGE).value());
    }
    return rows;
  }

  @Test
  void parse_damagedPagesAndNoise_neverFails() throws SQLException, IOException {
    List<byte[]> pages = pages();
    long seed = 4711;
    Random random = new Random(seed);
    int parsed = 0;
    for (int i = 0; i < 60_000; i++) {
      byte[] page = pages.get(1 + random.nextInt(pages.size() - 1)).clone();
      if (i % 10 == 0) {
        random.nextBytes(page);
        page[0] = (byte) (random.nextBoolean() ? 10 : 5);
      }
      for (int damage = random.nextInt(8); damage > 0; damage--) {
        page[random.nextInt(damage % 2 == 0 ? 40 : PAGE)] = (byte) random.nextInt();
      }
      int usable = PAGE - random.nextInt(64);
      IndexLeaf leaf = IndexLeaf.parse(page, usable, 2);
      TableNode node = TableNode.parse(page, usable, 2);
      parsed += leaf != null || node != null ? 1 : 0;
      if (node != null) {
        assertThat(node.hasChild(node.childOf(random.nextLong()))).isTrue();
      }
    }
    assertThat(parsed).describedAs("seed %d", seed).isGreaterThan(1_000);
  }

  @Test
  void ofHeader_nonsense_isNoDatabase() {
    byte[] header = new byte[100];
    assertThat(PageView.of(header)).isNull();
    System.arraycopy(
        "SQLite format 3\0".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, header, 0, 16);
    assertThat(PageView.of(header)).isNull();
    header[16] = 16;
    PageView view = PageView.of(header);
    assertThat(view).isNotNull();
    assertThat(java.util.Objects.requireNonNull(view).pageBytes()).isEqualTo(4096);
  }
}
