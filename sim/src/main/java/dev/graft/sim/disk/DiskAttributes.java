package dev.graft.sim.disk;

import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a file or folder beside its name; nothing keeps times here.
 *
 * @param sizeBytes -1 for a folder
 */
record DiskAttributes(long sizeBytes) implements BasicFileAttributes {
  private static final FileTime NO_TIME = FileTime.fromMillis(0);

  @Override
  public boolean isRegularFile() {
    return sizeBytes >= 0;
  }

  @Override
  public boolean isDirectory() {
    return sizeBytes < 0;
  }

  @Override
  public boolean isSymbolicLink() {
    return false;
  }

  @Override
  public boolean isOther() {
    return false;
  }

  @Override
  public long size() {
    return Math.max(0, sizeBytes);
  }

  @Override
  public FileTime lastModifiedTime() {
    return NO_TIME;
  }

  @Override
  public FileTime lastAccessTime() {
    return NO_TIME;
  }

  @Override
  public FileTime creationTime() {
    return NO_TIME;
  }

  @Override
  public @Nullable Object fileKey() {
    return null;
  }
}
