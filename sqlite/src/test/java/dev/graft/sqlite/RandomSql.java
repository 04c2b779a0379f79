package dev.graft.sqlite;

import java.util.Random;

/** Random statements over a few tables that come and go. They may fail, but each always alike. */
final class RandomSql {
  private static final String[] TABLES = {"a", "b", "c", "d"};
  private final Random random;

  RandomSql(Random random) {
    this.random = random;
  }

  String next() {
    String table = TABLES[random.nextInt(TABLES.length)];
    return switch (random.nextInt(16)) {
      case 0, 1, 2 -> create(table);
      case 3 -> random.nextInt(4) == 0 ? "drop table " + table : "delete from " + table;
      case 4 -> "create index if not exists i" + random.nextInt(6) + " on " + table + "(y, x)";
      case 5 -> "drop index if exists i" + random.nextInt(6);
      case 6 -> "alter table " + table + " add column c" + random.nextInt(3);
      case 7, 8 -> insertMany(table);
      case 9 -> "delete from " + table + " where x % 5 = " + random.nextInt(5);
      case 10 -> "update " + table + " set y = y || 'z' where x % 7 = " + random.nextInt(7);
      case 11 -> "update or ignore " + table + " set x = x + 1 where x > " + random.nextInt(500);
      case 12 -> "pragma incremental_vacuum(" + random.nextInt(9) + ")";
      case 13 -> "pragma user_version=" + random.nextInt(100);
      default -> insertOne(table);
    };
  }

  private String create(String table) {
    String columns =
        switch (random.nextInt(3)) {
          case 0 -> "(x integer primary key, y)";
          case 1 -> "(x primary key, y) without rowid";
          default -> "(x, y, unique(x))";
        };
    return "create table " + table + columns;
  }

  private String insertOne(String table) {
    int length = random.nextInt(5) == 0 ? random.nextInt(20_000) : random.nextInt(100);
    return "insert into "
        + table
        + "(x, y) values("
        + random.nextInt(1000)
        + ", '"
        + "v".repeat(length)
        + "')";
  }

  private String insertMany(String table) {
    int first = random.nextInt(1000);
    int rows = 1 + random.nextInt(300);
    return "insert or replace into "
        + table
        + "(x, y) with recursive n(i) as (select "
        + first
        + " union all select i+1 from n where i<"
        + (first + rows)
        + ") select i, printf('%0"
        + (1 + random.nextInt(150))
        + "d', i) from n";
  }
}
