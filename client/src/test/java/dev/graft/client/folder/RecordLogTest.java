package dev.graft.client.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.graft.protocol.error.GraftException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a log of records keeps, and what it says of damage. */
final class RecordLogTest {
  private static final int MAX = 1000;

  @TempDir Path folder;
  private Path file = Path.of("log");

  @BeforeEach
  void name() {
    file = folder.resolve("log");
  }

  private List<String> read(RecordLog.OnDamage onDamage) {
    List<String> records = new ArrayList<>();
    RecordLog.open(
            file, MAX, onDamage, bytes -> records.add(new String(bytes, StandardCharsets.UTF_8)))
        .close();
    return records;
  }

  private void append(String... records) {
    try (RecordLog log = RecordLog.open(file, MAX, RecordLog.OnDamage.REFUSE, bytes -> {})) {
      for (String record : records) {
        log.append(record.getBytes(StandardCharsets.UTF_8));
      }
      log.sync();
    }
  }

  @Test
  void open_afterAppends_readsThemInOrder() {
    append("one", "two");
    append("three");
    assertThat(read(RecordLog.OnDamage.REFUSE)).containsExactly("one", "two", "three");
  }

  @Test
  void open_cutAnywhere_readsTheWholeRecordsBeforeAndGoesOn() throws IOException {
    append("first record", "second record");
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      List<String> records = read(RecordLog.OnDamage.REFUSE);
      assertThat(records)
          .isEqualTo(List.of("first record", "second record").subList(0, records.size()));
      append("after");
      assertThat(read(RecordLog.OnDamage.REFUSE)).endsWith("after").hasSize(records.size() + 1);
    }
  }

  @Test
  void open_anyByteFlipped_neverReadsAnotherRecord() throws IOException {
    append("first record", "second record", "third record");
    byte[] whole = Files.readAllBytes(file);
    for (int at = 0; at < whole.length; at++) {
      byte[] hurt = whole.clone();
      hurt[at] ^= 0x10;
      Files.write(file, hurt);
      try {
        assertThat(List.of("first record", "second record", "third record"))
            .containsAll(read(RecordLog.OnDamage.REFUSE));
      } catch (GraftException.Corrupt e) {
        assertThat(e).hasMessageContaining(file.toString());
      }
    }
  }

  @Test
  void open_damageBeforeAGoodRecord_isRefusedOrForgottenAsAsked() throws IOException {
    append("first record");
    append("second record");
    byte[] hurt = Files.readAllBytes(file);
    hurt[26] ^= 1;
    Files.write(file, hurt);
    assertThatExceptionOfType(GraftException.Corrupt.class)
        .isThrownBy(() -> read(RecordLog.OnDamage.REFUSE))
        .withMessageContaining("at byte 8");
    assertThat(read(RecordLog.OnDamage.FORGET_THE_REST)).isEmpty();
  }

  @Test
  void open_endThatWasNeverSyncedIsDamagedBeforeAGoodRecord_isForgotten() throws IOException {
    append("kept");
    long synced = Files.size(file);
    try (RecordLog log = RecordLog.open(file, MAX, RecordLog.OnDamage.REFUSE, bytes -> {})) {
      log.append("lost".getBytes(StandardCharsets.UTF_8));
      log.append("came to the disk before it".getBytes(StandardCharsets.UTF_8));
    }
    byte[] whole = Files.readAllBytes(file);
    for (long at = synced; at < synced + RecordLog.HEAD_BYTES + 4; at++) {
      byte[] hurt = whole.clone();
      hurt[(int) at] ^= 1;
      Files.write(file, hurt);
      assertThat(read(RecordLog.OnDamage.REFUSE)).containsExactly("kept");
    }
  }

  @Test
  void open_anotherFile_isRefused() throws IOException {
    Files.writeString(file, "this is no log of records");
    assertThatExceptionOfType(GraftException.Corrupt.class)
        .isThrownBy(() -> read(RecordLog.OnDamage.FORGET_THE_REST));
  }

  @Test
  void append_tooLong_isALimit() {
    try (RecordLog log = RecordLog.open(file, MAX, RecordLog.OnDamage.REFUSE, bytes -> {})) {
      assertThatExceptionOfType(GraftException.Limit.class)
          .isThrownBy(() -> log.append(new byte[MAX + 1]));
    }
  }
}
