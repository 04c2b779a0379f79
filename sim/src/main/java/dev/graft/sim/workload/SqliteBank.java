package dev.graft.sim.workload;

import dev.graft.protocol.id.VolumeId;
import dev.graft.sim.judge.Event.Outcome;
import dev.graft.sim.world.Session;
import dev.graft.sim.world.SqlClient;
import dev.graft.sim.world.SqlClient.Done;
import dev.graft.sim.world.SqlClient.Link;
import dev.graft.sim.world.World;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;

/**
 * A bank in SQLite: transfers, withdrawals from pairs of accounts that allow them together, and a
 * journal of each client, over warm connections, to the store, merged, or local and pushed later.
 * Now and then the database goes back to what it was. Sums stay, no pair is overdrawn, each
 * transaction is in its journal once, and no page is damaged.
 */
public final class SqliteBank implements Workload {
  private static final int CLIENTS = 3;
  private static final int STEPS = 24;
  private static final int FOUNDATIONS = 5;
  private static final int LOOKS = 60;
  private static final int ACCOUNTS = 160;
  private static final int PAIRS = 12;
  private static final long START = 1_000;
  private static final long PAIR_START = 30;

  @Override
  public String name() {
    return "sqlite-bank";
  }

  /** How integrity_check tells, as a row, of a page that could not be had. */
  private static final String NOT_READ = "unable to get the page";

  /** What is known of the journal in the end. */
  private static final class Journal {
    private final Map<String, Done> entries = new HashMap<>();
    private boolean wentBack;
  }

  @Override
  public void play(World world) throws Exception {
    VolumeId volume = world.createVolume(StampedPages.SIZE);
    // SQLite's pages are mostly as large as the volume's; else each is eight of them.
    int pageBytes = StampedPages.SIZE.bytes() * (world.random().nextInt(4) == 0 ? 8 : 1);
    try (SqlClient founder = world.openSql("founder", volume)) {
      if (!isFounded(founder, pageBytes)) {
        // The world was too hard on the founder.
        return;
      }
    }
    Journal journal = new Journal();
    List<Callable<Boolean>> parts = new ArrayList<>();
    for (int i = 1; i <= CLIENTS; i++) {
      SplittableRandom random = world.random();
      int number = i;
      parts.add(() -> {
        try (SqlClient client = world.openSql("c" + number, volume)) {
          new Teller(world, client, number, random, journal).work();
          return true;
        }
      });
    }
    world.together(parts);
    try (SqlClient auditor = world.openSql("auditor", volume)) {
      audit(world, auditor, journal);
    }
  }

  /** Tries until it is, whoever is killed; whether it is in the store. */
  private static boolean isFounded(SqlClient founder, int pageBytes) throws SQLException {
    Link link = founder.link();
    Done done = Done.NOT;
    for (int tries = 1; tries <= FOUNDATIONS && done == Done.NOT; tries++) {
      try (Statement statement = founder.statement(link)) {
        statement.execute("pragma page_size=" + pageBytes);
      }
      done = founder.transact(link, "foundation" + tries, false, false, SqliteBank::found);
    }
    return done == Done.COMMITTED || founder.session().pull() > 0;
  }

  private static void found(Statement statement) throws SQLException {
    statement.execute("create table accounts(id integer primary key, balance, owner)");
    statement.execute("create table pairs(id integer primary key, balance, owner)");
    for (int client = 1; client <= CLIENTS; client++) {
      statement.execute("create table journal" + client + "(work text)");
    }
    for (int id = 0; id < ACCOUNTS; id++) {
      statement.execute("insert into accounts values(" + row(id, START));
    }
    for (int id = 0; id < 2 * PAIRS; id++) {
      statement.execute("insert into pairs values(" + row(id, PAIR_START));
    }
  }

  private static String row(int id, long balance) {
    return id + ", " + balance + ", '" + "o".repeat(90) + "')";
  }

  /** One client with two warm connections. */
  private static final class Teller {
    private final World world;
    private final SqlClient client;
    private final int number;
    private final SplittableRandom random;
    private final Journal journal;
    private final Link writer;
    private final Link reader;

    Teller(World world, SqlClient client, int number, SplittableRandom random, Journal journal) {
      this.world = world;
      this.client = client;
      this.number = number;
      this.random = random;
      this.journal = journal;
      this.writer = client.link();
      this.reader = client.link();
    }

    void work() {
      for (int step = 1; step <= STEPS; step++) {
        world.sim().pause(Duration.ofMillis(random.nextInt(200)));
        Session session = client.session();
        if (session.waiting() == 0 && random.nextInt(30) == 0 && session.pull() > 1) {
          journal.wentBack = true;
          session.revert("c" + number + "-back-" + step, 1 + random.nextLong(session.pull()));
        }
        step("c" + number + "-" + step);
        look();
        if (random.nextInt(3) == 0) {
          comeBack();
        }
      }
      for (int tries = 0; tries < 5 && client.session().waiting() > 0; tries++) {
        comeBack();
      }
    }

