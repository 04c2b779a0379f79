package dev.graft.cli;

import dev.graft.client.CacheProof;
import dev.graft.client.http.RemoteAddress;
import dev.graft.concurrency.Concurrency;
import dev.graft.engine.Doctor;
import dev.graft.engine.store.ObjectStore;
import dev.graft.engine.store.Preflight;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code doctor} command. */
@Command(
    name = "doctor",
    description = {
      "Examine a store, its volumes and local replicas, and change nothing: every object is read and",
      "proved. Prints what is wrong with key and byte; exits with 0 when nothing is, else with 5."
    })
final class DoctorCommand extends VolumeCommand {
  @Parameters(
      paramLabel = "NAME",
      arity = "0..*",
      description = "Volumes in graft.json, with their replicas (default: all).")
  private List<String> names = List.of();

  @Option(
      names = {"--remote", "--store"},
      paramLabel = "ADDRESS",
      description = "Examine all volumes of this store instead, folder:PATH or s3://BUCKET/PREFIX.")
  private @Nullable String remote;

  @Option(
      names = "--log",
      paramLabel = "ADDRESS",
      description = "Where commits and state of --remote lie, when not there: output LogBucket.")
  private @Nullable String log;

  @Option(
      names = "--deep",
      description =
          "Decompress every frame, too, and hold rollups and checkpoints against the commits.")
  private boolean deep;

  private final List<Object> told = new ArrayList<>();
  private boolean sound = true;

  DoctorCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() throws IOException {
    if (remote != null && !names.isEmpty()) {
      throw Failure.usage("name volumes or give --remote, not both");
    }
    if (log != null && remote == null) {
      throw Failure.usage("--log is for a store that --remote names");
    }
    if (remote == null) {
      named(VolumesFile.find(surroundings()));
    } else {
      store(Remotes.absolute(remote, surroundings().workingFolder()), List.of());
    }
    if (json()) {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("sound", sound);
      object.put("examined", told);
      terminal().line(JsonText.compact(object));
    }
    return sound ? ExitCode.OK : ExitCode.CORRUPT;
  }

  private void named(VolumesFile file) throws IOException {
    Map<String, List<VolumesFile.Entry>> byStore = new LinkedHashMap<>();
    for (String name : names.isEmpty() ? List.copyOf(file.names()) : names) {
      VolumesFile.Entry entry = file.require(name);
      byStore
          .computeIfAbsent(Remotes.absolute(entry.remote(), file.folder()), at -> new ArrayList<>())
          .add(entry);
    }
    if (byStore.isEmpty()) {
      throw Failure.notFound("no volumes are named in " + file.file() + "; give --remote");
    }
    for (var store : byStore.entrySet()) {
      if (RemoteAddress.isMeant(store.getKey())) {
        terminal()
            .note(
                "what "
                    + store.getKey()
                    + " stores is examined where its bucket is: graft doctor --remote"
                    + " s3://BUCKET/PREFIX; here only the replicas are");
      } else {
        store(store.getKey(), store.getValue());
      }
    }
    for (var store : byStore.values()) {
      for (VolumesFile.Entry entry : store) {
        replica(file, entry);
      }
    }
  }

  /** Examines volumes of a store; all of them when none are named. */
  private void store(String address, List<VolumesFile.Entry> entries) {
    Concurrency concurrency = VolumeSession.concurrency();
    String ofLog = log == null ? address : Remotes.absolute(log, surroundings().workingFolder());
    try (OpenStore store = Stores.open(address, concurrency);
        OpenStore commits = Stores.log(store, address, ofLog, concurrency)) {
      preflight(address, store.objects(), concurrency);
      if (!ofLog.equals(address)) {
        preflight(ofLog, commits.objects(), concurrency);
      }
      volumes(address, new Doctor(commits.objects(), store.objects(), concurrency), entries);
    }
  }

  private void volumes(String address, Doctor doctor, List<VolumesFile.Entry> entries) {
    if (entries.isEmpty()) {
      List<VolumeId> volumes = doctor.volumes();
      for (VolumeId volume : volumes) {
        volume(doctor, volume, volume.toString());
      }
      if (volumes.isEmpty() && !json()) {
        terminal().line("there is no volume in " + address);
      }
    }
    for (VolumesFile.Entry entry : entries) {
      volume(doctor, entry.volume(), "'" + entry.name() + "' (" + entry.volume() + ")");
    }
  }

