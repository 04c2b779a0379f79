package dev.graft.sim.workload;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.graft.protocol.id.Hash;
import dev.graft.sim.Fault;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Adds up what seeds came to. */
final class RunReport {
  private final MessageDigest traces = Hash.newDigest();
  private final Map<Fault, Long> hits = new EnumMap<>(Fault.class);
  private final Set<Fault> possible = EnumSet.noneOf(Fault.class);
  private long commits;
  private long transactions;
  private long reads;
  private long violations;
  private Duration virtual = Duration.ZERO;

  /** Adds one; the order of adding counts for the hash. */
  void add(Played played, Set<Fault> faults) {
    traces.update(
        (played.workload() + " " + played.seed() + " " + played.trace())
            .getBytes(StandardCharsets.UTF_8));
    possible.addAll(faults);
    played.hits().forEach((fault, count) -> hits.merge(fault, count, Long::sum));
    commits += played.verdict().commits();
    transactions += played.verdict().transactions();
    reads += played.verdict().reads();
    virtual = virtual.plus(played.virtual());
    violations += played.findings().size();
  }

  long violations() {
    return violations;
  }

  /** Faults that could happen, and never did. */
  Set<Fault> neverHit() {
    Set<Fault> missed = EnumSet.copyOf(possible.isEmpty() ? EnumSet.noneOf(Fault.class) : possible);
    missed.removeIf(fault -> hits.getOrDefault(fault, 0L) > 0);
    return missed;
  }

  /** Tells people. */
  void print(PrintStream out, long seeds, Duration real) {
    double seconds = Math.max(real.toMillis(), 1) / 1e3;
    for (Fault fault : possible) {
      out.printf(Locale.ROOT, "  %-20s %9d%n", fault, hits.getOrDefault(fault, 0L));
    }
    out.printf(
        Locale.ROOT,
        "%d seeds, %d commits of %d transactions, %d pages checked, %d violations%n",
        seeds,
        commits,
        transactions,
        reads,
        violations);
    out.printf(
        Locale.ROOT,
        "%.0f commits/s; %s of the world in %.1f s: %.0f times as fast%n",
        commits / seconds,
        virtual.truncatedTo(ChronoUnit.SECONDS),
        seconds,
        virtual.toMillis() / 1e3 / seconds);
    out.println("trace " + traceHash());
  }

  private Hash traceHash() {
    try {
      return Hash.of(((MessageDigest) traces.clone()).digest());
    } catch (CloneNotSupportedException e) {
      throw new AssertionError("the JDK's SHA-256 can be cloned", e);
    }
  }

  /** Tells programs: one object. */
  String json(long seeds) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      json.writeNumberField("seeds", seeds);
      json.writeNumberField("commits", commits);
      json.writeNumberField("violations", violations);
      json.writeObjectFieldStart("faults");
      for (Fault fault : possible) {
        json.writeNumberField(fault.name(), hits.getOrDefault(fault, 0L));
      }
      json.writeEndObject();
      json.writeStringField("traceHash", traceHash().toString());
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return text.toString();
  }
}
