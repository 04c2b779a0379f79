package dev.graft.sqlite;

/**
 * What pages of a database belong to.
 *
 * @param kind of what kind it is
 * @param name of the table or index; empty for what has none
 * @param table whose index it is; empty unless it is one
 * @param root the page where it begins; 0 for what is no tree
 */
record Tree(DatabaseDiff.Kind kind, String name, String table, long root) {
  static final Tree SCHEMA = new Tree(DatabaseDiff.Kind.SCHEMA, "", "", 1);
  static final Tree FREE = new Tree(DatabaseDiff.Kind.FREE, "", "", 0);
  static final Tree POINTER_MAP = new Tree(DatabaseDiff.Kind.POINTER_MAP, "", "", 0);
  static final Tree OTHER = new Tree(DatabaseDiff.Kind.OTHER, "", "", 0);

  /** The same tree in another snapshot may begin elsewhere. */
  Tree anywhere() {
    return new Tree(kind, name, table, 0);
  }
}
