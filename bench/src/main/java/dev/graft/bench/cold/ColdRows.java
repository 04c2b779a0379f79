package dev.graft.bench.cold;

import dev.graft.cli.JsonText;
import dev.graft.cli.SourceDatabase;
import dev.graft.cli.demo.Answer;
import dev.graft.cli.demo.Question;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Imports a shop's database into a folder store, then asks its queries of replicas that have
 * nothing: each in a fresh JVM, on an empty folder, opening included, with a store whose every GET
 * takes 25 ms and every PUT 28 ms. Answers are compared with plain SQLite's on the file.
 */
public final class ColdRows {
  private static final String USAGE =
      "usage: bench/cold-rows FILE [--dir PATH] [--json]   (FILE: a shop's database with the tables"
          + " customers, addresses, categories, products, orders, order_items, reviews)";
  private static final double GIB = 1 << 30;

  private final Path work;
  private final boolean json;
  private final List<Object> told = new ArrayList<>();
  private int missed;

  private ColdRows(Path work, boolean json) {
    this.work = work;
    this.json = json;
  }

  /**
   * Runs all rows and prints them.
   *
   * @param args the file; see the usage
   */
  public static void main(String[] args) throws Exception {
    List<String> left = new ArrayList<>(List.of(args));
    boolean json = left.remove("--json");
    int dir = left.indexOf("--dir");
    Path home = Path.of(System.getProperty("java.io.tmpdir"));
    if (dir >= 0 && dir + 1 < left.size()) {
      home = Path.of(left.remove(dir + 1));
      left.remove(dir);
    }
    if (left.contains("--version")) {
      System.out.println("cold-rows");
      return;
    }
    if (left.size() != 1 || left.getFirst().startsWith("-")) {
      System.err.println(USAGE);
      System.exit(2);
    }
    Files.createDirectories(home);
    Path work = Files.createTempDirectory(home, "cold-rows-");
    try {
      ColdRows rows = new ColdRows(work, json);
      rows.run(Path.of(left.getFirst()));
      System.exit(rows.missed == 0 ? 0 : 1);
    } finally {
      remove(work);
    }
  }

  private void run(Path file) throws Exception {
    try (SourceDatabase source = SourceDatabase.open(file, work);
        Connection plain = SourceDatabase.connect(source.file())) {
      say(
          "%s: %,d pages of %s bytes, %,d bytes; one GET takes 25 ms, one PUT 28 ms; JDK %s, %d"
              + " cores%n",
          file.getFileName(),
          source.shape().pageCount(),
          source.shape().pageSize(),
          source.shape().bytes(),
          Runtime.version(),
          Runtime.getRuntime().availableProcessors());
      String volume = importRow(source.file());
      say(
          "| cold, opening included | requests | rounds | bytes | of the store: reads | ms | limit |");
      say("|---|---|---|---|---|---|---|");
      for (ColdRow row : ColdRow.of(plain)) {
        ask(plain, volume, row, row.question() != null);
        if (row.hotPagesLater()) {
          ask(plain, volume, row, false);
        }
      }
      scan(plain, volume);
    }
    if (json) {
      Map<String, @Nullable Object> all = new LinkedHashMap<>();
      all.put("rows", told);
      all.put("answersThatDiffer", (long) missed);
      System.out.println(JsonText.compact(all));
    }
  }

  private String importRow(Path file) throws IOException, InterruptedException {
    Child.Told child =
        Child.run(
            List.of("-Xmx512m"),
            ImportChild.class,
            List.of(file.toString(), store().toString(), work.toString()));
    long raw = child.number("rawBytes");
    double speed = child.fraction("megabytesPerSecond");
    say("| import, -Xmx512m | measured | limit |");
    say("|---|---|---|");
    say("| throughput | %.0f MB/s (%.1f s) | >= 100 MB/s |", speed, child.fraction("seconds"));
    say("| stored share | %.3f | <= 0.38 |", (double) child.number("storedBytes") / raw);
    say(
        "| share of the codec's own speed | %.2f of %s cores' %.0f MB/s (one core: %.0f MB/s) | |",
        speed / child.fraction("codecAllCores"),
        child.text("cores"),
        child.fraction("codecAllCores"),
        child.fraction("codecOneThread"));
    say(
        "| peak memory of the process | %.0f MB by the kernel, %.0f MB sampled | < 1,000 MB |%n",
        child.number("peakBytes") / 1e6, child.sampledPeakBytes() / 1e6);
    Map<String, @Nullable Object> row = new LinkedHashMap<>(child.values());
    row.put("name", "import");
    row.put("sampledPeakBytes", child.sampledPeakBytes());
    told.add(row);
    return child.text("volume");
  }

