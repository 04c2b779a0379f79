package dev.graft.sim.disk;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Files and folders as one process sees them. Paths begin with {@code /} and have no dots. What was
 * written outlives the process; a power cut only when it was synced, names by syncing their folder.
 */
public interface Disk {
  /** A file, whatever it is called now, and also when its name is gone. */
  interface File {
    /** How long it is. */
    long sizeBytes();
  }

  /** The file of that name; null when there is none. */
  @Nullable File find(String path);

  /** Whether there is a folder of that name. */
  boolean isFolder(String path);

  /**
   * Makes an empty file; its folder is there, its name is free.
   *
   * @throws IOException when there is no room
   */
  File create(String path) throws IOException;

  /**
   * Makes a folder.
   *
   * @throws IOException when there is no room
   */
  void makeFolder(String path) throws IOException;

  /** The names in a folder, ascending. */
  List<String> list(String folder);

  /** Gives a file another name in its folder; a file that has it loses it in the same moment. */
  void rename(String from, String to);

  /** Takes away the name of a file, or an empty folder. */
  void delete(String path);

  /** Reads up to {@code length} bytes; fewer at the end of the file. */
  byte[] read(File file, long at, int length);

  /**
   * Writes bytes.
   *
   * @return how many, from the first one on: fewer when the room ends
   * @throws IOException when there is no room at all
   */
  int write(File file, long at, byte[] bytes) throws IOException;

  /** Makes a file shorter, or longer by zeros that take no room. */
  void resize(File file, long sizeBytes);

  /** What a file holds outlives a power cut when this returns. */
  void sync(File file);

  /** The names in a folder outlive a power cut when this returns. */
  void syncFolder(String path);
}
