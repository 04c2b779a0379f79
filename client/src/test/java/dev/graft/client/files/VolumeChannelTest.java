package dev.graft.client.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.graft.client.CommitOptions;
import dev.graft.client.CommitResult;
import dev.graft.client.Embedded;
import dev.graft.client.Replica;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSize;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The contract of {@link SeekableByteChannel}, kept over a volume. */
@Timeout(60)
final class VolumeChannelTest {
  private static final int PAGE = 512;

  private Embedded at;
  private Replica replica;

  @BeforeEach
  void open() {
    at = new Embedded(1, new PageSize(PAGE));
    replica = at.open();
  }

  @AfterEach
  void close() {
    replica.close();
    at.close();
  }

  private VolumeChannel writing() {
    return VolumeChannel.over(replica.begin());
  }

  private VolumeChannel reading() {
    return VolumeChannel.over(replica.snapshot());
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] all(SeekableByteChannel channel) throws IOException {
    ByteBuffer target = ByteBuffer.allocate((int) channel.size() + 1);
    channel.position(0);
    while (channel.read(target) > 0) {}
    return java.util.Arrays.copyOf(target.array(), target.position());
  }

  private void commit(VolumeChannel channel) throws IOException {
    assertThat(channel.commit(CommitOptions.NONE)).isInstanceOf(CommitResult.Committed.class);
    assertThat(channel.isOpen()).isFalse();
  }

  private byte[] write(long position, byte[] content) throws IOException {
    try (VolumeChannel channel = writing()) {
      channel.position(position);
      assertThat(channel.write(ByteBuffer.wrap(content))).isEqualTo(content.length);
      commit(channel);
    }
    try (VolumeChannel channel = reading()) {
      return all(channel);
    }
  }

  @Test
  void emptyVolume_hasNoBytes() throws IOException {
    try (VolumeChannel channel = reading()) {
      assertThat(channel.size()).isZero();
      assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
      assertThat(channel.read(ByteBuffer.allocate(0))).isZero();
    }
    try (VolumeChannel channel = writing()) {
      assertThat(channel.commit(CommitOptions.NONE)).isEqualTo(new CommitResult.Nothing());
    }
  }

  @Test
  void write_ofAnyLength_isReadBackWithExactlyThatLength() throws IOException {
    for (int length : new int[] {1, PAGE - 1, PAGE, PAGE + 1, 3 * PAGE, 10 * PAGE + 7}) {
      try (Embedded fresh = new Embedded(2, new PageSize(PAGE));
          Replica one = fresh.open()) {
        byte[] content = new byte[length];
        new java.util.Random(length).nextBytes(content);
        try (VolumeChannel channel = VolumeChannel.over(one.begin())) {
          channel.write(ByteBuffer.wrap(content));
          assertThat(channel.size()).isEqualTo(length);
          commit(channel);
        }
        try (Replica other = fresh.open();
            VolumeChannel channel = VolumeChannel.over(other.snapshot())) {
          assertThat(channel.size()).isEqualTo(length);
          assertThat(all(channel)).isEqualTo(content);
        }
        long pages = one.status().pageCount().value();
        assertThat(pages).isEqualTo(length % PAGE == 0 ? length / PAGE : length / PAGE + 2);
      }
    }
  }

  @Test
  void write_beyondTheEnd_leavesZerosThatTakeNoRoom() throws IOException {
    write(0, bytes("begin").array());
    byte[] whole = write(1_000_000, bytes("end").array());
    assertThat(whole)
        .hasSize(1_000_003)
        .startsWith('b', 'e', 'g', 'i', 'n', 0)
        .endsWith(0, 'e', 'n', 'd');
    try (VolumeChannel channel = reading()) {
      channel.position(5);
      ByteBuffer gap = ByteBuffer.allocate(999_995);
      assertThat(channel.read(gap)).isEqualTo(999_995);
      assertThat(gap.array()).containsOnly(0);
    }
    try (VolumeChannel channel = writing()) {
      channel.position(40_000_000_000L).write(bytes("x"));
      assertThat(channel.size()).isEqualTo(40_000_000_001L);
      commit(channel);
    }
    assertThat(replica.log(1).commits().getFirst().pagesWritten()).isLessThanOrEqualTo(3);
  }

