package dev.graft.sqlite;

import dev.graft.protocol.page.PageSize;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Walks the schema and all trees of a database, reading interior pages and one leaf a tree. Visits
 * no page twice and no more than a limit, so that a damaged file can neither trap nor stop it: what
 * makes no sense is left out.
 */
final class HotPageWalk {
  private static final int MAX_PAGES = 1 << 20;
  private static final int MAX_DEPTH = 40;

  /** A larger table of statistics is left to be fetched when it is asked for. */
  private static final int MAX_STATISTICS_PAGES = 64;

  /** The tables that SQLite reads whole, with the schema, before it plans the first statement. */
  private static final byte[] STATISTICS = "sqlite_stat".getBytes(StandardCharsets.US_ASCII);

  /** Enough of a schema row to know its root page: two names of the longest usual kind. */
  private static final int MAX_SCHEMA_PREFIX = 1 << 16;

  private final PageSource source;
  private final long pageCount;
  private final int usable;
  private final byte[] page;
  private final LongSet seen = new LongSet();

  HotPageWalk(PageSource source, PageSize pageSize, int reservedBytes, long pageCount) {
    this.source = source;
    this.pageCount = pageCount;
    this.usable = pageSize.bytes() - reservedBytes;
    this.page = new byte[pageSize.bytes()];
  }

  HotPages walk() throws IOException {
    if (!visit(1)) {
      return HotPages.NONE;
    }
    List<Long> schema = new ArrayList<>();
    List<Long> roots = new ArrayList<>();
    walkSchema(1, 0, schema, roots);
    List<long[]> levels = new ArrayList<>();
    levels.add(new long[] {1});
    levels.add(ascending(schema));
    levels.add(ascending(roots));
    addInteriorLevels(roots, levels);
    return new HotPages(levels);
  }

  /** Every page of the schema's own tree is read when a connection opens, its leaves included. */
  private void walkSchema(long at, int depth, List<Long> schema, List<Long> roots)
      throws IOException {
    BTreePage tree = load(at);
    if (tree == null || depth > MAX_DEPTH) {
      return;
    }
    if (tree.isInterior()) {
      for (long child : unseenChildren(tree)) {
        schema.add(child);
        walkSchema(child, depth + 1, schema, roots);
      }
    } else if (tree.type() == BTreePage.LEAF_TABLE) {
      List<BTreePage.TableCell> cells = new ArrayList<>();
      for (int i = 0; i < tree.cellCount(); i++) {
        BTreePage.TableCell cell = tree.tableCell(i);
        if (cell != null) {
          cells.add(cell);
        }
      }
      for (BTreePage.TableCell cell : cells) {
        byte[] row = withOverflow(cell, schema);
        long root = rootPage(row);
        if (root > 0 && visit(root)) {
          roots.add(root);
          if (isStatistics(row)) {
            addStatistics(root, schema);
          }
        }
      }
    }
  }

  /** The leaves of a table of statistics that is not too large. */
  private void addStatistics(long root, List<Long> schema) throws IOException {
    BTreePage tree = load(root);
    if (tree != null && tree.isInterior() && tree.cellCount() < MAX_STATISTICS_PAGES) {
      List<Long> children = new ArrayList<>();
      tree.forEachChild(children::add);
      BTreePage last = load(children.getLast());
      if (last != null && !last.isInterior()) {
        schema.addAll(children.stream().filter(this::visit).toList());
      }
    }
  }

  /** The payload of a schema row, with its overflow pages, which count as pages of the schema. */
  private byte[] withOverflow(BTreePage.TableCell cell, List<Long> schema) throws IOException {
    byte[] payload = cell.local();
    long left = cell.payloadLength() - payload.length;
    long at = cell.overflow();
    while (left > 0 && visit(at) && source.read(at, page)) {
      schema.add(at);
      int length = (int) Math.min(left, usable - 4);
      if (payload.length < MAX_SCHEMA_PREFIX) {
        payload = Arrays.copyOf(payload, payload.length + length);
        System.arraycopy(page, 4, payload, payload.length - length, length);
      }
      left -= length;
      at =
          (page[0] & 0xFFL) << 24 | (page[1] & 0xFF) << 16 | (page[2] & 0xFF) << 8 | page[3] & 0xFF;
    }
    return payload;
  }