  private void ask(Connection plain, String volume, ColdRow row, boolean hot) throws Exception {
    Child.Told child = child(volume, row.question(), hot);
    boolean same = compare(plain, row, child);
    String name =
        row.name() + (hot || row.question() == null ? "" : ", without the hot pages' pack");
    boolean reached = row.maxRounds() == 0 || child.number("rounds") <= row.maxRounds();
    say(
        "| %s%s | %s | %s | %,d | %s (%s rounds) | %s | %s |",
        name,
        row.question() == null ? "" : String.format(Locale.ROOT, " (%s rows)", child.text("rows")),
        child.text("requests"),
        (hot || row.question() == null) && !reached
            ? "**" + child.text("rounds") + "**"
            : child.text("rounds"),
        child.number("bytes"),
        child.text("objectReads"),
        child.text("objectRounds"),
        child.text("milliseconds"),
        !same
            ? "**answer differs from plain SQLite's**"
            : hot || row.question() == null ? row.limits() : "");
    note(name, row, child, same);
  }

  private void scan(Connection plain, String volume) throws Exception {
    ColdRow row = ColdRow.scan();
    Child.Told child = child(volume, row.question(), true);
    boolean same = compare(plain, row, child);
    double gets = child.number("rangeReads") / (ColdRow.scannedBytes(plain) / GIB);
    say(
        "| full scan of all tables | %s | %s | %,d | %s; %.0f GETs per GiB, %s in flight | %s | %s |",
        child.text("requests"),
        child.text("rounds"),
        child.number("bytes"),
        child.text("objectReads"),
        gets,
        child.text("mostInFlight"),
        child.text("milliseconds"),
        same ? row.limits() : "**answer differs from plain SQLite's**");
    note(row.name(), row, child, same);
    say("%nKeys: taken from the middle of their tables, see ColdRow.java.");
    for (ColdRow asked : ColdRow.of(plain)) {
      Question question = asked.question();
      if (question != null) {
        say("- %s: `%s` %s", asked.name(), question.sql(), question.arguments());
      }
    }
  }

  private Child.Told child(String volume, @Nullable Question question, boolean hot)
      throws IOException, InterruptedException {
    Path replica = Files.createTempDirectory(work, "replica-");
    List<String> arguments =
        new ArrayList<>(
            List.of(store().toString(), volume, replica.toString(), hot ? "hot" : "bare"));
    if (question != null) {
      arguments.add(question.sql());
      question
          .arguments()
          .forEach(value -> arguments.add((value instanceof Number ? "n" : "t") + value));
    }
    try {
      return Child.run(Child.quickStart(), ColdChild.class, arguments);
    } finally {
      remove(replica);
    }
  }

  private boolean compare(Connection plain, ColdRow row, Child.Told child) throws Exception {
    if (row.question() == null) {
      return true;
    }
    boolean same = Answer.of(plain, row.question()).digest().equals(child.text("digest"));
    missed += same ? 0 : 1;
    return same;
  }

  private void note(String name, ColdRow row, Child.Told child, boolean same) {
    Map<String, @Nullable Object> one = new LinkedHashMap<>(child.values());
    one.put("name", name);
    one.put("limit", row.limits());
    one.put("sameAsPlainSqlite", same);
    told.add(one);
  }

  private Path store() {
    return work.resolve("store");
  }

  private void say(String format, Object... values) {
    if (!json) {
      System.out.println(String.format(Locale.ROOT, format, values));
    }
  }

  static void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
