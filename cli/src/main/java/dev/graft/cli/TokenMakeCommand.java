package dev.graft.cli;

import dev.graft.auth.Grant;
import dev.graft.auth.KeyRing;
import dev.graft.auth.SignedToken;
import dev.graft.auth.TokenMaker;
import dev.graft.auth.VolumeScope;
import dev.graft.client.http.HeldTokens;
import dev.graft.client.http.HttpOptions;
import dev.graft.client.http.HttpRemote;
import dev.graft.client.http.RemoteAddress;
import dev.graft.client.http.UrlTransport;
import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.http.Action;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.VolumeRecord;
import dev.graft.protocol.remote.Remote;
import dev.graft.sqlite.HttpRemotes;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
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
      "ways part; the store, or the server, is asked for them."
    })
final class TokenMakeCommand extends VolumeCommand {
  private static final int MAX_RECORD_BYTES = 4096;

  /** How long a token is good that is made for one question. */
  private static final Duration ASKING = Duration.ofMinutes(5);

  /** Where a volume is. */
  private record Place(String address, boolean plainHttp) {}

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
      names = {"--remote", "--store"},
      paramLabel = "ADDRESS",
      description =
          "The store or server to ask for the ancestors of a volume that is given by its id.")
  private @Nullable String remote;

  TokenMakeCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() throws IOException {
    KeyRing ring = KeyFile.find(surroundings(), keys).read(terminal());
    TokenMaker maker = new TokenMaker(ring, new SecureRandom(), InstantSource.system());
    Grant grant = grant(maker);
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

  private Grant grant(TokenMaker maker) throws IOException {
    Set<Action> actions = EnumSet.noneOf(Action.class);
    for (String name : allow) {
      actions.add(
          Action.parse(name.strip())
              .orElseThrow(() ->
                  Failure.usage("'" + name + "' is no action: take read, write, fork or admin")));
    }
    Grant grant = new Grant(scope(), actions, List.of(), Optional.ofNullable(label));
    return grant.scope() instanceof VolumeScope.One(VolumeId one)
        ? grant.withAncestors(ancestors.isEmpty() ? ask(one, maker) : named())
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
  private List<Grant.Ancestor> ask(VolumeId id, TokenMaker maker) throws IOException {
    Optional<Place> address = address(id);
    if (address.isEmpty()) {
      terminal()
          .note(
              "graft: no store was asked whether "
                  + id
                  + " is a fork: if it is, name its store with --remote");
      return List.of();
    }
    Place place = address.get();
    if (RemoteAddress.isMeant(place.address())) {
      return askServer(place, id, maker);
    }
    try (OpenStore store = Stores.open(place.address(), InstantSource.system())) {
      return Grant.ancestorsOf(record(store, place.address(), id));
    }
  }

  /** Asks with a token of its own: whoever has the ring's key may read every volume. */
  private static List<Grant.Ancestor> askServer(Place place, VolumeId id, TokenMaker maker) {
    Grant reading = Grant.of(VolumeScope.of(id), Set.of(Action.READ));
    String token = maker.make(reading, ASKING).text();
    Concurrency concurrency = new ThreadConcurrency(InstantSource.system());
    try (Remote server =
        new HttpRemote(
            RemoteAddress.parse(place.address(), place.plainHttp()),
            new UrlTransport(concurrency),
            new HeldTokens(token),
            concurrency,
            new SecureRandom(),
            HttpOptions.DEFAULT)) {
      return Grant.ancestorsOf(server.volume(id).ancestors());
    } catch (GraftException.Unauthorized e) {
      throw new GraftException.Unauthorized(
          place.address()
              + " does not take a token by this key ring, so it cannot be asked whether "
              + id
              + " is a fork: take its own key ring with --keys, or name the ancestors with"
              + " --ancestor");
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

  private Optional<Place> address(VolumeId id) throws IOException {
    if (remote != null) {
      return Optional.of(new Place(Stores.address(remote, surroundings().workingFolder()), false));
    }
    VolumesFile file = VolumesFile.find(surroundings());
    return file.names().stream()
        .map(file::require)
        .filter(entry -> entry.volume().equals(id))
        .map(entry ->
            new Place(
                Remotes.absolute(entry.remote(), file.folder()),
                "yes".equals(entry.settings().get(HttpRemotes.PLAIN_HTTP))))
        .findFirst();
  }
}
