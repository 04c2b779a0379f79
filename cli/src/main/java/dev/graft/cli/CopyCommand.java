package dev.graft.cli;

import dev.graft.concurrency.Concurrency;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code copy} command. */
@Command(
    name = "copy",
    description = {
      "Copy all volumes of a store to another one: to a backup, or from one. What is there is not",
      "copied again, so each further run takes what is new. The store may be written meanwhile; the",
      "copy is what it was at the beginning. Give up no history meanwhile ('graft retain')."
    })
final class CopyCommand extends VolumeCommand {
  @Parameters(
      index = "0",
      paramLabel = "FROM",
      description = "The store, folder:PATH or s3://BUCKET/PREFIX.")
  private String from;

  @Parameters(index = "1", paramLabel = "TO", description = "The copy, written alike.")
  private String to;

  @Option(
      names = "--from-log",
      paramLabel = "ADDRESS",
      description = "Where commits and state of FROM lie, when not there: output LogBucket.")
  private @Nullable String fromLog;

  @Option(
      names = "--to-log",
      paramLabel = "ADDRESS",
      description = "Where to put commits and state, when not into TO.")
  private @Nullable String toLog;

  CopyCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() throws IOException {
    Path here = surroundings().workingFolder();
    String source = Remotes.absolute(from, here);
    String target = Remotes.absolute(to, here);
    String sourceLog = fromLog == null ? source : Remotes.absolute(fromLog, here);
    String targetLog = toLog == null ? target : Remotes.absolute(toLog, here);
    if (source.equals(target)) {
      throw Failure.usage("'" + from + "' and '" + to + "' are one store");
    }
    makeFolder(target);
    makeFolder(targetLog);
    Concurrency concurrency = VolumeSession.concurrency();
    StoreCopy.Copied copied;
    try (OpenStore bulk = Stores.open(source, concurrency);
        OpenStore log = Stores.log(bulk, source, sourceLog, concurrency);
        OpenStore toBulk = Stores.open(target, concurrency);
        OpenStore intoLog = Stores.log(toBulk, target, targetLog, concurrency);
        Progress progress = terminal().progress("copying", "objects")) {
      copied =
          new StoreCopy(
                  new StoreCopy.Place(bulk.objects(), log.objects(), source),
                  new StoreCopy.Place(toBulk.objects(), intoLog.objects(), target),
                  concurrency,
                  progress)
              .run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.failed("interrupted");
    }
    tell(copied);
    return ExitCode.OK;
  }

  private static void makeFolder(String address) throws IOException {
    if (address.startsWith(FolderRemotes.SCHEME)) {
      Files.createDirectories(Path.of(address.substring(FolderRemotes.SCHEME.length())));
    }
  }

  private void tell(StoreCopy.Copied copied) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("objects", copied.objects());
    object.put("bytes", copied.bytes());
    object.put("there", copied.there());
    answer(
        object,
        String.format(
            Locale.ROOT,
            "%,d objects copied (%,d bytes); %,d were there",
            copied.objects(),
            copied.bytes(),
            copied.there()));
  }
}
