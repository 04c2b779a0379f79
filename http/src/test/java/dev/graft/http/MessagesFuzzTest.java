package dev.graft.http;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.graft.protocol.error.GraftException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Arbitrary bytes are refused as what they are, or have one form from then on. The first byte picks
 * the message. A plain test run plays the kept inputs; {@code JAZZER_FUZZ=1} in the environment and
 * {@code -Djazzer.hooks=true} look for new ones.
 */
class MessagesFuzzTest {
  private static final List<Message<?>> MESSAGES = Messages.all(Samples.VOLUME);

  @FuzzTest(maxDuration = "60s")
  void message(byte[] input) {
    if (input.length > 0) {
      byte[] json = Arrays.copyOfRange(input, 1, input.length);
      hasOneForm(MESSAGES.get((input[0] & 0xFF) % MESSAGES.size()), json);
    }
  }

  @FuzzTest(maxDuration = "60s")
  void path(byte[] input) {
    String path = new String(input, StandardCharsets.ISO_8859_1);
    for (String method : Route.methods(path)) {
      if (!Route.parse(method, path).orElseThrow().path().equals(path)) {
        throw new AssertionError("two paths of one route");
      }
    }
  }

  private static <T> void hasOneForm(Message<T> message, byte[] json) {
    byte[] once;
    try {
      once = message.encode(message.decode(json));
    } catch (GraftException.Misuse e) {
      require(message.isRequest());
      return;
    } catch (GraftException.Corrupt e) {
      require(!message.isRequest());
      return;
    }
    require(Arrays.equals(once, message.encode(message.decode(once))));
  }

  private static void require(boolean holds) {
    if (!holds) {
      throw new AssertionError("neither refused as what it is, nor of one form");
    }
  }
}