  @Test
  void read_beyondTheEnd_isTheEnd_andThePositionStays() throws IOException {
    write(0, bytes("0123456789").array());
    try (VolumeChannel channel = reading()) {
      channel.position(100);
      assertThat(channel.position()).isEqualTo(100);
      assertThat(channel.size()).isEqualTo(10);
      assertThat(channel.read(ByteBuffer.allocate(5))).isEqualTo(-1);
      assertThat(channel.position()).isEqualTo(100);
      channel.position(8);
      ByteBuffer target = ByteBuffer.allocate(5);
      assertThat(channel.read(target)).isEqualTo(2);
      assertThat(target.position()).isEqualTo(2);
      assertThat(channel.position()).isEqualTo(10);
    }
  }

  @Test
  void write_ofAFewBytes_writesTheirPageAlone() throws IOException {
    write(0, new byte[20 * PAGE + 5]);
    try (VolumeChannel channel = writing()) {
      channel.position(3 * PAGE + 100).write(bytes("changed"));
      commit(channel);
    }
    assertThat(replica.log(1).commits().getFirst().pagesWritten()).isEqualTo(1);
    try (VolumeChannel channel = reading()) {
      assertThat(channel.size()).isEqualTo(20 * PAGE + 5);
    }
  }

  @Test
  void truncate_thenGrowth_readsZerosInBetween() throws IOException {
    byte[] full = new byte[4 * PAGE];
    java.util.Arrays.fill(full, (byte) 7);
    write(0, full);
    try (VolumeChannel channel = writing()) {
      channel.position(4 * PAGE);
      assertThat(channel.truncate(700)).isSameAs(channel);
      assertThat(channel.size()).isEqualTo(700);
      assertThat(channel.position()).isEqualTo(700);
      channel.position(1500).write(bytes("z"));
      commit(channel);
    }
    byte[] expected = new byte[1501];
    java.util.Arrays.fill(expected, 0, 700, (byte) 7);
    expected[1500] = 'z';
    try (VolumeChannel channel = reading()) {
      assertThat(all(channel)).isEqualTo(expected);
    }
  }

  @Test
  void truncate_toNoLess_changesOnlyThePosition() throws IOException {
    write(0, bytes("0123456789").array());
    try (VolumeChannel channel = writing()) {
      channel.position(50);
      channel.truncate(20);
      assertThat(channel.size()).isEqualTo(10);
      assertThat(channel.position()).isEqualTo(20);
      channel.truncate(10);
      assertThat(channel.position()).isEqualTo(10);
      assertThat(channel.commit(CommitOptions.NONE)).isEqualTo(new CommitResult.Nothing());
    }
    try (VolumeChannel channel = writing()) {
      channel.truncate(0);
      commit(channel);
    }
    assertThat(replica.status().pageCount()).isEqualTo(PageCount.ZERO);
  }

  @Test
  void close_withoutCommit_dropsEverything() throws IOException {
    write(0, bytes("kept").array());
    try (VolumeChannel channel = writing()) {
      channel.write(bytes("lost"));
      channel.position(0);
      assertThat(all(channel)).isEqualTo(bytes("lost").array());
    }
    try (VolumeChannel channel = reading()) {
      assertThat(all(channel)).isEqualTo(bytes("kept").array());
    }
  }

  @Test
  void readOnly_refusesWrites_evenOfNothing() throws IOException {
    try (VolumeChannel channel = reading()) {
      assertThatExceptionOfType(NonWritableChannelException.class)
          .isThrownBy(() -> channel.write(ByteBuffer.allocate(0)));
      assertThatExceptionOfType(NonWritableChannelException.class)
          .isThrownBy(() -> channel.truncate(0));
      assertThatExceptionOfType(NonWritableChannelException.class)
          .isThrownBy(() -> channel.commit(CommitOptions.NONE));
    }
  }