  /** Tries the store under keys of its own, which it removes. */
  private void preflight(String address, ObjectStore store, Concurrency concurrency) {
    List<Doctor.Finding> findings = new ArrayList<>();
    try {
      Preflight.check(store, concurrency, VolumeSession.ids());
    } catch (GraftException e) {
      findings.add(new Doctor.Finding(address, -1, String.valueOf(e.getMessage())));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.failed("interrupted");
    }
    tell("store " + address, "the store keeps its promises", findings, Map.of());
  }

  private void volume(Doctor doctor, VolumeId volume, String name) {
    Doctor.Report report;
    try (Progress progress = terminal().progress("examining " + name, "objects")) {
      report = doctor.examine(volume, deep, progress::at);
    }
    Map<String, @Nullable Object> more = new LinkedHashMap<>();
    more.put("volume", volume.toString());
    more.put("objects", report.objects());
    more.put("unnamed", report.unnamed());
    String well =
        String.format(
            Locale.ROOT,
            "%,d objects are sound%s",
            report.objects(),
            report.unnamed().isEmpty()
                ? ""
                : String.format(
                    Locale.ROOT,
                    "; %,d of them wait to be removed: nothing names them any more",
                    report.unnamed().size()));
    tell("volume " + name, well, report.findings(), more);
  }

  /** Opens the replica's folder, which proves its records, and proves the frames of its cache. */
  private void replica(VolumesFile file, VolumesFile.Entry entry) {
    String what = "replica " + entry.dir();
    if (!Files.isDirectory(entry.dir())) {
      return;
    }
    List<Doctor.Finding> findings = new ArrayList<>();
    String well = "";
    try (VolumeSession session = VolumeSession.open(file, entry)) {
      CacheProof proof = session.replica().proveCache();
      well =
          String.format(
              Locale.ROOT,
              "stands at commit %s; %,d bytes of its cache are sound",
              session.replica().status().position().lsn(),
              proof.soundBytes());
      Position stands = session.replica().status().position();
      Position newest = session.replica().log(1).head();
      boolean ahead = stands.lsn().isAfter(newest.lsn());
      if (ahead || stands.lsn().equals(newest.lsn()) && !stands.equals(newest)) {
        findings.add(
            new Doctor.Finding(
                entry.dir().toString(),
                -1,
                "it stands at commit "
                    + stands
                    + ", which the store does not have: its newest is "
                    + newest
                    + ". keep a copy of this folder; a reset gives up what only it has"));
      }
      if (proof.damagedFrames() > 0) {
        findings.add(
            new Doctor.Finding(
                entry.dir().toString(),
                -1,
                proof.damagedFrames()
                    + " of its cached frames are damaged; they will be fetched again when read"));
      }
    } catch (GraftException e) {
      findings.add(new Doctor.Finding(entry.dir().toString(), -1, String.valueOf(e.getMessage())));
    }
    tell(what, well, findings, Map.of());
  }

  private void tell(
      String what,
      String well,
      List<Doctor.Finding> findings,
      Map<String, ? extends @Nullable Object> more) {
    sound &= findings.isEmpty();
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("what", what);
    object.putAll(more);
    List<Object> problems = new ArrayList<>();
    if (!json()) {
      terminal().line(what + ": " + (findings.isEmpty() ? terminal().good(well) : "DAMAGED"));
    }
    for (Doctor.Finding finding : findings) {
      Map<String, @Nullable Object> problem = new LinkedHashMap<>();
      problem.put("object", finding.object());
      problem.put("byte", finding.byteOffset() < 0 ? null : finding.byteOffset());
      problem.put("problem", finding.problem());
      problems.add(problem);
      if (!json()) {
        terminal().line("  " + finding.object() + at(finding) + ": " + finding.problem());
      }
    }
    object.put("findings", problems);
    told.add(object);
  }

  private static String at(Doctor.Finding finding) {
    return finding.byteOffset() < 0 ? "" : " at byte " + finding.byteOffset();
  }
}
