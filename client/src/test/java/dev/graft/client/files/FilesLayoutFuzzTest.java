package dev.graft.client.files;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * An arbitrary page under a right checksum is no page 1 and no directory page of a volume of files,
 * or the one form of what it holds. A plain test run plays the kept inputs; {@code JAZZER_FUZZ=1}
 * in the environment and {@code -Djazzer.hooks=true} look for new ones.
 */
class FilesLayoutFuzzTest {
  private static final FilesLayout LAYOUT = new FilesLayout(new PageSize(512));

  @FuzzTest(maxDuration = "60s")
  void first(byte[] bytes) {
    byte[] page = sealed(bytes);
    FilesLayout.isFirstPage(page);
    oneForm(page, () -> LAYOUT.firstPage(LAYOUT.readFirstPage(page)));
  }

  @FuzzTest(maxDuration = "60s")
  void directory(byte[] bytes) {
    byte[] page = sealed(bytes);
    oneForm(page, () -> LAYOUT.directoryPage(LAYOUT.readDirectoryPage(7, page)));
  }

  private static void oneForm(byte[] page, Supplier<byte[]> again) {
    try {
      if (!Arrays.equals(again.get(), page)) {
        throw new AssertionError("two pages say the same");
      }
    } catch (GraftException.Corrupt expected) {
      return;
    } catch (GraftException.Misuse newer) {
      if (!String.valueOf(newer.getMessage()).contains("newer release")) {
        throw newer;
      }
    }
  }

  /** A page with a checksum that is right where it says that it ends. */
  private static byte[] sealed(byte[] bytes) {
    byte[] page = Arrays.copyOf(bytes, 512);
    int end = ByteBuffer.wrap(page).getInt(WireWriter.HEADER_BYTES) - WireWriter.SEAL_BYTES;
    if (end > 0 && end <= page.length - WireWriter.SEAL_BYTES) {
      WireWriter.putU32(page, end, WireWriter.crc32c(page, 0, end));
    }
    return page;
  }
}
