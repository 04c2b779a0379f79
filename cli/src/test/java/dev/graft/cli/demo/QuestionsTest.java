package dev.graft.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.cli.demo.Question.Picked;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

class QuestionsTest {
  private static Connection database(String... statements) throws SQLException {
    Connection db = DriverManager.getConnection("jdbc:sqlite::memory:");
    try (Statement statement = db.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
    return db;
  }

  private static Question asked(Picked picked) {
    assertThat(picked).isInstanceOf(Picked.Asked.class);
    return ((Picked.Asked) picked).question();
  }

  private static String none(Picked picked) {
    assertThat(picked).isInstanceOf(Picked.None.class);
    return ((Picked.None) picked).reason();
  }

  @Test
  void of_emptyDatabase_hasNoQuestionAndSaysWhy() throws SQLException {
    try (Connection db = database()) {
      Questions questions = Questions.of(db);
      assertThat(none(questions.rowid())).contains("no table with rowids");
      assertThat(none(questions.index())).contains("no secondary index");
      assertThat(none(questions.join())).contains("no foreign key");
    }
  }

  @Test
  void of_oneTableWithoutIndexes_asksForItsMiddleRow() throws SQLException {
    try (Connection db =
        database(
            "CREATE TABLE t(a TEXT)",
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 101)"
                + " INSERT INTO t(rowid, a) SELECT i * 10, 'x' || i FROM n")) {
      Questions questions = Questions.of(db);
      Question rowid = asked(questions.rowid());
      assertThat(rowid.arguments()).containsExactly(510);
      assertThat(Answer.of(db, rowid).rows()).isEqualTo(1);
      assertThat(none(questions.index())).isNotEmpty();
      assertThat(none(questions.join())).isNotEmpty();
    }
  }

  @Test
  void of_oddNamesAndHiddenRowids_areQuotedAndGoneRound() throws SQLException {
    try (Connection db =
        database(
            "CREATE TABLE \"a \"\"b\"(\"rowid\" TEXT, \"select\" TEXT COLLATE NOCASE)",
            "CREATE INDEX \"i x\" ON \"a \"\"b\"(\"select\" DESC, \"rowid\")",
            "INSERT INTO \"a \"\"b\" VALUES('1','p'),('2','q'),(NULL,NULL)")) {
      Questions questions = Questions.of(db);
      assertThat(asked(questions.rowid()).sql()).contains("_rowid_");
      assertThat(Answer.of(db, asked(questions.rowid())).rows()).isEqualTo(1);
      assertThat(Answer.of(db, asked(questions.index())).rows()).isEqualTo(1);
    }
  }

  @Test
  void of_tableWithoutRowid_isNoRowidTableButMayBeginAJoin() throws SQLException {
    try (Connection db =
        database(
            "CREATE TABLE p(id TEXT PRIMARY KEY) WITHOUT ROWID",
            "CREATE TABLE c(k TEXT, n INT, p TEXT REFERENCES p, PRIMARY KEY(k, n)) WITHOUT ROWID",
            "INSERT INTO p VALUES('a')",
            "INSERT INTO c VALUES('x', 1, 'a'),('x', 2, NULL)")) {
      Questions questions = Questions.of(db);
      assertThat(none(questions.rowid())).isNotEmpty();
      assertThat(none(questions.index())).isNotEmpty();
      assertThat(asked(questions.join()).arguments()).containsExactly("x", 2);
      assertThat(Answer.of(db, asked(questions.join())).rows()).isEqualTo(1);
    }
  }

  @Test
  void of_longChainWithACycle_joinsAtMostFiveTables() throws SQLException {
    try (Connection db =
        database(
            "CREATE TABLE a(id INTEGER PRIMARY KEY, b INT REFERENCES b)",
            "CREATE TABLE b(id INTEGER PRIMARY KEY, c INT REFERENCES c)",
            "CREATE TABLE c(id INTEGER PRIMARY KEY, d INT REFERENCES d)",
            "CREATE TABLE d(id INTEGER PRIMARY KEY, e INT REFERENCES e)",
            "CREATE TABLE e(id INTEGER PRIMARY KEY, f INT REFERENCES f, e INT REFERENCES e)",
            "CREATE TABLE f(id INTEGER PRIMARY KEY, a INT REFERENCES a, g INT REFERENCES gone)",
            "INSERT INTO a VALUES(1, 1)",
            "INSERT INTO b VALUES(1, 1)",
            "INSERT INTO c VALUES(1, 1)")) {
      Question join = asked(Questions.of(db).join());
      assertThat(join.sql()).contains("AS t5").doesNotContain("AS t6");
      assertThat(Answer.of(db, join).rows()).isEqualTo(1);
    }
  }

  @Test
  void of_partialAndExpressionIndexes_areLeftOut() throws SQLException {
    try (Connection db =
        database(
            "CREATE TABLE t(a INT, b INT)",
            "CREATE INDEX partial ON t(a) WHERE a > 1",
            "CREATE INDEX expression ON t(a + b)",
            "INSERT INTO t VALUES(1, 2),(3, 4)")) {
      assertThat(none(Questions.of(db).index())).isNotEmpty();
    }
  }

  @Test
  void of_virtualTablesAndViews_areLeftOut() throws SQLException {
    try (Connection db =
        database(
            "CREATE VIRTUAL TABLE v USING fts5(body)",
            "INSERT INTO v VALUES('some words')",
            "CREATE VIEW w AS SELECT 1")) {
      assertThat(none(Questions.of(db).rowid())).isNotEmpty();
    }
  }
}
