package dev.graft.sqlite;

import dev.graft.client.ReplicaStatus;
import dev.graft.client.prefetch.PrefetchStatus;
import dev.graft.sqlite.ffi.TableFunction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code SELECT * FROM graft_status}: one row, where the connection's replica stands; {@code
 * graft_status('other')} tells of an attached one.
 */
final class StatusTable implements TableFunction {
  @Override
  public String name() {
    return "graft_status";
  }

  @Override
  public List<String> columns() {
    return List.of(
        "volume TEXT",
        "page_size INTEGER",
        "state TEXT",
        "lsn INTEGER",
        "hash TEXT",
        "time TEXT",
        "remote_lsn INTEGER",
        "pending INTEGER",
        "pending_bytes INTEGER",
        "page_count INTEGER",
        "pages_here INTEGER",
        "bytes_here INTEGER",
        "requests INTEGER",
        "rounds INTEGER",
        "bytes_fetched INTEGER");
  }

  @Override
  public List<String> parameters() {
    return List.of("schema");
  }

  @Override
  public List<@Nullable Object[]> rows(long db, @Nullable Object[] arguments, long limit) {
    List<@Nullable Object[]> rows = new ArrayList<>();
    rows.add(members(GraftVfs.fileOf(db, arguments[0])).values().toArray());
    return rows;
  }

  /** The columns by name. */
  static Map<String, @Nullable Object> members(VolumeFile file) {
    ReplicaStatus status = file.volume().replica().status();
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("volume", status.volume());
    members.put("page_size", (long) status.pageSize().bytes());
    members.put("state", status.state().name().toLowerCase(Locale.ROOT).replace('_', ' '));
    members.put("lsn", status.position().lsn().value());
    members.put("hash", status.position().hash());
    members.put("time", status.time());
    members.put("remote_lsn", status.remoteHead().lsn().value());
    members.put("pending", (long) status.pending());
    members.put("pending_bytes", status.pendingBytes());
    members.put("page_count", status.pageCount().value());
    members.put("pages_here", status.pagesHere());
    members.put("bytes_here", status.bytesHere());
    members.put("requests", status.requests());
    members.put("rounds", status.rounds());
    members.put("bytes_fetched", status.bytesFetched());
    PrefetchStatus ahead = status.prefetch();
    members.put("ahead_useful", ahead.usefulFrames());
    members.put("ahead_useful_bytes", ahead.usefulBytes());
    members.put("ahead_wasted", ahead.wastedFrames());
    members.put("ahead_wasted_bytes", ahead.wastedBytes());
    members.put("ahead_untouched", ahead.untouchedFrames());
    members.put("ahead_untouched_bytes", ahead.untouchedBytes());
    members.put("ahead_refused", ahead.refusedFrames());
    members.put("ahead_refused_bytes", ahead.refusedBytes());
    return members;
  }
}
