package dev.graft.sim.disk;

import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A path: names, from the root or from nowhere. There are no dots. */
final class DiskPath implements Path {
  private final DiskFileSystem system;
  private final boolean absolute;
  private final List<String> names;

  private DiskPath(DiskFileSystem system, boolean absolute, List<String> names) {
    this.system = system;
    this.absolute = absolute;
    this.names = List.copyOf(names);
  }

  static DiskPath of(DiskFileSystem system, String first, String... more) {
    List<String> names = new ArrayList<>();
    String all = first + "/" + String.join("/", more);
    Arrays.stream(all.split("/", -1)).filter(name -> !name.isEmpty()).forEach(names::add);
    return new DiskPath(system, first.startsWith("/"), names);
  }

  static DiskPath of(Path path) {
    if (path instanceof DiskPath own) {
      return own;
    }
    throw new ProviderMismatchException(path + " is of another file system");
  }

  private DiskPath with(boolean isAbsolute, List<String> other) {
    return new DiskPath(system, isAbsolute, other);
  }

  @Override
  public FileSystem getFileSystem() {
    return system;
  }

  @Override
  public boolean isAbsolute() {
    return absolute;
  }

  @Override
  public @Nullable Path getRoot() {
    return absolute ? with(true, List.of()) : null;
  }

  @Override
  public @Nullable Path getFileName() {
    return names.isEmpty() ? null : with(false, List.of(names.getLast()));
  }

  @Override
  public @Nullable Path getParent() {
    if (names.isEmpty() || (!absolute && names.size() == 1)) {
      return null;
    }
    return with(absolute, names.subList(0, names.size() - 1));
  }

  @Override
  public int getNameCount() {
    return names.size();
  }

  @Override
  public Path getName(int index) {
    return with(false, List.of(names.get(index)));
  }

  @Override
  public Path subpath(int from, int to) {
    return with(false, names.subList(from, to));
  }

  @Override
  public boolean startsWith(Path other) {
    DiskPath begin = of(other);
    return absolute == begin.absolute
        && names.size() >= begin.names.size()
        && names.subList(0, begin.names.size()).equals(begin.names);
  }

  @Override
  public boolean endsWith(Path other) {
    DiskPath end = of(other);
    int from = names.size() - end.names.size();
    return end.absolute
        ? equals(end)
        : from >= 0 && names.subList(from, names.size()).equals(end.names);
  }

  @Override
  public Path normalize() {
    return this;
  }

  @Override
  public Path resolve(Path other) {
    DiskPath further = of(other);
    if (further.absolute) {
      return further;
    }
    List<String> all = new ArrayList<>(names);
    all.addAll(further.names);
    return with(absolute, all);
  }

  @Override
  public Path relativize(Path other) {
    if (!other.startsWith(this)) {
      throw new IllegalArgumentException(other + " does not begin with " + this);
    }
    return with(false, of(other).names.subList(names.size(), other.getNameCount()));
  }

  @Override
  public URI toUri() {
    return URI.create("simulated:" + toAbsolutePath());
  }

  @Override
  public Path toAbsolutePath() {
    return with(true, names);
  }

  @Override
  public Path toRealPath(LinkOption... options) {
    return toAbsolutePath();
  }

  @Override
  public WatchKey register(
      WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
    throw new UnsupportedOperationException("nothing is watched here");
  }

  @Override
  public int compareTo(Path other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof DiskPath path
        && system == path.system
        && absolute == path.absolute
        && names.equals(path.names);
  }

  @Override
  public int hashCode() {
    return Objects.hash(absolute, names);
  }

  @Override
  public String toString() {
    return (absolute ? "/" : "") + String.join("/", names);
  }
}
