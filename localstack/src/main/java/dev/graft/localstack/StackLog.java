package dev.graft.localstack;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.graft.functions.service.JsonLines;
import dev.graft.functions.service.Observer;
import dev.graft.functions.service.WatchedStore;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Where a {@link Stack} tells of requests: a line of JSON for each that reached a function, as on
 * Lambda, and one for each failure that nobody foresaw. Safe for use by many threads.
 */
public interface StackLog {
  /** On standard error, failures alone. */
  StackLog NONE =
      new StackLog() {
        @Override
        public Observer observer(WatchedStore store, InstantSource clock, RandomGenerator random) {
          return Observer.NONE;
        }

        @Override
        public void failed(String failure) {
          System.err.println("graft: " + failure);
        }
      };

  /** Is told of the requests of one function. */
  Observer observer(WatchedStore store, InstantSource clock, RandomGenerator random);

  /** Something failed outside the functions. */
  void failed(String failure);

  /**
   * Lines of JSON.
   *
   * @param share of the requests whose line says all, 0..1; failures always do
   * @param lines takes each, without its end
   */
  static StackLog of(double share, Consumer<String> lines) {
    return new StackLog() {
      @Override
      public Observer observer(WatchedStore store, InstantSource clock, RandomGenerator random) {
        return new JsonLines(store, share, clock, random, lines);
      }

      @Override
      public void failed(String failure) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
          out.writeStartObject();
          out.writeStringField("failure", failure);
          out.writeEndObject();
        } catch (IOException impossible) {
          throw new UncheckedIOException(impossible);
        }
        lines.accept(text.toString());
      }
    };
  }
}