    private void step(String work) {
      boolean local = client.session().waiting() > 0 || random.nextInt(4) == 0;
      boolean merges = random.nextInt(3) > 0;
      boolean writesJournal = random.nextInt(4) == 0;
      int kind = random.nextInt(2);
      int one = random.nextInt(ACCOUNTS);
      int other = random.nextInt(ACCOUNTS);
      long amount = 1 + random.nextInt(40);
      Done done =
          client.transact(
              random.nextInt(20) == 0 ? reader : writer,
              work,
              local,
              merges,
              statement -> {
                if (kind == 0) {
                  withdraw(statement, one % PAIRS, one % 2, amount);
                } else {
                  transfer(statement, one, other, amount);
                }
                if (writesJournal) {
                  statement.execute("insert into journal" + number + " values('" + work + "')");
                }
              });
      if (writesJournal) {
        journal.entries.put(work, local && done == Done.COMMITTED ? Done.UNKNOWN : done);
      }
    }

    private static void transfer(Statement statement, int from, int to, long amount)
        throws SQLException {
      String balance = "select balance from accounts where id = ";
      long there = SqlClient.number(statement, balance + from);
      if (there >= amount && from != to) {
        add(statement, "accounts", from, -amount);
        add(statement, "accounts", to, amount);
      } else {
        add(statement, "accounts", from, 0);
      }
    }

    private void withdraw(Statement statement, int pair, int which, long amount)
        throws SQLException {
      long sum =
          SqlClient.number(
              statement,
              "select sum(balance) from pairs where id in (" + pair + ", " + (pair + PAIRS) + ")");
      if (sum < 0) {
        world.claim(false, "pair " + pair + " has " + sum);
      }
      add(statement, "pairs", pair + which * PAIRS, sum >= amount ? -amount : amount);
    }

    private static void add(Statement statement, String table, int id, long amount)
        throws SQLException {
      statement.execute(
          "update " + table + " set balance = balance + " + amount + " where id = " + id);
    }

    /** What a warm connection sees. */
    private void look() {
      // What a connection has read is in the read set of its next transaction, too.
      Link link = random.nextInt(8) == 0 ? writer : reader;
      if (random.nextInt(6) == 0) {
        client.tellShown(link);
        return;
      }
      try (Statement statement = client.statement(link)) {
        int id = random.nextInt(ACCOUNTS);
        SqlClient.number(statement, "select balance from accounts where id = " + id);
        if (random.nextInt(8) == 0) {
          sums(world, statement);
        }
      } catch (SQLException e) {
        world.sim().note("not read: " + e.getMessage());
      }
    }

    private void comeBack() {
      Session session = client.session();
      if (session.waiting() > 0 && session.pushMerging().outcome() == Outcome.CONFLICT) {
        session.discard();
      }
      session.pull();
    }
  }

  private static void sums(World world, Statement statement) throws SQLException {
    long sum = SqlClient.number(statement, "select sum(balance) from accounts");
    world.claim(sum == ACCOUNTS * START, "the accounts' sum is " + sum);
    long overdrawn =
        SqlClient.number(
            statement,
            "select count(*) from (select sum(balance) s from pairs group by id % "
                + PAIRS
                + ") where s < 0");
    world.claim(overdrawn == 0, overdrawn + " pairs are overdrawn");
  }

  private static void audit(World world, SqlClient auditor, Journal journal) throws SQLException {
    Link link = auditor.link();
    for (int tries = 1; ; tries++) {
      try (Statement statement = auditor.statement(link)) {
        sums(world, statement);
        try (ResultSet rows = statement.executeQuery("pragma integrity_check")) {
          String told = rows.next() ? rows.getString(1) : "nothing";
          if (told.contains(NOT_READ)) {
            throw new SQLException(told);
          }
          world.claim(told.equals("ok"), "integrity_check says " + told);
        }
        for (Map.Entry<String, Done> entry : journal.entries.entrySet()) {
          entry(world, statement, entry.getKey(), entry.getValue(), journal.wentBack);
        }
        auditor.tellShown(link);
        return;
      } catch (SQLException e) {
        if (tries == LOOKS) {
          throw e;
        }
        world.sim().pause(Duration.ofSeconds(1));
      }
    }
  }

  private static void entry(
      World world, Statement statement, String work, Done done, boolean wentBack)
      throws SQLException {
    String table = "journal" + work.charAt(1);
    long found =
        SqlClient.number(
            statement, "select count(*) from " + table + " where work = '" + work + "'");
    boolean right =
        switch (done) {
          case COMMITTED -> found == 1 || (wentBack && found == 0);
          case NOT -> found == 0;
          case UNKNOWN -> found <= 1;
        };
    if (!right) {
      world.claim(false, work + " is " + done + " and stands " + found + " times in " + table);
    }
  }
}
