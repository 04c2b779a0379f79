package dev.graft.cli;

import dev.graft.auth.RevocationLog;
import dev.graft.auth.Token;
import dev.graft.auth.TokenVerifier;
import dev.graft.auth.Verdict;
import dev.graft.client.http.RemoteAddress;
import dev.graft.http.RevokeRequest;
import dev.graft.protocol.id.TokenId;
import java.io.IOException;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
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
          "Where it is good: folder:PATH, a folder's path, s3://BUCKET, or https://HOST, which takes it from who has"
              + " a token for admin of all volumes in GRAFT_TOKEN.")
  private String remote;

  @Option(
      names = "--keys",
      paramLabel = "FILE",
      description = {
        "The key ring that proves the token before it is revoked in a store (default: the one that",
        "GRAFT_KEYS names); a server has its own. Without one the id stays revoked for 400 days."
      })
  private @Nullable String keys;

  TokenRevokeCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() throws IOException {
    String text = TokenArgument.read(surroundings(), token);
    String address = Stores.address(remote, surroundings().workingFolder());
    Optional<Token> claimed = TokenVerifier.claimed(text).map(TokenVerifier.Claimed::token);
    TokenId id = claimed.map(Token::id).orElseGet(() -> id(text));
    if (RemoteAddress.isMeant(address)) {
      // It proves the token, and refuses what is none.
      ServerTokens.at(address, surroundings())
          .revoke(
              claimed.isEmpty()
                  ? new RevokeRequest.ById(id.toString())
                  : new RevokeRequest.ByToken(text));
      tell(id, claimed.filter(TokenRevokeCommand::isEnded), true);
      return ExitCode.OK;
    }
    Optional<Token> proved = claimed.isPresent() ? proved(text, id) : Optional.empty();
    Optional<Token> ended = proved.filter(TokenRevokeCommand::isEnded);
    tell(id, ended, ended.isEmpty() && inStore(address, proved, id));
    if (proved.isEmpty() && claimed.filter(TokenRevokeCommand::isEnded).isPresent()) {
      terminal()
          .note(
              "graft: nobody proved that this token ended, so its id is revoked for as long as a"
                  + " token can live: name the key ring with --keys to have it proved");
    }
    return ExitCode.OK;
  }

  private static boolean isEnded(Token said) {
    return said.isExpired(InstantSource.system().instant());
  }

  private static TokenId id(String text) {
    if (!text.startsWith("tok-")) {
      throw Failure.usage("that is neither a token nor the id of one, tok-...");
    }
    return TokenId.parse(text);
  }

  /**
   * The token, when there is a key ring to prove it by. What nobody proved may say any id and any
   * end: such an end is not believed.
   */
  private Optional<Token> proved(String text, TokenId id) throws IOException {
    if (!KeyFile.isNamed(surroundings(), keys)) {
      return Optional.empty();
    }
    KeyFile file = KeyFile.find(surroundings(), keys);
    return switch (new TokenVerifier(file.read(terminal())).prove(text)) {
      case Verdict.Admitted(Token token) -> Optional.of(token);
      case Verdict.Refused refused ->
          throw Failure.usage(
              "nothing was revoked: "
                  + refused.reason()
                  + " ("
                  + file
                  + "); take the ring that signed it, or revoke the id that it names: "
                  + id);
    };
  }

  /** Whether that changed anything. */
  private static boolean inStore(String address, Optional<Token> proved, TokenId id) {
    try (OpenStore store = Stores.open(address, InstantSource.system())) {
      RevocationLog log = new RevocationLog(store.objects(), InstantSource.system());
      return proved.isPresent() ? log.revoke(proved.get()) : log.revoke(id);
    }
  }

  /**
   * Says what became of it.
   *
   * @param ended the token, when it was proved that it ended: then nothing was written
   */
  private void tell(TokenId id, Optional<Token> ended, boolean changed) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("id", id.toString());
    object.put("revoked", ended.isEmpty());
    object.put("changed", changed && ended.isEmpty());
    if (ended.isPresent()) {
      String end = ended.get().expires().toString();
      object.put("ended", end);
      answer(object, id + " ended at " + end + ": it admits nothing as it is");
    } else {
      answer(object, id + (changed ? " is revoked" : " was revoked before"));
    }
  }
}