  @Test
  void closed_refusesEverything_butClose() throws IOException {
    VolumeChannel channel = writing();
    channel.close();
    channel.close();
    assertThat(channel.isOpen()).isFalse();
    org.assertj.core.api.ThrowableAssert.ThrowingCallable[] calls = {
      () -> channel.read(ByteBuffer.allocate(1)),
      () -> channel.write(bytes("x")),
      () -> channel.truncate(1),
      channel::size,
      channel::position,
      () -> channel.position(1),
      () -> channel.commit(CommitOptions.NONE)
    };
    for (var call : calls) {
      assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(call);
    }
  }

  @Test
  void arguments_thatCannotBe_areRefused() throws IOException {
    try (VolumeChannel channel = writing()) {
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> channel.position(-1));
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> channel.truncate(-1));
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> channel.read(ByteBuffer.allocate(1).asReadOnlyBuffer()));
      channel.position(Long.MAX_VALUE);
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> channel.write(bytes("x")))
          .withCauseInstanceOf(GraftException.Limit.class);
      assertThat(channel.size()).isZero();
      channel.position((0xFFFF_FFFFL - 1) * PAGE - 1).write(bytes("x"));
      commit(channel);
    }
  }

  @Test
  void commit_afterAnother_isAConflict() throws IOException {
    write(0, bytes("first").array());
    try (VolumeChannel loser = writing();
        VolumeChannel winner = writing()) {
      loser.write(bytes("loser"));
      winner.write(bytes("wins!"));
      commit(winner);
      assertThat(loser.commit(CommitOptions.NONE)).isInstanceOf(CommitResult.Conflict.class);
      assertThat(loser.isOpen()).isFalse();
    }
    try (VolumeChannel channel = reading()) {
      assertThat(all(channel)).isEqualTo(bytes("wins!").array());
    }
  }

  @Test
  void volumeOfPages_isAsLongAsItsPages_andStaysSo() throws IOException {
    try (var transaction = replica.begin()) {
      transaction.write(9, java.lang.foreign.MemorySegment.ofArray(new byte[PAGE]), 0);
      transaction.commit(CommitOptions.NONE);
    }
    try (VolumeChannel channel = writing()) {
      assertThat(channel.size()).isEqualTo(9 * PAGE);
      channel.position(100).write(bytes("hello"));
      commit(channel);
    }
    assertThat(replica.status().pageCount()).isEqualTo(new PageCount(9));
  }

  @Test
  void bytesThatEndLikeALengthPage_areStillBytes() throws IOException {
    byte[] content = new byte[2 * PAGE];
    System.arraycopy(LengthPage.encode(PAGE - 3, PAGE), 0, content, PAGE, PAGE);
    assertThat(write(0, content)).isEqualTo(content);
    assertThat(replica.status().pageCount()).isEqualTo(new PageCount(3));
    content[PAGE] = 0;
    assertThat(write(0, content)).isEqualTo(content);
  }

  @Test
  void lengthPage_isRecognizedOnlyWhole() {
    byte[] page = LengthPage.encode(1_000, PAGE);
    assertThat(LengthPage.decode(page, new PageCount(3))).hasValue(1_000);
    assertThat(LengthPage.decode(page, new PageCount(4))).isEmpty();
    for (int at = 0; at < PAGE; at++) {
      page[at] ^= 1;
      assertThat(LengthPage.isLengthPage(page)).as("byte %d", at).isFalse();
      page[at] ^= 1;
    }
  }

  @Test
  void snapshotChannel_keepsItsContent_whileOthersWrite() throws IOException {
    write(0, bytes("before").array());
    try (VolumeChannel old = reading()) {
      write(0, bytes("after, and longer").array());
      assertThat(all(old)).isEqualTo(bytes("before").array());
    }
  }
}
