package dev.graft.functions.service;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.graft.engine.store.Counts;
import dev.graft.http.Route;
import dev.graft.protocol.error.GraftException.Code;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * One line of JSON a request: metrics in CloudWatch's embedded format, always, and what else there
 * is to know, for a share of the requests, for each that failed, and for each that was answered
 * with a token. No metric has the volume for a dimension. Store requests are those of the instance
 * while the request ran: of others, too, where it serves several at once (Lambda gives an instance
 * one at a time). Safe for use by many threads.
 */
public final class JsonLines implements Observer {
  private static final JsonFactory JSON = new JsonFactory();

  /** The name space of metrics when nobody chooses one. */
  public static final String NAMESPACE = "Graft";

  /** Outcomes that need nobody's attention. */
  private static final Set<Code> ORDINARY = Set.of(Code.CONFLICT, Code.DIVERGED);

  private final List<WatchedStore> stores;
  private final double share;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Consumer<String> lines;
  private final String namespace;

  /**
   * With the usual name space of metrics.
   *
   * @param share of the requests whose line says all, 0..1
   * @param random used under a lock
   * @param lines takes each line, without its end
   */
  public JsonLines(
      WatchedStore store,
      double share,
      InstantSource clock,
      RandomGenerator random,
      Consumer<String> lines) {
    this(List.of(store), share, clock, random, lines, NAMESPACE);
  }

  /**
   * @param stores each that requests are made of, once
   * @param share of the requests whose line says all, 0..1
   * @param random used under a lock
   * @param lines takes each line, without its end
   * @param namespace of the metrics: one for each installation, or they are added up
   */
  public JsonLines(
      List<WatchedStore> stores,
      double share,
      InstantSource clock,
      RandomGenerator random,
      Consumer<String> lines,
      String namespace) {
    this.stores = List.copyOf(stores);
    this.share = share;
    this.clock = clock;
    this.random = random;
    this.lines = lines;
    this.namespace = namespace;
  }

  @Override
  public Begun begin() {
    Counts before = counts();
    long ambiguous = ambiguous();
    return seen -> lines.accept(line(seen, counts().minus(before), ambiguous() - ambiguous));
  }

  private Counts counts() {
    return stores.stream().map(WatchedStore::counts).reduce(Counts.ZERO, Counts::plus);
  }

  private long ambiguous() {
    return stores.stream().mapToLong(WatchedStore::ambiguous).sum();
  }

  private boolean isTold(Seen seen) {
    if (seen.made() != null
        || seen.failure() != null
        || (seen.code() != null && !ORDINARY.contains(seen.code()))) {
      return true;
    }
    synchronized (random) {
      return random.nextDouble() < share;
    }
  }

  private String line(Seen seen, Counts counts, long ambiguous) {
    StringWriter text = new StringWriter(1_024);
    try (JsonGenerator out = JSON.createGenerator(text)) {
      out.writeStartObject();
      metrics(out);
      out.writeStringField("function", seen.group());
      out.writeStringField("route", nameOf(seen.route()));
      out.writeNumberField("Latency", seen.took().toNanos() / 1e6);
      out.writeNumberField("StoreReads", counts.gets());
      out.writeNumberField("StoreLists", counts.lists());
      out.writeNumberField("StoreWrites", counts.writes());
      out.writeNumberField("StoreBytesRead", counts.bytesRead());
      out.writeNumberField("StoreBytesWritten", counts.bytesWritten());
      out.writeNumberField("BytesIn", seen.bytesIn());
      out.writeNumberField("BytesOut", seen.bytesOut());
      out.writeNumberField("Conflicts", seen.code() == Code.CONFLICT ? 1 : 0);
      out.writeNumberField("AmbiguousOutcomes", ambiguous);
      out.writeNumberField("Refused", seen.status() >= 400 && seen.status() < 500 ? 1 : 0);
      out.writeNumberField("Failed", seen.status() >= 500 ? 1 : 0);
      if (isTold(seen)) {
        details(out, seen);
      }
      out.writeEndObject();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return text.toString();
  }

  private void metrics(JsonGenerator out) throws IOException {
    out.writeObjectFieldStart("_aws");
    out.writeNumberField("Timestamp", clock.instant().toEpochMilli());
    out.writeArrayFieldStart("CloudWatchMetrics");
    out.writeStartObject();
    out.writeStringField("Namespace", namespace);
    out.writeArrayFieldStart("Dimensions");
    out.writeArray(new String[0], 0, 0);
    out.writeArray(new String[] {"function", "route"}, 0, 2);
    out.writeEndArray();
    out.writeArrayFieldStart("Metrics");
    metric(out, "Latency", "Milliseconds");
    metric(out, "StoreReads", "Count");
    metric(out, "StoreLists", "Count");
    metric(out, "StoreWrites", "Count");
    metric(out, "StoreBytesRead", "Bytes");
    metric(out, "StoreBytesWritten", "Bytes");
    metric(out, "BytesIn", "Bytes");
    metric(out, "BytesOut", "Bytes");
    metric(out, "Conflicts", "Count");
    metric(out, "AmbiguousOutcomes", "Count");
    metric(out, "Refused", "Count");
    metric(out, "Failed", "Count");
    out.writeEndArray();
    out.writeEndObject();
    out.writeEndArray();
    out.writeEndObject();
  }

  private static void metric(JsonGenerator out, String name, String unit) throws IOException {
    out.writeStartObject();
    out.writeStringField("Name", name);
    out.writeStringField("Unit", unit);
    out.writeEndObject();
  }

  private static void details(JsonGenerator out, Seen seen) throws IOException {
    out.writeStringField("request", seen.request());
    out.writeNumberField("status", seen.status());
    if (seen.code() != null) {
      out.writeStringField("code", seen.code().wireName());
    }
    if (seen.route() instanceof Route.OfVolume about) {
      out.writeStringField("volume", about.volume().toString());
    }
    if (seen.token() != null) {
      out.writeStringField("token", seen.token());
    }
    if (seen.label() != null) {
      out.writeStringField("label", seen.label());
    }
    if (seen.made() != null) {
      out.writeStringField("made", seen.made());
    }
    if (seen.failure() != null) {
      out.writeStringField("failure", chain(seen.failure()));
    }
  }

  /** What failed and why, and where that is for what nobody expects. */
  private static String chain(Throwable failure) {
    StringBuilder text = new StringBuilder();
    int depth = 0;
    for (Throwable at = failure; at != null && depth < 8; at = at.getCause(), depth++) {
      text.append(depth == 0 ? "" : "; because of ").append(at);
      boolean known = at instanceof dev.graft.protocol.error.GraftException;
      if (!known && at.getStackTrace().length > 0) {
        text.append(" at ").append(at.getStackTrace()[0]);
      }
    }
    return text.toString();
  }

  private static String nameOf(@org.jspecify.annotations.Nullable Route route) {
    return route == null
        ? "none"
        : route.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
  }
}
