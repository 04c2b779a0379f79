package dev.graft.cli.demo;

import dev.graft.cli.Failure;
import dev.graft.cli.Importer;
import dev.graft.cli.Progress;
import dev.graft.cli.SourceDatabase;
import dev.graft.cli.Terminal;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CreateVolume;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The main job on one database: import, a replica with an empty disk, questions, a collision, the
 * past. Works on a volume in a folder of its own; the database is only read.
 */
public final class Demo {
  /** The number grows when the same size would give other bytes than before. */
  private static final String SHOP = "shop-2.db";

  private final Terminal terminal;
  private final Path home;
  private final Narrator narrator;
  private final boolean keep;
  private final Figures figures = new Figures();

  /**
   * Prepares one.
   *
   * @param home the folder for the shop's database and the run's own folder
   * @param keep whether the run's own folder stays
   * @param still whether it keeps from narrating
   */
  public Demo(Terminal terminal, Path home, boolean keep, boolean still) {
    this.terminal = terminal;
    this.home = home;
    this.keep = keep;
    this.narrator = new Narrator(terminal, still);
  }

  /**
   * Runs it.
   *
   * @param file the database; null for a shop's, which is made unless it is there
   * @return the whole result, to be told as JSON
   */
  public Map<String, @Nullable Object> run(@Nullable Path file)
      throws IOException, SQLException, InterruptedException {
    makeHome();
    removeStaleRuns();
    Path database = file == null ? shop() : file;
    Path folder = Files.createTempDirectory(home, keep ? "kept-" : "run-");
    SecureRandom random = new SecureRandom();
    ThreadConcurrency concurrency = new ThreadConcurrency(InstantSource.system());
    Place place = new Place(folder, concurrency, new RandomIdSource(random), random);
    try (SourceDatabase source = SourceDatabase.open(database, folder);
        Connection plain = SourceDatabase.connect(source.file())) {
      return run(place, database, source, plain);
    } finally {
      if (!keep) {
        Place.remove(folder);
      }
    }
  }

  private Map<String, @Nullable Object> run(
      Place place, Path database, SourceDatabase source, Connection plain)
      throws IOException, SQLException, InterruptedException {
    VolumeId volume = place.ids().newVolumeId();
    Lsn imported = bringIn(place, volume, database, source);

    narrator.chapter("A replica with an empty disk");
    narrator.say(
        "From here on every request to the store waits: reads %d ms, writes %d ms, as S3's do.",
        Place.READ.toMillis(), Place.WRITE.toMillis());
    ColdQuestions cold = new ColdQuestions(place, volume, plain, figures, narrator);
    cold.open();

    narrator.chapter("Questions, each to a new replica with an empty disk; opening included");
    Questions questions;
    try (Progress progress = terminal.progress("looking for questions", "of 4")) {
      progress.at(0, 0);
      questions = Questions.of(plain);
    } catch (SQLException unreadable) {
      throw Failure.corrupt(
          database + " is a damaged SQLite database: " + Failure.reason(unreadable));
    }
    cold.ask("rowid", questions.rowid());
    cold.ask("index", questions.index());
    cold.ask("join", questions.join());

    try (TicketSale sale = new TicketSale(place, volume, figures, narrator)) {
      Lsn opened = sale.opened();
      narrator.chapter("Small commits, and learning of them (the store as fast as this disk)");
      sale.sellAndLearn();
      narrator.chapter("Two writers, one seat");
      sale.collide();
      narrator.chapter("The past");
      sale.lookBack(opened);
      narrator.aside("Commit %s, the import, is there as well; nothing was overwritten.", imported);
    }
    narrator.chapter("That was it");
    narrator.say("%s was only read; all of this happened in a volume of its own.", database);
    if (keep) {
      narrator.say("Store and replicas stay in %s.", place.folder());
    }
    Map<String, @Nullable Object> result = new LinkedHashMap<>();
    result.put("database", database.toString());
    result.put("volume", volume.toString());
    result.put(
        "delayMilliseconds",
        Map.of("read", Place.READ.toMillis(), "write", Place.WRITE.toMillis()));
    result.put("figures", figures.values());
    result.put("reasons", figures.reasons());
    return result;
  }

  private Lsn bringIn(Place place, VolumeId volume, Path database, SourceDatabase source)
      throws IOException, InterruptedException {
    narrator.chapter("Import");
    LocalStore.preflight(place.store(), place.concurrency(), place.ids());
    PageSize pageSize = source.shape().pageSize();
    narrator.say(
        "%s: %s of %s bytes, %s.",
        database.getFileName(),
        Narrator.count(source.shape().pageCount(), "page"),
        pageSize,
        Narrator.bytes(source.shape().bytes()));
    try (LocalStore store = place.near();
        Progress progress = terminal.progress("importing", "pages")) {
      long began = System.nanoTime();
      store.remote().createVolume(new CreateVolume(volume, pageSize));
      Lsn lsn =
          Importer.bring(
              store.remote(),
              volume,
              place.concurrency(),
              place.ids(),
              source,
              "import of " + database.getFileName(),
              progress::at);
      long nanos = System.nanoTime() - began;
      progress.wipe();
      long stored = store.counts().bytesWritten();
      long raw = source.shape().bytes();
      figures.set("import.pages", source.shape().pageCount());
      figures.set("import.pageSize", (long) pageSize.bytes());
      figures.set("import.rawBytes", raw);
      figures.set("import.storedBytes", stored);
      figures.set("import.seconds", nanos / 1e9);
      if (raw > 0) {
        figures.set("import.storedShare", (double) stored / raw);
        figures.set("import.megabytesPerSecond", raw / 1e6 / (nanos / 1e9));
      } else {
        figures.missing("import.storedShare", "the database is empty");
        figures.missing("import.megabytesPerSecond", "the database is empty");
      }
      narrator.well(
          "Now volume %s, in a folder that plays the object store: %s stored (%.2f), %.1f s.",
          volume, Narrator.bytes(stored), raw == 0 ? 1.0 : (double) stored / raw, nanos / 1e9);
      return lsn;
    }
  }

  private void makeHome() {
    try {
      Files.createDirectories(home);
    } catch (IOException _) {
      throw Failure.failed("cannot make the folder " + home + "; name another with --dir");
    }
    if (!Files.isWritable(home)) {
      throw Failure.failed("cannot write to " + home + "; name another folder with --dir");
    }
  }

  /** Removes the folders of runs that were ended from outside and are a day old. */
  private void removeStaleRuns() throws IOException {
    Instant yesterday = Instant.now().minus(Duration.ofDays(1));
    try (DirectoryStream<Path> runs = Files.newDirectoryStream(home, "run-*")) {
      for (Path run : runs) {
        if (Files.getLastModifiedTime(run).toInstant().isBefore(yesterday)) {
          Place.remove(run);
        }
      }
    }
  }

  private Path shop() throws IOException, SQLException {
    Path file = home.resolve(SHOP);
    if (!Files.exists(file)) {
      terminal.note("making a shop's database of some 250 MB in " + file + " (once)");
    }
    try {
      ShopDatabase.make(file, ShopDatabase.FULL, terminal);
    } catch (SQLException unwritten) {
      throw Failure.unavailable(
          "cannot write "
              + file
              + ": "
              + Failure.reason(unwritten)
              + "; name another folder with --dir");
    }
    return file;
  }
}
