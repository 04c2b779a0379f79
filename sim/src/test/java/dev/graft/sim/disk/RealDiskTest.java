package dev.graft.sim.disk;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class RealDiskTest extends DiskContract {
  @TempDir private Path folder = Path.of("not set");

  @Override
  void on(Trial trial) throws Exception {
    trial.run(folder);
  }
}
