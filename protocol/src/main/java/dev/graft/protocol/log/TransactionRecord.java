package dev.graft.protocol.log;

import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.IdempotencyKey;
import java.time.Instant;

/**
 * One local transaction, as its commit lists it.
 *
 * @param key made once by the client
 * @param digest what it read and wrote, see {@code ContentDigest}
 * @param localTime the client's clock when it committed, to the millisecond
 * @param author at most 64 bytes of UTF-8
 * @param message at most 256 bytes of UTF-8
 */
public record TransactionRecord(
    IdempotencyKey key, Hash digest, Instant localTime, String author, String message) {}
