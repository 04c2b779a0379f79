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

  private static final Set<Kind> NOWHERE = Set.of();
  private static final Set<Kind> FOLDER = EnumSet.of(Kind.FOLDER);
  private static final Set<Kind> ALL = EnumSet.of(Kind.FOLDER, Kind.FAKE_S3, Kind.LOCALSTACK);

  private static final String DISKS =
      "examines local disks and caches; what the remote is does not matter";
  private static final String KILLS = "kills processes that have an engine in them";
  private static final String SCRIPT = "its remote is scripted";
  private static final String DEATHS = "dies at each of 650 steps, most of its own disk: too slow";
  private static final String CLOCK = "its clock is moved by days, and S3's is not";
  private static final String LOOKS = "the rest looks into the store's folder, or takes it away";
  private static final String RACE = "the rest is a race, which HostS3RaceTest and others hold";

  /**
   * A test class.
   *
   * @param name with its package
   * @param over what it runs over; nothing: it does not
   * @param often those of them that it runs over in every build; over the others when the whole
   *     list is asked for
   * @param why it does not run over the rest; empty when it runs over all three stores
   * @param without methods that do not run, each with a reason in {@code why}
   */
  record Entry(String name, Set<Kind> over, Set<Kind> often, String why, List<String> without) {
    private static Entry of(String name, Set<Kind> over, String why, String... without) {
      return new Entry("dev.graft." + name, over, over, why, Arrays.asList(without));
    }

    /** Runs over everything. */
    private static Entry of(String name) {
      return of(name, ALL, "");
    }

    /** The same, on LocalStack with the whole list alone: its one process is slow. */
    private Entry seldomOnLocalStack() {
      return seldom(Kind.LOCALSTACK);
    }

    /** The same, over some stores with the whole list alone. */
    private Entry seldom(Kind... stores) {
      Set<Kind> less = EnumSet.copyOf(over);
      less.removeAll(Arrays.asList(stores));
      return new Entry(name, over, less, why, without);
    }
  }

  static final List<Entry> ALL_TESTS =
      List.of(
          Entry.of("client.BelowFloorTest", FOLDER, CLOCK),
          Entry.of("client.BulkImportTest").seldomOnLocalStack(),
          Entry.of("client.DiskTrialTest", NOWHERE, DISKS),
          Entry.of("client.EvictionTest", NOWHERE, DISKS),
          Entry.of("client.FolderLocalTest", SCRIPTED, SCRIPT),
          Entry.of("client.FolderReplicaTest", SCRIPTED, SCRIPT),
          Entry.of("client.FullDiskTest", NOWHERE, DISKS),
          Entry.of("client.FullSegmentTest"),
          Entry.of("client.HydrateTest").seldomOnLocalStack(),
          Entry.of("client.KeptHistoryTest").seldomOnLocalStack(),
          Entry.of("client.KillTrialTest", NOWHERE, KILLS),
          Entry.of("client.LargeVolumeTest"),
          Entry.of("client.LocalDiskTroubleTest"),
          Entry.of("client.LocalModelTest").seldomOnLocalStack(),
          Entry.of("client.MemoryLocalTest", SCRIPTED, SCRIPT),
          Entry.of("client.MemoryReplicaTest", SCRIPTED, SCRIPT),
          Entry.of("client.PrefetchTest"),
          Entry.of("client.PushKillTest", NOWHERE, DEATHS),
          Entry.of("client.RefusedCommitTest", NOWHERE, "its refusals are planned, no server's"),
          Entry.of("client.ReplicaModelTest"),
          Entry.of("client.SlowLinkTest", FOLDER, CLOCK),
          Entry.of("client.SmallSegmentTest").seldomOnLocalStack(),
          Entry.of("client.SpeculationBooksTest"),
          Entry.of(
              "client.files.FilesLayoutTest",
              ALL,
              "the rest reads a file of its module",
              "golden_isWhatAnEditWrites_andReads"),
          Entry.of("client.files.FilesModelTest"),
          Entry.of("client.files.VolumeChannelModelTest"),
          Entry.of("client.files.VolumeChannelTest"),
          Entry.of("client.files.VolumeFilesTest"),
          Entry.of("client.http.HttpRemoteTest", NOWHERE, "brings an HTTP server of its own"),
          Entry.of("client.http.UploaderTest", NOWHERE, "its answers are planned, no server's"),
          Entry.of("sqlite.EngineTest"),
          Entry.of("sqlite.IndexRunAheadTest").seldomOnLocalStack(),
          Entry.of("sqlite.MergeTest", ALL, RACE, "growingWriters_areRefusedAndComeThrough")
              .seldomOnLocalStack(),
          Entry.of("sqlite.RevertShownTest"),
          // What has to happen in its walk happens in the whole of it only.
          Entry.of("sqlite.SerialTrialTest").seldom(Kind.FAKE_S3, Kind.LOCALSTACK),
          Entry.of("sqlite.ThreadsTest").seldomOnLocalStack(),
          Entry.of("cli.BackupTest", NOWHERE, "is about stores that the command copies"),
          Entry.of("cli.BucketCommandsTest", NOWHERE, "is about buckets that the command opens"),
          Entry.of(
              "cli.CommandsTest",
              ALL,
              LOOKS,
              "anyCommand_storeFolderGone_saysThatTheFolderIsNotThere",
              "graftJson_ofGraftHome_isUsedAndKeepsWhatElseStandsInIt",
              "sql_onADamagedSegment_namesTheObjectAndChangesNothing"),
          Entry.of("cli.CostCommandTest").seldomOnLocalStack(),
          Entry.of("cli.CostDocumentTest", NOWHERE, "computes bills and asks no remote"),
          Entry.of("cli.DemoCommandTest", NOWHERE, "counts requests at a store of its own"),
          Entry.of("cli.DiffCommandTest").seldomOnLocalStack(),
          Entry.of(
              "cli.DoctorCommandTest",
              FOLDER,
              "looks at the store's files; the rest takes one away under a server that remembers it",
              "doctor_storeThatLostItsNewestCommit_seesThatTheReplicaHasIt"),
          Entry.of("cli.FileCommandsTest"),
          Entry.of("cli.GraftCommandTest", NOWHERE, "speaks of the command line alone"),
          Entry.of(
              "cli.HistoryCommandsTest",
              ALL,
              LOOKS,
              "fork_atTheHeadAndInThePast_areVolumesOfTheirOwn"),
          Entry.of("cli.HttpCommandsTest", NOWHERE, "brings an HTTP server of its own"),
          Entry.of(
              "cli.OfflineTest",
              ALL,
              LOOKS,
              "sqlLocal_withoutTheStore_readsAndCommitsAndIsPushedLater"),
          Entry.of("cli.PrefetchCommandsTest").seldomOnLocalStack(),
          Entry.of("cli.PutKillTest", NOWHERE, KILLS),
          Entry.of("cli.ReadmeTest", NOWHERE, "is the README's text, which names the engine"),
          Entry.of(
                  "cli.RetainCommandTest",
                  EnumSet.of(Kind.FOLDER, Kind.LOCALSTACK),
                  "when a request is repeated, the second counts what the first has left to trim;"
                      + " the rest asks an instance that learns of a floor within a minute",
                  "export_belowTheFloor_isNotFound")
              .seldomOnLocalStack(),
          Entry.of("cli.ScriptTest", NOWHERE, "is about the script that starts the command"),
          Entry.of("cli.StoreCopyTest", NOWHERE, "copies from store to store and asks no remote"),
          Entry.of("cli.TokenCommandsTest", FOLDER, "what asks a store looks into its folder, too"),
          Entry.of("cli.WalkthroughTest", NOWHERE, "WalkOverHttpTest takes the same walk"),
          Entry.of("examples.KeyValueStoreTest"));

  private RemoteTests() {}
}
