package dev.graft.cli;

import dev.graft.sqlite.DatabaseDiff;
import dev.graft.sqlite.RowChanges;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Tells what two snapshots of a database differ in. */
final class DatabaseDiffText {
  /** Rows that are named on a line; JSON names all. */
  private static final int MOST_NAMED = 20;

  private DatabaseDiffText() {}

  static void tell(DatabaseDiff diff, List<String> lines, Map<String, @Nullable Object> object) {
    List<Object> parts = new ArrayList<>();
    int width = diff.parts().stream().mapToInt(part -> what(part).length()).max().orElse(0);
    for (DatabaseDiff.Part part : diff.parts()) {
      lines.add(
          String.format(
                  Locale.ROOT,
                  "  %-" + width + "s  %,d page%s%s%s",
                  what(part),
                  part.pages(),
                  part.pages() == 1 ? "" : "s",
                  fate(part),
                  part.rows().map(DatabaseDiffText::counts).orElse(""))
              .stripTrailing());
      part.rows().ifPresent(rows -> name(rows, lines));
      parts.add(object(part));
    }
    object.put("databasePageSize", diff.pageBytes());
    object.put("parts", parts);
  }

  private static String what(DatabaseDiff.Part part) {
    return switch (part.kind()) {
      case TABLE -> "table " + part.name();
      case INDEX -> "index " + part.name() + " of " + part.table();
      case SCHEMA -> "schema";
      case FREE -> "free pages";
      case POINTER_MAP -> "pointer map";
      case OTHER -> "not known whose";
    };
  }

  private static String fate(DatabaseDiff.Part part) {
    return switch (part.fate()) {
      case CHANGED -> "";
      case ADDED -> ", new";
      case DROPPED -> ", dropped";
    };
  }

  private static String counts(RowChanges rows) {
    return String.format(
        Locale.ROOT,
        "; rows: %,d added, %,d removed, %,d changed",
        rows.added().size(),
        rows.removed().size(),
        rows.changed().size());
  }

  private static void name(RowChanges rows, List<String> lines) {
    name("+", rows.added(), lines);
    name("-", rows.removed(), lines);
    name("~", rows.changed(), lines);
  }

  private static void name(String sign, List<Long> rowids, List<String> lines) {
    if (!rowids.isEmpty()) {
      lines.add(
          "    "
              + sign
              + " "
              + rowids.stream()
                  .limit(MOST_NAMED)
                  .map(String::valueOf)
                  .collect(Collectors.joining(", "))
              + (rowids.size() > MOST_NAMED
                  ? String.format(Locale.ROOT, " and %,d more", rowids.size() - MOST_NAMED)
                  : ""));
    }
  }

  private static Map<String, @Nullable Object> object(DatabaseDiff.Part part) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("kind", part.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    object.put("name", part.name());
    if (!part.table().isEmpty()) {
      object.put("table", part.table());
    }
    object.put("fate", part.fate().name().toLowerCase(Locale.ROOT));
    object.put("pages", part.pages());
    part.rows()
        .ifPresent(rows -> {
          object.put("rowsAdded", rows.added());
          object.put("rowsRemoved", rows.removed());
          object.put("rowsChanged", rows.changed());
        });
    return object;
  }
}
