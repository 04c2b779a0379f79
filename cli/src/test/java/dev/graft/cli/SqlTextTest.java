package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SqlTextTest {
  @Test
  void cut_plainStatements_areCutAtSemicolons() {
    SqlText.Cut cut = SqlText.cut("SELECT 1; SELECT 2 ;\n;SELECT 3");
    assertThat(cut.statements()).containsExactly("SELECT 1", "SELECT 2");
    assertThat(cut.rest()).isEqualTo("SELECT 3");
  }

  @Test
  void cut_semicolonsInStringsNamesAndComments_stay() {
    String text = "SELECT ';' || \"a;b\" || [c;d] || `e;f` -- g;h\n /* i;j */ ;";
    SqlText.Cut cut = SqlText.cut(text);
    assertThat(cut.statements()).hasSize(1);
    assertThat(cut.rest()).isEmpty();
  }

  @Test
  void cut_nothingButComments_isNoStatement() {
    assertThat(SqlText.cut("SELECT 1; -- bye\n;/* and */ ; -- end\n;"))
        .isEqualTo(new SqlText.Cut(java.util.List.of("SELECT 1"), ""));
  }

  @Test
  void cut_doubledQuotes_stayInTheString() {
    assertThat(SqlText.cut("SELECT 'it''s; fine'; x").statements())
        .containsExactly("SELECT 'it''s; fine'");
  }

  @Test
  void cut_trigger_isCutAfterItsEnd() {
    String trigger =
        "CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN UPDATE b SET c = CASE WHEN 1 THEN 2 END;"
            + " DELETE FROM d; END";
    assertThat(SqlText.cut("CREATE TRIGGER t INSERT ON a BEGIN DELETE FROM d; END; SELECT 1;"))
        .isEqualTo(
            new SqlText.Cut(
                java.util.List.of(
                    "CREATE TRIGGER t INSERT ON a BEGIN DELETE FROM d; END", "SELECT 1"),
                ""));
    assertThat(SqlText.cut(trigger + ";").statements()).containsExactly(trigger);
  }

  @Test
  void cut_transactionEnd_isAStatement() {
    assertThat(SqlText.cut("BEGIN; INSERT INTO t VALUES(1); END;").statements())
        .containsExactly("BEGIN", "INSERT INTO t VALUES(1)", "END");
  }

  @Test
  void cut_openString_isAllRest() {
    SqlText.Cut cut = SqlText.cut("SELECT 'a; b");
    assertThat(cut.statements()).isEmpty();
    assertThat(cut.rest()).isEqualTo("SELECT 'a; b");
  }
}
