package dev.graft.localstack.deployed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.auth.Grant;
import dev.graft.auth.KeyRing;
import dev.graft.auth.TokenMaker;
import dev.graft.auth.VolumeScope;
import dev.graft.client.Replica;
import dev.graft.client.ReplicaOptions;
import dev.graft.client.http.HeldTokens;
import dev.graft.client.http.HttpOptions;
import dev.graft.client.http.HttpRemote;
import dev.graft.client.http.RemoteAddress;
import dev.graft.client.http.UrlTransport;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.functions.service.Group;
import dev.graft.http.Action;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.s3.S3ObjectStore;
import dev.graft.sqlite.GraftDataSource;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The main job on what {@code cdklocal} deployed to LocalStack. Runs when functions, replica and
 * infra have been packaged (see the pom); one deployment serves all of it, so the order counts.
 */
@Tag("deployed")
@Timeout(600)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DeployedTest {
  private static final String FUNCTIONS = "/2015-03-31/functions/";
  private static final String URLS = "/2021-10-31/functions/";
  private static final Pattern VOLUME = Pattern.compile("vol-[0-9a-z]{26}");
  private static final long FUNCTION_TAKES = 1 << 20;
  private static final Duration ROLLUP_WITHIN = Duration.ofSeconds(60);

  /** What is asked of plain SQLite and of replicas; the answers have to be equal. */
  private static final List<String> QUESTIONS =
      List.of(
          "SELECT count(*), sum(id), sum(length(note)) FROM t",
          "SELECT id, name, hex(substr(note, 1, 8)) FROM t WHERE id BETWEEN 1000 AND 1012",
          "SELECT id FROM t WHERE name = 'name 1234'",
          "SELECT name, id FROM t ORDER BY name DESC LIMIT 7");

  @TempDir private static Path folder = Path.of("");

  private static @Nullable LocalDeployment deployment;
  private static @Nullable Deployed address;
  private static @Nullable VolumeId shop;

  private static final ThreadConcurrency CONCURRENCY =
      new ThreadConcurrency(InstantSource.system());
  private static final SecureRandom RANDOM = new SecureRandom();
  private static String token = "";

  @BeforeAll
  static void deploy() throws IOException, InterruptedException {
    Optional<String> obstacle = LocalDeployment.obstacle();
    if (obstacle.isPresent()) {
      System.err.println(obstacle.get());
      Assumptions.abort(obstacle.get());
    }
    LocalDeployment deployed = LocalDeployment.up(Path.of("target/deployed").toAbsolutePath());
    deployment = deployed;
    address = serve(Deployed.Ranges.FUNCTION);
    Grant all = Grant.of(VolumeScope.ALL, EnumSet.allOf(Action.class));
    token = new TokenMaker(keys(), RANDOM, CONCURRENCY).make(all, Duration.ofHours(1)).text();
  }

  @AfterAll
  static void takeDown() {
    if (address != null) {
      address.close();
    }
    if (deployment != null) {
      deployment.close();
    }
  }

  private static LocalDeployment deployment() {
    return Objects.requireNonNull(deployment);
  }

  private static KeyRing keys() throws IOException {
    return KeyRing.parse(Files.readString(deployment().folder().resolve("keys.json")));
  }

  private static Deployed serve(Deployed.Ranges ranges) throws IOException, InterruptedException {
    return Deployed.start(
        deployment().outputs(), deployment().endpoint(), keys(), ranges, 0, InstantSource.system());
  }

  private static HttpRemote remote(Deployed at) {
    return new HttpRemote(
        RemoteAddress.parse(at.address().toString(), false),
        new UrlTransport(CONCURRENCY),
        new HeldTokens(token),
        CONCURRENCY,
        RANDOM,
        HttpOptions.DEFAULT);
  }

  private static Replica cold(HttpRemote remote) {
    return Replica.open(
        ReplicaOptions.inMemory(
            remote, Objects.requireNonNull(shop), CONCURRENCY, new RandomIdSource(RANDOM)));
  }

  @Test
  @Order(1)
  void everyFunction_isOnJava25WithSnapStart_andHasVersionAliasAndUrl()
      throws IOException, InterruptedException {
    List<String> names = assertFunctions(6);
    assertThat(names)
        .anySatisfy(name -> assertThat(name).contains("Maintenance"))
        .anySatisfy(name -> assertThat(name).contains("Ranges"));
  }

  /** The functions there are, each with what SnapStart needs. */
  private static List<String> assertFunctions(int count) throws IOException, InterruptedException {
    List<String> names = new ArrayList<>();
    for (Map<String, Object> function : list(FUNCTIONS, "Functions")) {
      String name = String.valueOf(function.get("FunctionName"));
      names.add(name);
      assertThat(function.get("Runtime")).as(name).isEqualTo("java25");
      assertThat(function.get("Architectures")).as(name).isEqualTo(List.of("arm64"));
      assertThat(map(function.get("SnapStart")).get("ApplyOn"))
          .as(name)
          .isEqualTo("PublishedVersions");
      Map<String, Object> alias = deployment().lambda(FUNCTIONS + name + "/aliases/live");
      String version = String.valueOf(alias.get("FunctionVersion"));
      assertThat(version).as(name).matches("[0-9]+");
      assertThat(list(FUNCTIONS + name + "/versions", "Versions"))
          .as(name)
          .anySatisfy(published -> {
            assertThat(published.get("Version")).isEqualTo(version);
            assertThat(published.get("Runtime")).isEqualTo("java25");
            assertThat(map(published.get("SnapStart")))
                .containsEntry("ApplyOn", "PublishedVersions")
                .containsEntry("OptimizationStatus", "On");
          });
      if (!name.contains("Maintenance")) {
        Map<String, Object> url = deployment().lambda(URLS + name + "/url?Qualifier=live");
        assertThat(url.get("AuthType")).as(name).isEqualTo("AWS_IAM");
        assertThat(String.valueOf(url.get("FunctionUrl"))).contains(".lambda-url.");
      }
    }
    assertThat(names).hasSize(count);
    return names;
  }

  @Test
  @Order(2)
  void import_overTheFunctionUrls_thenAColdReplica_answersAsPlainSqlite()
      throws IOException, InterruptedException, SQLException {
    Deployed at = Objects.requireNonNull(address);
    makeShop();
    String said = graft(at, "import", "shop.db", "shop", "--remote", at.address().toString());
    Matcher volume = VOLUME.matcher(said);
    assertThat(volume.find()).as(said).isTrue();
    shop = VolumeId.parse(volume.group());
    assertThat(graft(at, "sql", "shop", "SELECT name FROM t WHERE id = 2999", "--format", "csv"))
        .contains("name 2999");

    try (S3ObjectStore store = bucket()) {
      // More than a function takes: it came by a presigned PUT, which LocalStack holds to its
      // signature.
      assertThat(store.list("volumes/" + shop + "/segments/", "", 10))
          .anySatisfy(segment ->
              assertThat(store.get(segment, 0, 1))
                  .isInstanceOfSatisfying(
                      GetOutcome.Found.class,
                      found -> assertThat(found.totalBytes()).isGreaterThan(FUNCTION_TAKES)));
    }

    long ranges = at.functions().requests(Group.RANGES);
    assertAnswersAsPlainSqlite(at);
    assertThat(at.functions().requests(Group.RANGES)).isGreaterThan(ranges);
    assertThat(at.functions().requests(Group.COMMIT)).isPositive();
  }

  @Test
  @Order(3)
  void ranges_straightFromTheBucket_areTheSameAndReachNoFunction()
      throws IOException, InterruptedException, SQLException {
    try (Deployed at = serve(Deployed.Ranges.S3)) {
      long before = at.functions().requests(Group.RANGES);
      assertAnswersAsPlainSqlite(at);
      assertThat(at.functions().requests(Group.RANGES)).isEqualTo(before);
      assertThat(at.functions().requests(Group.CHANGES)).isPositive();
    }
  }

  /** What the functions keep everything in. */
  private static S3ObjectStore bucket() throws IOException {
    return Deployed.bucket(deployment().outputs(), deployment().endpoint(), CONCURRENCY);
  }

  private static void assertAnswersAsPlainSqlite(Deployed at) throws SQLException {
    try (HttpRemote remote = remote(at);
        Replica replica = cold(remote);
        GraftDataSource database = GraftDataSource.over(replica);
        Connection here = database.getConnection();
        Connection plain =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("shop.db"))) {
      for (String question : QUESTIONS) {
        List<List<String>> expected = rows(plain, question);
        assertThat(expected).as(question).isNotEmpty();
        assertThat(rows(here, question)).as(question).isEqualTo(expected);
      }
    }
  }

  @Test
  @Order(4)
  void secondWriter_isRefused_andAfterAPullItsWorkLands() throws SQLException {
    Deployed at = Objects.requireNonNull(address);
    try (HttpRemote remote = remote(at);
        Replica first = cold(remote);
        Replica second = cold(remote);
        GraftDataSource firstSource = GraftDataSource.over(first);
        GraftDataSource secondSource = GraftDataSource.over(second);
        Connection one = firstSource.getConnection();
        Connection other = secondSource.getConnection()) {
      run(one, "UPDATE t SET name = 'first' WHERE id = 1");
      assertThatThrownBy(() -> run(other, "UPDATE t SET name = 'second' WHERE id = 1"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("BUSY");
      second.pull();
      assertThat(rows(other, "SELECT name FROM t WHERE id = 1"))
          .isEqualTo(List.of(List.of("first")));
      run(other, "UPDATE t SET name = 'second' WHERE id = 1");
      first.pull();
      assertThat(rows(one, "SELECT name FROM t WHERE id = 1"))
          .isEqualTo(List.of(List.of("second")));
    }
  }

  @Test
  @Order(5)
  void thirtyTwoCommits_haveMaintenanceInvokedWhichMakesARollup()
      throws SQLException, InterruptedException, IOException {
    Deployed at = Objects.requireNonNull(address);
    Lsn head;
    try (HttpRemote remote = remote(at);
        Replica replica = cold(remote);
        GraftDataSource source = GraftDataSource.over(replica);
        Connection db = source.getConnection()) {
      for (int i = 0; i < 32; i++) {
        run(db, "UPDATE t SET name = 'name " + i + "' WHERE id = 2");
      }
      head = replica.log(1).head().lsn();
    }
    assertThat(head.value()).isGreaterThan(32);
    Instant deadline = CONCURRENCY.instant().plus(ROLLUP_WITHIN);
    try (S3ObjectStore store = bucket()) {
      List<ObjectKey> rollups = List.of();
      while (rollups.isEmpty() && CONCURRENCY.instant().isBefore(deadline)) {
        rollups = store.list("volumes/" + shop + "/derived/", "", 10);
        CONCURRENCY.sleepUntil(CONCURRENCY.instant().plusMillis(200));
      }
      assertThat(rollups).isNotEmpty();
    }
  }

  @Test
  @Order(6)
  void replica_atItsUrl_answersSql_andReadsWhatAnotherClientWrote()
      throws IOException, InterruptedException, SQLException {
    Deployed at = Objects.requireNonNull(address);
    deployment().script("replica", Objects.requireNonNull(shop).toString());
    assertFunctions(7);
    HttpResponse<String> counted = deployment().query("{\"sql\":\"SELECT count(*) FROM t\"}");
    assertThat(counted.statusCode()).as(counted.body()).isEqualTo(200);
    assertThat(counted.body()).contains("\"rows\":[[3000]]");

    try (HttpRemote remote = remote(at);
        Replica replica = cold(remote);
        GraftDataSource source = GraftDataSource.over(replica);
        Connection db = source.getConnection()) {
      long before = replica.log(1).head().lsn().value();
      run(db, "UPDATE t SET name = 'read what you wrote' WHERE id = 3");
      long written = replica.log(1).head().lsn().value();
      assertThat(written).isEqualTo(before + 1);
      String question = "{\"sql\":\"SELECT name FROM t WHERE id = 3\",";
      // However old a snapshot may be: this one holds the commit.
      HttpResponse<String> mine =
          deployment()
              .query(question + "\"minFreshness\":3600000,\"atLeast\":\"" + written + "\"}");
      assertThat(mine.body())
          .contains("\"rows\":[[\"read what you wrote\"]]", "\"lsn\":\"" + written + "\"");
      HttpResponse<String> past = deployment().query(question + "\"at\":\"" + before + "\"}");
      assertThat(past.body()).contains("\"rows\":[[\"name 3\"]]", "\"lsn\":\"" + before + "\"");
    }
    HttpResponse<String> writes = deployment().query("{\"sql\":\"DELETE FROM t\"}");
    assertThat(writes.statusCode()).isEqualTo(400);
  }

  /** 3,000 rows; more than a megabyte of them is random, so that a segment goes past functions. */
  private static void makeShop() throws SQLException {
    try (Connection db = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("shop.db"));
        Statement statement = db.createStatement()) {
      statement.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, note BLOB)");
      statement.execute(
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
              + " INSERT INTO t SELECT i, 'name ' || i, randomblob(500) FROM n");
      statement.execute("CREATE INDEX names ON t(name)");
    }
  }

  /** The command in a process of its own, with the token; what it printed. */
  private static String graft(Deployed at, String... arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.graft.cli.Main"));
    command.addAll(List.of(arguments));
    Path printed = folder.resolve("graft.log");
    ProcessBuilder process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile());
    process.environment().put("GRAFT_TOKEN", token);
    int code = process.start().waitFor();
    String said = Files.readString(printed);
    assertThat(code).as("%s at %s: %s", List.of(arguments), at.address(), said).isZero();
    return said;
  }

  private static void run(Connection db, String sql) throws SQLException {
    try (Statement statement = db.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  private static List<List<String>> rows(Connection db, String sql) throws SQLException {
    List<List<String>> rows = new ArrayList<>();
    try (Statement statement = db.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          row.add(String.valueOf(result.getString(i)));
        }
        rows.add(row);
      }
    }
    return rows;
  }

  private static List<Map<String, Object>> list(String path, String member)
      throws IOException, InterruptedException {
    List<Map<String, Object>> items = new ArrayList<>();
    for (Object item : (List<?>) Objects.requireNonNull(deployment().lambda(path).get(member))) {
      items.add(map(item));
    }
    return items;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(@Nullable Object value) {
    return (Map<String, Object>) Objects.requireNonNull(value);
  }
}
