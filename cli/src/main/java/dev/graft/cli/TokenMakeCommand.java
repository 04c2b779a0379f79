package dev.graft.cli;

import dev.graft.auth.Grant;
import dev.graft.auth.KeyRing;
import dev.graft.auth.SignedToken;
import dev.graft.auth.TokenMaker;
import dev.graft.auth.VolumeScope;
import dev.graft.client.http.RemoteAddress;
import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.http.Action;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.VolumeRecord;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The {@code token make} command. */
@Command(
    name = "make",
    description = {
      "Make a token and print it. Who has it may do what it admits, until it ends or is revoked.",
      "A token for a fork also reads the volumes that it was forked from, up to the commit where the",
      "ways part; they are read from the volume's record in the store."
    })
final class TokenMakeCommand extends VolumeCommand {
  private static final int MAX_RECORD_BYTES = 4096;

  @Option(names = "--keys", paramLabel = "FILE", description = KeyFile.HELP)
  private @Nullable String keys;

  @Option(
      names = "--volume",
      paramLabel = "NAME|ID|*",
      required = true,
      description = "A volume's name in graft.json, its id, or '*' for all volumes.")
  private String volume;

  @Option(
      names = "--allow",
      paramLabel = "ACTION",
      required = true,
      split = ",",
      description = "What it allows: read, write, fork, admin; several with commas between.")
  private List<String> allow = List.of();

  @Option(
      names = "--expires",
      paramLabel = "AGE",
      required = true,
      description = "How long it is good, at most 400d: " + Age.HELP + ".")
  private String expires;

  @Option(
      names = "--label",
      paramLabel = "TEXT",
      description = "A word for logs, at most 64 characters.")
  private @Nullable String label;

  @Option(
      names = "--ancestor",
      paramLabel = "ID:LSN",
      description =
          "Of a fork: a volume that it was forked from, and the commit; nearest first, may be"
              + " repeated. Then the store is not asked.")
  private List<String> ancestors = List.of();

  @Option(
      names = "--remote",
      paramLabel = "ADDRESS",
      description = "The store to ask for the ancestors of a volume that is given by its id.")
  private @Nullable String remote;

  TokenMakeCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() throws IOException {
    KeyRing ring = KeyFile.find(surroundings(), keys).read(terminal());
    Grant grant = grant();
    TokenMaker maker = new TokenMaker(ring, new SecureRandom(), InstantSource.system());
    SignedToken made = maker.make(grant, Age.parse(expires));
    Map<String, @Nullable Object> object = TokenText.object(made.token());
    object.put("key", ring.signing().id().value());
    object.put("token", made.text());
    answer(object, made.text());
    if (!json()) {
      TokenText.lines(made.token()).forEach(terminal()::note);
    }
    return ExitCode.OK;
  }

  private Grant grant() throws IOException {
    Set<Action> actions = EnumSet.noneOf(Action.class);
    for (String name : allow) {
      actions.add(
          Action.parse(name.strip())
              .orElseThrow(() ->
                  Failure.usage("'" + name + "' is no action: take read, write, fork or admin")));
    }
    Grant grant = new Grant(scope(), actions, List.of(), Optional.ofNullable(label));
    return grant.scope() instanceof VolumeScope.One(VolumeId one)
        ? grant.withAncestors(ancestors.isEmpty() ? ask(one) : named())
        : withoutAncestors(grant);
  }

  private Grant withoutAncestors(Grant grant) {
    if (!ancestors.isEmpty()) {
      throw Failure.usage("--ancestor goes with one volume, not with '*'");
    }
    return grant;
  }

  private VolumeScope scope() throws IOException {
    if (volume.equals("*")) {
      return VolumeScope.ALL;
    }
    Optional<VolumesFile.Entry> named = VolumesFile.find(surroundings()).entry(volume);
    if (named.isPresent() || !volume.startsWith("vol-")) {
      return VolumeScope.of(VolumesFile.find(surroundings()).require(volume).volume());
    }
    return VolumeScope.of(VolumeId.parse(volume));
  }

  private List<Grant.Ancestor> named() {
    List<Grant.Ancestor> named = new ArrayList<>();
    for (String text : ancestors) {
      int colon = text.indexOf(':');
      if (colon < 0
          || !(Moment.parse(text.substring(colon + 1)) instanceof Moment.AtLsn(Lsn lsn))) {
        throw Failure.usage("'" + text + "' is no ancestor: write vol-...:LSN");
      }
      named.add(new Grant.Ancestor(VolumeId.parse(text.substring(0, colon)), lsn));
    }
    return named;
  }

  /** The ancestors that the volume's record names. */
  private List<Grant.Ancestor> ask(VolumeId id) throws IOException {
    Optional<String> address = address(id);
    if (address.isEmpty()) {
      terminal()
          .note(
              "graft: no store was asked whether "
                  + id
                  + " is a fork: if it is, name its store with --remote");
      return List.of();
    }
    if (RemoteAddress.isMeant(address.get())) {
      terminal()
          .note(
              "graft: "
                  + address.get()
                  + " is not asked whether "
                  + id
                  + " is a fork: if it is, name those it came from with --ancestor");
      return List.of();
    }
    try (OpenStore store = Stores.open(address.get(), InstantSource.system())) {
      return Grant.ancestorsOf(record(store, address.get(), id));
    }
  }

  private static VolumeRecord record(OpenStore store, String address, VolumeId id) {
    ObjectKey key = new ObjectKey("volumes/" + id + "/volume");
    if (store.objects().get(key, 0, MAX_RECORD_BYTES) instanceof GetOutcome.Found found) {
      VolumeRecord record = VolumeRecord.decode(key.value(), id, found.bytes());
      if (!(record.origin() instanceof VolumeRecord.Origin.GivenUp)) {
        return record;
      }
    }
    throw Failure.notFound("there is no volume " + id + " in " + address);
  }

  private Optional<String> address(VolumeId id) throws IOException {
    if (remote != null) {
      return Optional.of(Remotes.absolute(remote, surroundings().workingFolder()));
    }
    VolumesFile file = VolumesFile.find(surroundings());
    return file.names().stream()
        .map(file::require)
        .filter(entry -> entry.volume().equals(id))
        .map(entry -> Remotes.absolute(entry.remote(), file.folder()))
        .findFirst();
  }
}
