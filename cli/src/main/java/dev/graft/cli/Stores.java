package dev.graft.cli;

import dev.graft.engine.store.FileObjectStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;

/** Opens object stores by their addresses, to look into them without an engine. */
final class Stores {
  private Stores() {}

  /**
   * Opens a store.
   *
   * @param address as {@link Remotes#absolute} gives it
   */
  static OpenStore open(String address, InstantSource clock) {
    if (address.startsWith(S3Remotes.SCHEME)) {
      return BucketStores.open(address, clock);
    }
    if (!address.startsWith(FolderRemotes.SCHEME)) {
      throw Failure.usage(
          "'" + address + "' cannot be examined; write folder:PATH or s3://BUCKET/PREFIX");
    }
    Path folder = Path.of(address.substring(FolderRemotes.SCHEME.length()));
    if (!Files.isDirectory(folder)) {
      throw Failure.notFound("there is no store in " + folder);
    }
    return new OpenStore(FileObjectStore.open(folder, clock), () -> {});
  }

  /**
   * Opens the store of commits and state records beside another one.
   *
   * @param bulk which is open, and has the address {@code of}
   * @param address the same, or another
   */
  static OpenStore log(OpenStore bulk, String of, String address, InstantSource clock) {
    return address.equals(of) ? new OpenStore(bulk.objects(), () -> {}) : open(address, clock);
  }
}
