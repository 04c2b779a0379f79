package dev.graft.cli;

import dev.graft.auth.EdgeEntries;
import dev.graft.auth.KeyId;
import dev.graft.auth.KeyRing;
import dev.graft.auth.RevocationLog;
import dev.graft.auth.SigningKey;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code token keys} command. */
@Command(
    name = "keys",
    description = {
      "Show or change the key ring: the first key that is not retired signs, all of them verify.",
      "Whoever can read the file can do everything in every volume."
    })
final class TokenKeysCommand extends VolumeCommand {
  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "The file of the key ring (default: the one that GRAFT_KEYS names).")
  private @Nullable String file;

  @Option(names = "--init", description = "Make a new key ring with one key.")
  private boolean init;

  @Option(names = "--rotate", description = "Add a new key, which signs from now on.")
  private boolean rotate;

  @Option(
      names = "--retire",
      paramLabel = "ID",
      description = "Sign no more with this key; what it signed stays good.")
  private @Nullable String retire;

  @Option(
      names = "--remove",
      paramLabel = "ID",
      description = "Take this key out: nothing that it signed is good any more.")
  private @Nullable String remove;

  @Option(
      names = "--edge",
      description = {
        "Print what the edge's key value store holds, secrets included, as CloudFront imports it."
      })
  private boolean edge;

  @Option(
      names = {"--remote", "--store"},
      paramLabel = "ADDRESS",
      description = "With --edge: also what is revoked in this store, folder:PATH or s3://BUCKET.")
  private @Nullable String remote;

  TokenKeysCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() throws IOException {
    long changes =
        Stream.of(init, rotate, retire != null, remove != null, edge).filter(on -> on).count();
    if (changes > 1) {
      throw Failure.usage("--init, --rotate, --retire, --remove and --edge go one at a time");
    }
    if (remote != null && !edge) {
      throw Failure.usage("--remote goes with --edge");
    }
    KeyFile keys = KeyFile.find(surroundings(), file);
    if (init) {
      KeyRing ring = new KeyRing(List.of(SigningKey.generate(new SecureRandom())));
      keys.create(ring);
      tell(keys, ring, "made a key ring in " + keys + ": who reads it can do everything");
      return ExitCode.OK;
    }
    KeyRing ring = keys.read(terminal());
    if (edge) {
      printEdge(ring);
    } else if (changes == 0) {
      tell(keys, ring, keys.toString());
    } else {
      KeyRing changed = change(ring);
      keys.replace(changed);
      tell(keys, changed, "changed " + keys + ": bring it to the edge and the functions");
    }
    return ExitCode.OK;
  }

  private KeyRing change(KeyRing ring) {
    if (rotate) {
      return ring.add(SigningKey.generate(new SecureRandom()));
    }
    KeyRing changed =
        retire != null
            ? ring.retire(new KeyId(retire))
            : ring.remove(new KeyId(Objects.requireNonNull(remove)));
    // Refuses a ring that could sign nothing.
    changed.signing();
    return changed;
  }

  private void tell(KeyFile keys, KeyRing ring, String sentence) {
    List<Object> listed = new ArrayList<>();
    StringBuilder text = new StringBuilder(sentence);
    for (SigningKey key : ring.keys()) {
      boolean signs = key.equals(ring.signing());
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("id", key.id().value());
      object.put("signs", signs);
      object.put("retired", key.retired());
      listed.add(object);
      text.append(System.lineSeparator())
          .append("  ")
          .append(key.id())
          .append(signs ? "  signs" : key.retired() ? "  retired" : "  verifies");
    }
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("file", keys.toString());
    object.put("keys", listed);
    answer(object, text.toString());
  }

  private void printEdge(KeyRing ring) {
    List<Object> data = new ArrayList<>();
    EdgeEntries.of(ring, revoked())
        .forEach((key, value) -> {
          Map<String, Object> entry = new LinkedHashMap<>();
          entry.put("key", key);
          entry.put("value", value);
          data.add(entry);
        });
    Map<String, Object> object = Map.of("data", data);
    answer(object, JsonText.pretty(object));
  }

  private RevocationLog.Listing revoked() {
    if (remote == null) {
      return new RevocationLog.Listing(Map.of(), Map.of());
    }
    String address = Stores.address(remote, surroundings().workingFolder());
    try (OpenStore store = Stores.open(address, InstantSource.system())) {
      return new RevocationLog(store.objects(), InstantSource.system()).newest();
    }
  }
}
