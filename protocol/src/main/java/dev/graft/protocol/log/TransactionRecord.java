package dev.graft.protocol.log;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.IdempotencyKey;
import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * One local transaction, as its commit lists it.
 *
 * @param key made once by the client
 * @param digest what it read and wrote, see {@link ContentDigest}
 * @param localTime the client's clock when it committed, to the millisecond
 * @param author at most 64 bytes of UTF-8
 * @param message at most 256 bytes of UTF-8
 */
public record TransactionRecord(
    IdempotencyKey key, Hash digest, Instant localTime, String author, String message) {
  /** The most bytes of an author. */
  public static final int MAX_AUTHOR_BYTES = 64;

  /** The most bytes of a message. */
  public static final int MAX_MESSAGE_BYTES = 256;

  static final int MIN_ENCODED_BYTES = 16 + Hash.LENGTH + 8 + 1 + 1;

  public TransactionRecord {
    localTime = Fields.millis(localTime);
    requireText("author", author, MAX_AUTHOR_BYTES);
    requireText("message", message, MAX_MESSAGE_BYTES);
  }

  private static void requireText(String what, String text, int maxBytes) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (utf8.length > maxBytes) {
      throw new GraftException.Limit(
          what + " has " + utf8.length + " bytes; at most " + maxBytes + " are allowed");
    }
    if (!new String(utf8, StandardCharsets.UTF_8).equals(text)) {
      throw new GraftException.Misuse(what + " is not well-formed text: it has half a surrogate");
    }
  }

  /** How many of a commit's {@link CommitDraft#MAX_TRANSACTION_BYTES} it takes. */
  public int encodedBytes() {
    int authorBytes = author.getBytes(StandardCharsets.UTF_8).length;
    int messageBytes = message.getBytes(StandardCharsets.UTF_8).length;
    return MIN_ENCODED_BYTES
        - 2
        + WireWriter.varintBytes(authorBytes)
        + authorBytes
        + WireWriter.varintBytes(messageBytes)
        + messageBytes;
  }

  /** Appends the encoded form, see {@code docs/formats.md}, "Commit". */
  public void encode(WireWriter out) {
    out.u64(key.hi()).u64(key.lo()).hash(digest);
    Fields.time(out, localTime);
    out.text(author, MAX_AUTHOR_BYTES).text(message, MAX_MESSAGE_BYTES);
  }

  /** Reads what {@link #encode} wrote. */
  public static TransactionRecord decode(WireReader in) {
    return new TransactionRecord(
        new IdempotencyKey(in.u64(), in.u64()),
        in.hash(),
        Fields.time(in),
        in.text("author", MAX_AUTHOR_BYTES),
        in.text("message", MAX_MESSAGE_BYTES));
  }
}
