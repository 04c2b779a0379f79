package dev.graft.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.protocol.error.GraftException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class WireTest {
  @Test
  void values_roundTrip() {
    Random random = new Random(7);
    for (int i = 0; i < 2_000; i++) {
      long value = random.nextLong() >>> random.nextInt(64);
      long signed = random.nextLong() >> random.nextInt(64);
      byte[] text = new byte[random.nextInt(300)];
      random.nextBytes(text);
      byte[] bytes =
          new WireWriter(1)
              .varint(value)
              .zigzag(signed)
              .u64(signed)
              .u32((int) value)
              .u16((int) value)
              .prefixed(text)
              .text("ünï", 5)
              .seal()
              .toBytes();
      WireReader in = WireReader.sealed("thing", bytes, 0, bytes.length);
      assertThat(in.varint()).isEqualTo(value);
      assertThat(in.position()).isEqualTo(WireWriter.varintBytes(value));
      assertThat(in.zigzag()).isEqualTo(signed);
      assertThat(in.u64()).isEqualTo(signed);
      assertThat(in.u32()).isEqualTo((int) value);
      assertThat(in.u16()).isEqualTo((int) value & 0xFFFF);
      assertThat(in.prefixed("text", 300)).isEqualTo(text);
      assertThat(in.text("name", 5)).isEqualTo("ünï");
      in.expectEnd();
    }
  }

  @Test
  void varint_longerThanNeeded_isRefused() {
    assertRefused("byte 0: a varint is not in its shortest form", 0x80, 0x00);
    assertRefused("byte 0: a varint is not in its shortest form", 0xFF, 0x80, 0x00);
    byte[] eleven = new byte[11];
    Arrays.fill(eleven, (byte) 0xFF);
    assertThatThrownBy(() -> new WireReader("thing", eleven).varint())
        .isInstanceOf(GraftException.Corrupt.class)
        .hasMessageContaining("longer than 10 bytes");
    byte[] overflow = eleven.clone();
    overflow[9] = 2;
    assertThatThrownBy(() -> new WireReader("thing", overflow).varint())
        .isInstanceOf(GraftException.Corrupt.class);
    assertRefused("byte 1: it ends where 1 more bytes are due", 0x80);
  }

  @Test
  void count_moreThanBytesLeft_isRefusedBeforeAllocation() {
    byte[] bytes = new WireWriter().varint(1_000_000).u32(0).toBytes();
    assertThatThrownBy(() -> new WireReader("thing", bytes).count("pages", 2_000_000, 1))
        .isInstanceOf(GraftException.Corrupt.class)
        .hasMessageContaining("pages 1000000 does not fit in 4 bytes");
    assertThatThrownBy(() -> new WireReader("thing", bytes).prefixed("name", 2_000_000))
        .isInstanceOf(GraftException.Corrupt.class);
  }

  @Test
  void object_headerAndSeal_areProved() {
    byte[] bytes = new WireWriter().header('X', 1).u8(9).seal().toBytes();
    assertThat(WireReader.object("thing", bytes, 0, bytes.length, 'X', 1).u8()).isEqualTo(9);
    for (int i = 0; i < bytes.length; i++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] flipped = bytes.clone();
        flipped[i] ^= (byte) (1 << bit);
        assertThatThrownBy(() -> WireReader.object("thing", flipped, 0, flipped.length, 'X', 1))
            .isInstanceOf(GraftException.Corrupt.class);
      }
    }
    assertThatThrownBy(() -> WireReader.object("thing", bytes, 0, bytes.length, 'Y', 1))
        .isInstanceOf(GraftException.Corrupt.class)
        .hasMessageContaining("byte 4");
    byte[] newer = new WireWriter().header('X', 2).u8(9).seal().toBytes();
    assertThatThrownBy(() -> WireReader.object("thing", newer, 0, newer.length, 'X', 1))
        .isInstanceOf(GraftException.Misuse.class)
        .hasMessage(
            "thing is of format version 2; this program reads up to 1: use a newer release");
  }

  @Test
  void text_malformed_isRefused() {
    byte[] bytes = new WireWriter().prefixed(new byte[] {(byte) 0xC3}).toBytes();
    assertThatThrownBy(() -> new WireReader("thing", bytes).text("name", 10))
        .isInstanceOf(GraftException.Corrupt.class)
        .hasMessageContaining("not UTF-8");
  }

  private static void assertRefused(String message, int... unsigned) {
    byte[] bytes = new byte[unsigned.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) unsigned[i];
    }
    assertThatThrownBy(() -> new WireReader("thing", bytes).varint())
        .isInstanceOf(GraftException.Corrupt.class)
        .hasMessageContaining(message);
  }
}
