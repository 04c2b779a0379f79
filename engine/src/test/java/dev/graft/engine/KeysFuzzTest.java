package dev.graft.engine;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.graft.engine.store.ObjectKey;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Names in a listing, which may be anybody's, are no rollup and no entry of a log, or the one name
 * of what they name. A plain test run plays the kept inputs; {@code JAZZER_FUZZ=1} in the
 * environment and {@code -Djazzer.hooks=true} look for new ones.
 */
class KeysFuzzTest {
  private static final VolumeId VOLUME = new VolumeId(3, 4);
  private static final int GENERATION = 7;

  @FuzzTest(maxDuration = "60s")
  void rollup(byte[] bytes) {
    listed(Keys.derivedPrefix(VOLUME), bytes)
        .ifPresent(key ->
            Keys.blockOf(VOLUME, GENERATION, key)
                .ifPresent(block -> requireEqual(key, Keys.rollup(VOLUME, GENERATION, block))));
  }

  @FuzzTest(maxDuration = "60s")
  void log(byte[] bytes) {
    listed(Keys.logPrefix(VOLUME), bytes)
        .ifPresent(key -> {
          long number;
          try {
            number = Keys.numberOf(key);
          } catch (GraftException.Corrupt expected) {
            return;
          }
          boolean isDirect = key.value().indexOf('/', Keys.logPrefix(VOLUME).length()) < 0;
          if (isDirect) {
            requireEqual(key, Keys.commit(VOLUME, new Lsn(number)));
          }
        });
  }

  /** What a store gives for a name below a prefix. */
  private static Optional<ObjectKey> listed(String prefix, byte[] bytes) {
    String name = prefix + new String(bytes, StandardCharsets.UTF_8);
    return ObjectKey.isKey(name) ? Optional.of(new ObjectKey(name)) : Optional.empty();
  }

  private static void requireEqual(ObjectKey key, ObjectKey again) {
    if (!again.equals(key)) {
      throw new AssertionError("two names of one object: " + key + " and " + again);
    }
  }
}
