package dev.graft.client.http;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.graft.client.files.FilePath;
import dev.graft.http.Route;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.VolumeId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Arbitrary text is no address of a remote and no name of a file in a volume, or one that leads
 * nowhere else; arbitrary bytes are no file of tokens, or are kept when another is saved; any text
 * at all can be given as a token. A plain test run plays the kept inputs; {@code JAZZER_FUZZ=1} in
 * the environment and {@code -Djazzer.hooks=true} look for new ones.
 */
class TokensFuzzTest {
  private static final VolumeId VOLUME = new VolumeId(1, 2);
  private static final VolumeId OTHER = new VolumeId(3, 4);

  @FuzzTest(maxDuration = "60s")
  void address(byte[] bytes) {
    RemoteAddress address;
    try {
      address = RemoteAddress.parse(text(bytes), true);
    } catch (GraftException.Misuse expected) {
      return;
    }
    require(RemoteAddress.parse(address.toString(), true).equals(address));
    require(address.origin().getPort() <= 65_535);
    require(address.of(new Route.Info(VOLUME)).getHost().equals(address.origin().getHost()));
  }

  @FuzzTest(maxDuration = "60s")
  void token(byte[] bytes) {
    String token = text(bytes);
    var held = new HeldTokens(token, Map.of(OTHER, "a.b.c"), (volume, learned) -> {});
    require(held.token(OTHER).isPresent() && held.token(VOLUME).isPresent());
    require(new HeldTokens(token).token(VOLUME).equals(Optional.of(token)));
  }

  @FuzzTest(maxDuration = "60s")
  void tokenFile(byte[] bytes) throws IOException {
    Path folder = Files.createTempDirectory("tokens");
    try {
      Files.write(folder.resolve("tokens"), bytes);
      Map<VolumeId, String> saved;
      try {
        saved = TokenFolder.load(folder);
      } catch (GraftException.Misuse | GraftException.Unavailable expected) {
        return;
      }
      TokenFolder.save(folder, VOLUME, "one.more.token");
      Map<VolumeId, String> again = TokenFolder.load(folder);
      require("one.more.token".equals(again.get(VOLUME)));
      saved.forEach(
          (volume, token) -> require(volume.equals(VOLUME) || token.equals(again.get(volume))));
    } finally {
      Files.deleteIfExists(folder.resolve("tokens"));
      Files.delete(folder);
    }
  }

  @FuzzTest(maxDuration = "60s")
  void filePath(byte[] bytes) {
    FilePath path;
    try {
      path = new FilePath(text(bytes));
    } catch (GraftException.Misuse expected) {
      return;
    }
    int depth = 0;
    for (String part : path.parts()) {
      require(!part.isEmpty() && !part.equals(".") && !part.equals(".."));
      depth++;
    }
    require(depth > 0 && String.join("/", path.parts()).equals(path.value()));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static void require(boolean holds) {
    if (!holds) {
      throw new AssertionError("it was taken, and is not what it should be");
    }
  }
}
