package dev.graft.cli;

import dev.graft.auth.RevocationLog;
import dev.graft.auth.TokenVerifier;
import dev.graft.client.http.RemoteAddress;
import dev.graft.http.RevokeRequest;
import dev.graft.protocol.id.TokenId;
import java.io.IOException;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code token revoke} command. */
@Command(
    name = "revoke",
    description = {
      "End a token before its time, everywhere within 30 seconds.",
      "What it read or wrote meanwhile stays read and written."
    })
final class TokenRevokeCommand extends VolumeCommand {
  @Parameters(
      paramLabel = "TOKEN|ID|-",
      description = "The token, or its id, tok-...; '-' reads it from standard input.")
  private String token;

  @Option(
      names = {"--remote", "--store"},
      paramLabel = "ADDRESS",
      required = true,
      description =
          "Where it is good: folder:PATH, s3://BUCKET, or https://HOST, which takes it from who has"
              + " a token for admin of all volumes in GRAFT_TOKEN.")
  private String remote;

  TokenRevokeCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() throws IOException {
    String text = TokenArgument.read(surroundings(), token);
    String address = Remotes.absolute(remote, surroundings().workingFolder());
    TokenVerifier.@Nullable Claimed claimed = TokenVerifier.claimed(text).orElse(null);
    TokenId id = claimed == null ? id(text) : claimed.token().id();
    boolean ended = claimed != null && claimed.token().isExpired(InstantSource.system().instant());
    boolean before = false;
    if (RemoteAddress.isMeant(address)) {
      // A token proves its own end, and so needs no entry for as long as any may live.
      ServerTokens.at(address, surroundings())
          .revoke(
              claimed == null
                  ? new RevokeRequest.ById(id.toString())
                  : new RevokeRequest.ByToken(text));
    } else if (!ended) {
      before = inStore(address, claimed, id);
    }
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("id", id.toString());
    object.put("revoked", true);
    object.put("changed", !before && !ended);
    if (claimed != null && ended) {
      object.put("ended", claimed.token().expires().toString());
      answer(
          object, id + " ended at " + claimed.token().expires() + ": it admits nothing as it is");
    } else {
      answer(object, before ? id + " was revoked before" : id + " is revoked");
    }
    return ExitCode.OK;
  }

  private static TokenId id(String text) {
    if (!text.startsWith("tok-")) {
      throw Failure.usage("that is neither a token nor the id of one, tok-...");
    }
    return TokenId.parse(text);
  }

  /** Whether it was revoked before. */
  private static boolean inStore(
      String address, TokenVerifier.@Nullable Claimed claimed, TokenId id) {
    try (OpenStore store = Stores.open(address, InstantSource.system())) {
      RevocationLog log = new RevocationLog(store.objects(), InstantSource.system());
      boolean before = log.token(id);
      if (claimed == null) {
        log.revoke(id);
      } else {
        // Whoever may write here is believed: a forged token only names an id to be ended.
        log.revoke(claimed.token());
      }
      return before;
    }
  }
}
