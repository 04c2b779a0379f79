package dev.graft.http;

import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.remote.LogPage;
import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;
import java.util.List;

/** The JSON of log pages, and of transactions. */
final class LogJson {
  /** More than a transaction record can have: its texts, and all that has a fixed width. */
  private static final int MAX_TRANSACTION_BYTES =
      TransactionRecord.MAX_AUTHOR_BYTES + TransactionRecord.MAX_MESSAGE_BYTES + 64;

  private LogJson() {}

  static void write(JsonOut out, LogRequest request) {
    if (request.newest() != null) {
      out.lsn("newest", request.newest());
    }
    out.number("max", request.max());
  }

  static LogRequest request(JsonObject in) {
    return new LogRequest(
        in.has("newest") ? in.lsn("newest") : null,
        in.integer("max", 1, HttpLimits.MAX_LOG_COMMITS));
  }

  static void write(JsonOut out, LogAnswer answer) {
    LogPage page = answer.page();
    out.position("head", page.head()).lsn("floor", page.floor());
    out.objects("commits", page.commits(), LogJson::entry).flag("more", answer.more());
  }

  private static void entry(JsonOut out, LogPage.Entry entry) {
    out.position("position", entry.position()).time("time", entry.time());
    out.lsn("snapshot", entry.snapshot()).pageCount("count", entry.count());
    if (entry.pagesWritten() >= 0) {
      out.number("pagesWritten", entry.pagesWritten());
    }
    transactions(out, entry.transactions());
  }

  static LogAnswer answer(JsonObject in) {
    return new LogAnswer(
        new LogPage(in.position("head"), in.lsn("floor"), in.objects("commits", LogJson::entry)),
        in.flag("more"));
  }

  private static LogPage.Entry entry(JsonObject in) {
    return new LogPage.Entry(
        in.position("position"),
        in.time("time"),
        in.lsn("snapshot"),
        in.pageCount("count"),
        in.has("pagesWritten") ? in.count("pagesWritten") : -1,
        transactions(in, Integer.MAX_VALUE));
  }

  static void transactions(JsonOut out, List<TransactionRecord> transactions) {
    out.manyBytes("transactions", transactions.stream().map(LogJson::encode).toList());
  }

  private static byte[] encode(TransactionRecord transaction) {
    WireWriter out = new WireWriter(128);
    transaction.encode(out);
    return out.toBytes();
  }

  static List<TransactionRecord> transactions(JsonObject in, int maxBytes) {
    int most = Math.min(maxBytes, HttpLimits.MAX_ANSWER_BYTES);
    List<TransactionRecord> all =
        in.manyBytes("transactions", most).stream().map(each -> decode(in, each)).toList();
    return all;
  }

  private static TransactionRecord decode(JsonObject in, byte[] bytes) {
    if (bytes.length > MAX_TRANSACTION_BYTES) {
      throw in.wrong("transactions", "has one of " + bytes.length + " bytes");
    }
    WireReader reader = new WireReader("transaction", bytes);
    return in.checked(
        "transactions",
        each -> {
          TransactionRecord transaction = TransactionRecord.decode(reader);
          reader.expectEnd();
          return transaction;
        });
  }
}
