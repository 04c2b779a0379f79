package dev.graft.cli;

import dev.graft.auth.RevocationLog;
import dev.graft.auth.Token;
import dev.graft.auth.TokenVerifier;
import dev.graft.auth.Verdict;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code token inspect} command. */
@Command(
    name = "inspect",
    description = {
      "Show what a token says, and whether it is good: signed by a key of the ring, at its time, and",
      "not revoked as far as a store is named. Exit code 1 when it is not."
    })
final class TokenInspectCommand extends VolumeCommand {
  @Parameters(
      paramLabel = "TOKEN|-",
      description = "The token; '-' reads it from standard input, out of sight of other users.")
  private String token;

  @Option(names = "--keys", paramLabel = "FILE", description = KeyFile.HELP)
  private @Nullable String keys;

  @Option(
      names = {"--remote", "--store"},
      paramLabel = "ADDRESS",
      description =
          "Also ask this store whether it was revoked: folder:PATH, a path, or s3://BUCKET.")
  private @Nullable String remote;

  TokenInspectCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() throws IOException {
    String text = TokenArgument.read(surroundings(), token);
    TokenVerifier.Claimed claimed =
        TokenVerifier.claimed(text)
            .orElseThrow(() -> Failure.usage("that is no token of ours: its form is another"));
    Optional<String> refusal = refusal(text);
    boolean checked = hasKeys();
    Map<String, @Nullable Object> object = TokenText.object(claimed.token());
    object.put("key", claimed.key().value());
    object.put("verifies", checked ? refusal.isEmpty() : null);
    object.put("refusal", refusal.orElse(null));
    List<String> lines = new ArrayList<>(TokenText.lines(claimed.token()));
    lines.add("  key     " + claimed.key());
    if (refusal.isPresent()) {
      lines.add("  is refused: " + refusal.get());
    } else {
      lines.add(
          checked
              ? "  is good"
              : "  was not proved: anybody can write such a token; name the key ring with --keys");
    }
    answer(object, String.join(System.lineSeparator(), lines));
    return refusal.isPresent() ? ExitCode.FAILURE : ExitCode.OK;
  }

  private boolean hasKeys() {
    return KeyFile.isNamed(surroundings(), keys);
  }

  private Optional<String> refusal(String text) throws IOException {
    if (!hasKeys()) {
      if (remote != null) {
        throw Failure.usage("--remote goes with --keys: a token that proves nothing is no token");
      }
      return Optional.empty();
    }
    TokenVerifier verifier = new TokenVerifier(KeyFile.find(surroundings(), keys).read(terminal()));
    return switch (verifier.verify(text, InstantSource.system().instant())) {
      case Verdict.Refused refused -> Optional.of(refused.reason());
      case Verdict.Admitted(Token proved) -> revoked(proved);
    };
  }

  private Optional<String> revoked(Token proved) {
    if (remote == null) {
      return Optional.empty();
    }
    String address = Stores.address(remote, surroundings().workingFolder());
    try (OpenStore store = Stores.open(address, InstantSource.system())) {
      RevocationLog log = new RevocationLog(store.objects(), InstantSource.system());
      return log.why(proved)
          .or(() ->
              proved
                  .grant()
                  .scope()
                  .single()
                  .filter(log::volume)
                  .map(volume -> "volume " + volume + " was deleted"));
    }
  }
}
