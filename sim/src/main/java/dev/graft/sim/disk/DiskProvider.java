package dev.graft.sim.disk;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Does for {@link java.nio.file.Files} what a client asks of it, on a simulated disk. */
final class DiskProvider extends FileSystemProvider {
  private final Reach reach;
  private final Disk disk;

  DiskProvider(Reach reach) {
    this.reach = reach;
    this.disk = reach.disk();
  }

  private static UnsupportedOperationException unsupported() {
    return new UnsupportedOperationException("the simulated disk does not do this");
  }

  private static String name(Path path) {
    return DiskPath.of(path).toAbsolutePath().toString();
  }

  private boolean exists(String name) {
    return name.equals("/") || disk.isFolder(name) || disk.find(name) != null;
  }

  private void requireFree(Path path) throws IOException {
    Path parent = path.toAbsolutePath().getParent();
    if (parent != null && !exists(name(parent))) {
      throw new NoSuchFileException(path.toString());
    }
    if (exists(name(path))) {
      throw new FileAlreadyExistsException(path.toString());
    }
  }

  @Override
  public String getScheme() {
    return "simulated";
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    String name = name(path);
    if (disk.isFolder(name)) {
      if (options.contains(StandardOpenOption.WRITE)) {
        throw new FileSystemException(path.toString(), null, "Is a directory");
      }
      return new DiskChannel(reach, name, null, false);
    }
    Disk.File file = disk.find(name);
    if (file == null || options.contains(StandardOpenOption.CREATE_NEW)) {
      boolean creates =
          options.contains(StandardOpenOption.CREATE)
              || options.contains(StandardOpenOption.CREATE_NEW);
      if (!creates) {
        throw new NoSuchFileException(path.toString());
      }
      requireFree(path);
      file = disk.create(name);
    }
    boolean deleted = options.contains(StandardOpenOption.DELETE_ON_CLOSE);
    return new DiskChannel(reach, name, file, deleted);
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    return newFileChannel(path, options, attributes);
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path folder, DirectoryStream.Filter<? super Path> filter) throws IOException {
    if (!disk.isFolder(name(folder))) {
      throw new NotDirectoryException(folder.toString());
    }
    List<Path> found = new ArrayList<>();
    for (String name : disk.list(name(folder))) {
      if (filter.accept(folder.resolve(name))) {
        found.add(folder.resolve(name));
      }
    }
    return new DirectoryStream<>() {
      @Override
      public Iterator<Path> iterator() {
        return found.iterator();
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void createDirectory(Path folder, FileAttribute<?>... attributes) throws IOException {
    requireFree(folder);
    disk.makeFolder(name(folder));
  }

  @Override
  public void delete(Path path) throws IOException {
    String name = name(path);
    if (!exists(name)) {
      throw new NoSuchFileException(path.toString());
    }
    if (disk.isFolder(name) && !disk.list(name).isEmpty()) {
      throw new DirectoryNotEmptyException(path.toString());
    }
    disk.delete(name);
  }

  @Override
  public void move(Path from, Path to, CopyOption... options) throws IOException {
    if (disk.find(name(from)) == null) {
      throw new NoSuchFileException(from.toString());
    }
    boolean replaces = Arrays.asList(options).contains(StandardCopyOption.REPLACE_EXISTING);
    if (disk.isFolder(name(to)) || !replaces) {
      requireFree(to);
    }
    disk.rename(name(from), name(to));
  }

  @Override
  public void copy(Path from, Path to, CopyOption... options) {
    throw unsupported();
  }

  @Override
  public boolean isSameFile(Path one, Path other) {
    return name(one).equals(name(other));
  }

  @Override
  public boolean isHidden(Path path) {
    return false;
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    if (!exists(name(path))) {
      throw new NoSuchFileException(path.toString());
    }
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    checkAccess(path);
    Disk.File file = disk.find(name(path));
    return type.cast(new DiskAttributes(file == null ? -1 : file.sizeBytes()));
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String names, LinkOption... options) {
    throw unsupported();
  }

  @Override
  public <V extends FileAttributeView> @Nullable V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    return null;
  }

  @Override
  public void setAttribute(Path path, String name, Object value, LinkOption... options) {
    throw unsupported();
  }

  @Override
  public FileStore getFileStore(Path path) {
    throw unsupported();
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
    throw unsupported();
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    throw unsupported();
  }

  @Override
  public Path getPath(URI uri) {
    throw unsupported();
  }
}
