package dev.graft.cli;

import dev.graft.client.http.RemoteAddress;
import dev.graft.engine.store.FileObjectStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.regex.Pattern;

/** Opens object stores by their addresses, to look into them without an engine. */
final class Stores {
  /** A folder of such a name can be written with {@code folder:} or {@code ./} in front. */
  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:");

  private Stores() {}

  /**
   * The address of a store as {@link Remotes#absolute} gives it; a text without a scheme is the
   * path of a folder, as {@code graft dev --store} takes it.
   *
   * @param folder what a relative path is relative to
   */
  static String address(String given, Path folder) {
    boolean plain = !given.isEmpty() && !SCHEME.matcher(given).lookingAt();
    return Remotes.absolute(plain ? FolderRemotes.SCHEME + given : given, folder);
  }

  /**
   * Opens a store.
   *
   * @param address as {@link Remotes#absolute} gives it
   */
  static OpenStore open(String address, InstantSource clock) {
    if (address.startsWith(S3Remotes.SCHEME)) {
      return BucketStores.open(address, clock);
    }
    if (RemoteAddress.isMeant(address)) {
      throw Failure.usage(
          "'"
              + address
              + "' is a server and cannot be examined: name the store behind it, folder:PATH or"
              + " s3://BUCKET/PREFIX");
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
