package dev.graft.localstack;

import dev.graft.localstack.StandIns.Kind;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Every test class of {@code client}, {@code sqlite}, {@code cli} and {@code examples} that speaks
 * to a remote: what stores it runs over with edge, functions and HTTP before them, or why it
 * cannot. {@link RemoteTestsTest} holds the list complete.
 */
final class RemoteTests {
  /** Scripted remotes have objects of their own: HTTP lies before them, and no store behind. */
  private static final Set<Kind> SCRIPTED = EnumSet.of(Kind.NONE);

  private static final Set<Kind> FOLDER = EnumSet.of(Kind.FOLDER);
  private static final Set<Kind> FAKE = EnumSet.of(Kind.FOLDER, Kind.FAKE_S3);
  private static final Set<Kind> ALL = EnumSet.of(Kind.FOLDER, Kind.FAKE_S3, Kind.LOCALSTACK);

  private static final String DISKS =
      "examines local disks and caches; what the remote is does not matter";
  private static final String KILLS = "kills processes that have an engine in them";
  private static final String DAYS = "its volume is made in a folder, days ago";
  private static final String SCRIPT = "its remote is scripted";
  private static final String DEATHS = "dies at each of 650 steps, most of its own disk: too slow";
  private static final String WALK = "a walk of thousands of steps, slow there";
  private static final String SLOW = "not tried on LocalStack, whose one process is slow";
  private static final String UNTRIED = "not tried on S3 yet";
  private static final String LOOKS = "the rest looks into the store's folder, or takes it away";
  private static final String RACE = "the rest is a race, which HostS3RaceTest and others hold";

  /**
   * A test class.
   *
   * @param name with its package
   * @param over what it runs over; nothing: it does not
   * @param why it does not run over the rest; empty when it runs over all three stores
   * @param without methods that do not run, each with a reason in {@code why}
   */
  record Entry(String name, Set<Kind> over, String why, List<String> without) {
    private static Entry of(String name, Set<Kind> over, String why, String... without) {
      return new Entry("dev.graft." + name, over, why, Arrays.asList(without));
    }
  }

  static final List<Entry> ALL_TESTS =
      List.of(
          Entry.of("client.BelowFloorTest", FOLDER, "its clock is moved by days, and S3's is not"),
          Entry.of("client.BulkImportTest", FAKE, SLOW),
          Entry.of("client.DiskTrialTest", Set.of(), DISKS),
          Entry.of("client.EvictionTest", Set.of(), DISKS),
          Entry.of("client.FolderLocalTest", SCRIPTED, SCRIPT),
          Entry.of("client.FolderReplicaTest", SCRIPTED, SCRIPT),
          Entry.of("client.FullDiskTest", Set.of(), DISKS),
          Entry.of("client.FullSegmentTest", FAKE, SLOW),
          Entry.of("client.HydrateTest", FAKE, SLOW),
          Entry.of("client.KeptHistoryTest", FAKE, SLOW),
          Entry.of("client.KillTrialTest", Set.of(), KILLS),
          Entry.of("client.LargeVolumeTest", FAKE, SLOW),
          Entry.of("client.LocalDiskTroubleTest", FAKE, SLOW),
          Entry.of("client.LocalModelTest", FAKE, SLOW),
          Entry.of("client.MemoryLocalTest", SCRIPTED, SCRIPT),
          Entry.of("client.MemoryReplicaTest", SCRIPTED, SCRIPT),
          Entry.of("client.PrefetchTest", FAKE, SLOW),
          Entry.of("client.PushKillTest", Set.of(), DEATHS),
          Entry.of("client.RefusedCommitTest", Set.of(), "its refusals are planned, no server's"),
          Entry.of("client.ReplicaModelTest", FAKE, SLOW),
          Entry.of("client.SlowLinkTest", FOLDER, "its clock is moved by days, and S3's is not"),
          Entry.of("client.SpeculationBooksTest", FAKE, SLOW),
          Entry.of(
              "client.files.FilesLayoutTest",
              FAKE,
              "the rest reads a file of its module",
              "golden_isWhatAnEditWrites_andReads"),
          Entry.of("client.files.FilesModelTest", FAKE, SLOW),
          Entry.of("client.files.VolumeChannelModelTest", FAKE, SLOW),
          Entry.of("client.files.VolumeChannelTest", FAKE, SLOW),
          Entry.of("client.files.VolumeFilesTest", ALL, ""),
          Entry.of("client.http.HttpRemoteTest", Set.of(), "brings an HTTP server of its own"),
          Entry.of("sqlite.EngineTest", FAKE, SLOW),
          Entry.of("sqlite.IndexRunAheadTest", FAKE, SLOW),
          Entry.of("sqlite.MergeTest", FAKE, RACE, "growingWriters_areRefusedAndComeThrough"),
          Entry.of("sqlite.RevertShownTest", FAKE, SLOW),
          Entry.of("sqlite.SerialTrialTest", FOLDER, WALK),
          Entry.of("sqlite.ThreadsTest", FAKE, SLOW),
          Entry.of("cli.BucketCommandsTest", Set.of(), "is about buckets that the command opens"),
          Entry.of(
              "cli.CommandsTest",
              FOLDER,
              LOOKS,
              "anyCommand_storeFolderGone_saysThatTheFolderIsNotThere",
              "graftJson_ofGraftHome_isUsedAndKeepsWhatElseStandsInIt",
              "sql_onADamagedSegment_namesTheObjectAndChangesNothing"),
          Entry.of("cli.CostCommandTest", FOLDER, DAYS),
          Entry.of("cli.CostDocumentTest", Set.of(), "computes bills and asks no remote"),
          Entry.of("cli.DemoCommandTest", Set.of(), "counts requests at a store of its own"),
          Entry.of("cli.DiffCommandTest", FOLDER, UNTRIED),
          Entry.of(
              "cli.DoctorCommandTest",
              FOLDER,
              "looks at the store's files; the rest takes one away under a server that remembers it",
              "doctor_storeThatLostItsNewestCommit_seesThatTheReplicaHasIt"),
          Entry.of("cli.FileCommandsTest", FOLDER, UNTRIED),
          Entry.of("cli.GraftCommandTest", Set.of(), "speaks of the command line alone"),
          Entry.of(
              "cli.HistoryCommandsTest",
              FOLDER,
              LOOKS,
              "fork_atTheHeadAndInThePast_areVolumesOfTheirOwn"),
          Entry.of("cli.HttpCommandsTest", Set.of(), "brings an HTTP server of its own"),
          Entry.of(
              "cli.OfflineTest",
              FOLDER,
              LOOKS,
              "sqlLocal_withoutTheStore_readsAndCommitsAndIsPushedLater"),
          Entry.of("cli.PrefetchCommandsTest", FOLDER, UNTRIED),
          Entry.of("cli.PutKillTest", Set.of(), KILLS),
          Entry.of("cli.ReadmeTest", Set.of(), "is the README's text, which names the engine"),
          Entry.of(
              "cli.RetainCommandTest",
              FOLDER,
              DAYS + "; the rest asks another instance, which learns of a floor within a minute",
              "export_belowTheFloor_isNotFound"),
          Entry.of("cli.ScriptTest", Set.of(), "is about the script that starts the command"),
          Entry.of("cli.TokenCommandsTest", FOLDER, DAYS),
          Entry.of("cli.WalkthroughTest", Set.of(), "WalkOverHttpTest takes the same walk"),
          Entry.of("examples.KeyValueStoreTest", FAKE, SLOW));

  private RemoteTests() {}
}