  /** The fourth column of a row of sqlite_schema (type, name, tbl_name, rootpage, sql), or 0. */
  static long rootPage(byte[] record) {
    long[] types = types(record);
    long column = column(record, types, 3);
    int length = types[3] >= 1 && types[3] <= 6 ? (int) contentBytes(types[3]) : 0;
    if (length == 0) {
      return types[3] == 9 ? 1 : 0;
    }
    if (column < 0 || column > record.length - length) {
      return 0;
    }
    long value = 0;
    for (int i = 0; i < length; i++) {
      value = value << 8 | record[(int) column + i] & 0xFF;
    }
    return value;
  }

  /** Whether the row's second column, the name, begins as those of tables of statistics do. */
  static boolean isStatistics(byte[] record) {
    long[] types = types(record);
    long name = column(record, types, 1);
    return contentBytes(types[1]) >= STATISTICS.length
        && name >= 0
        && name <= record.length - STATISTICS.length
        && Arrays.equals(
            record, (int) name, (int) name + STATISTICS.length, STATISTICS, 0, STATISTICS.length);
  }

  /** The serial types of the first four columns. */
  static long[] types(byte[] record) {
    int at = BTreePage.Varint.read(record, 0, record.length).next();
    long[] types = new long[4];
    for (int i = 0; i < types.length; i++) {
      BTreePage.Varint type = BTreePage.Varint.read(record, at, record.length);
      types[i] = type.value();
      at = type.next();
    }
    return types;
  }

  /** Where a column's content begins. */
  static long column(byte[] record, long[] types, int number) {
    long at = BTreePage.Varint.read(record, 0, record.length).value();
    for (int i = 0; i < number; i++) {
      at += contentBytes(types[i]);
    }
    return at;
  }

  /** How long the content of a column of a serial type is. */
  static long contentBytes(long type) {
    if (type >= 12) {
      return (type - 12) / 2;
    }
    return type == 5 ? 6 : type == 6 || type == 7 ? 8 : type <= 4 ? type : 0;
  }

  private void addInteriorLevels(List<Long> roots, List<long[]> levels) throws IOException {
    List<Long> parents = new ArrayList<>();
    for (long root : roots) {
      BTreePage tree = load(root);
      if (tree != null && tree.isInterior()) {
        parents.add(root);
      }
    }
    for (int depth = 0; depth < MAX_DEPTH && !parents.isEmpty(); depth++) {
      List<Long> level = new ArrayList<>();
      for (long parent : ascending(parents)) {
        level.addAll(interiorChildren(parent));
      }
      if (!level.isEmpty()) {
        levels.add(ascending(level));
      }
      parents = level;
    }
  }

  /** All leaves of a tree lie equally deep, so one child tells of which kind all of them are. */
  private List<Long> interiorChildren(long parent) throws IOException {
    BTreePage tree = load(parent);
    if (tree == null || !tree.isInterior()) {
      return List.of();
    }
    List<Long> children = new ArrayList<>();
    tree.forEachChild(children::add);
    BTreePage last = load(children.getLast());
    return last != null && last.isInterior()
        ? children.stream().filter(this::visit).toList()
        : List.of();
  }

  private List<Long> unseenChildren(BTreePage tree) {
    List<Long> children = new ArrayList<>();
    tree.forEachChild(child -> {
      if (visit(child)) {
        children.add(child);
      }
    });
    return children;
  }

  private boolean visit(long at) {
    return at >= 1 && at <= pageCount && seen.size() < MAX_PAGES && seen.add(at);
  }

  private @Nullable BTreePage load(long at) throws IOException {
    return at >= 1 && at <= pageCount && source.read(at, page)
        ? new BTreePage(page, usable, at)
        : null;
  }

  private static long[] ascending(List<Long> pages) {
    return pages.stream().mapToLong(Long::longValue).sorted().toArray();
  }
}
