package dev.graft.localstack.web;

import java.io.IOException;
import java.io.OutputStream;

/** What an answer carries. It may be made while it is sent, so that it is never held whole. */
public interface Body {
  /** No bytes. */
  Body EMPTY = of(new byte[0]);

  /** How many bytes {@link #writeTo} writes when it does not fail. */
  long length();

  /**
   * Writes all of it; called at most once.
   *
   * @throws IOException when it cannot be finished: the answer breaks off
   */
  void writeTo(OutputStream out) throws IOException;

  /** Bytes that are there already; not changed afterwards. */
  static Body of(byte[] bytes) {
    return new Body() {
      @Override
      public long length() {
        return bytes.length;
      }

      @Override
      public void writeTo(OutputStream out) throws IOException {
        out.write(bytes);
      }
    };
  }
}
