package dev.graft.functions;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.graft.engine.EngineRemote;
import dev.graft.engine.Swept;
import dev.graft.engine.UpkeepTask;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.VolumeId;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** The work of {@link MaintenanceFunction}: events in, lines of JSON out. */
final class Maintenance {
  /** With less time left, what remains is asked for in another invocation. */
  private static final int ENOUGH_MILLIS = 120_000;

  private static final int VOLUMES_AT_ONCE = 100;

  /** The commits at which old ones are looked at too (rule 5.5). */
  private static final long TRIM_EVERY = 1_024;

  private final EngineRemote engine;
  private final Consumer<String> lines;
  private final @Nullable EdgeMirror edge;

  /**
   * @param edge brings keys and revocations there; null where there is none
   */
  Maintenance(EngineRemote engine, Consumer<String> lines, @Nullable EdgeMirror edge) {
    this.engine = engine;
    this.lines = lines;
    this.edge = edge;
  }

  /**
   * Does what an event asks for.
   *
   * @param millisLeft of this invocation
   * @param again takes an event when this invocation is not enough
   * @throws GraftException.Unavailable when the store does not answer: worth another try
   */
  void handle(MaintenanceEvents.Event event, IntSupplier millisLeft, Consumer<byte[]> again) {
    switch (event) {
      case MaintenanceEvents.Task(UpkeepTask task) -> upkeep(task);
      case MaintenanceEvents.BringToEdge() -> bringToEdge();
      case MaintenanceEvents.SweepAll(VolumeId after) -> {
        if (after == null && edge != null) {
          sweepEdge();
        }
        sweepAll(after, millisLeft, again);
      }
    }
  }

  private void bringToEdge() {
    if (edge == null) {
      lines.accept(line("refused", "", "there is no edge here: GRAFT_EDGE_KEYS names none"));
      return;
    }
    lines.accept(line("edge", "", edge.bring().toString()));
  }

  /** An edge that does not answer keeps no volume from being looked after. */
  private void sweepEdge() {
    try {
      bringToEdge();
    } catch (GraftException e) {
      lines.accept(line("edge-failed", "", e.toString()));
    }
  }

  private void upkeep(UpkeepTask task) {
    try {
      engine.upkeep(task);
      if (task instanceof UpkeepTask.AfterCommit after && after.lsn().value() % TRIM_EVERY == 0) {
        engine.upkeep(new UpkeepTask.Trim(task.volume()));
      }
      lines.accept(line("upkeep", task.volume().toString(), task.toString()));
    } catch (GraftException.Unavailable e) {
      throw e;
    } catch (GraftException e) {
      lines.accept(line("upkeep-failed", task.volume().toString(), task + ": " + e));
    }
  }

  private void sweepAll(@Nullable VolumeId from, IntSupplier millisLeft, Consumer<byte[]> again) {
    VolumeId after = from;
    while (true) {
      List<VolumeId> volumes = engine.volumes(after, VOLUMES_AT_ONCE);
      for (VolumeId volume : volumes) {
        if (millisLeft.getAsInt() < ENOUGH_MILLIS) {
          again.accept(MaintenanceEvents.encode(new MaintenanceEvents.SweepAll(after)));
          return;
        }
        sweep(volume);
        after = volume;
      }
      if (volumes.size() < VOLUMES_AT_ONCE) {
        return;
      }
    }
  }

  /** One volume that cannot be looked after does not keep others from it. */
  private void sweep(VolumeId volume) {
    try {
      Swept swept = engine.sweep(volume);
      lines.accept(line("sweep", volume.toString(), swept.toString()));
    } catch (GraftException.NotFound e) {
      // A fork that is not finished, or was given up.
    } catch (GraftException e) {
      lines.accept(line("sweep-failed", volume.toString(), e.toString()));
    }
  }

  static String line(String what, String volume, String detail) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
      out.writeStartObject();
      out.writeStringField("function", "maintenance");
      out.writeStringField("what", what);
      if (!volume.isEmpty()) {
        out.writeStringField("volume", volume);
      }
      out.writeStringField("detail", detail);
      out.writeEndObject();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return text.toString();
  }
}
