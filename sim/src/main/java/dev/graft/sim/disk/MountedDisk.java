package dev.graft.sim.disk;

import dev.graft.sim.SimProcess;
import dev.graft.sim.disk.DiskTree.FolderNode;
import dev.graft.sim.disk.SimDisk.Death;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A disk as one process sees it, which may die at each step that changes something. */
final class MountedDisk implements Disk {
  private static final int NAME_BYTES = 64;

  private final SimDisk disk;
  private final DiskTree tree;
  private final SimProcess process;

  MountedDisk(SimDisk disk, DiskTree tree, SimProcess process) {
    this.disk = disk;
    this.tree = tree;
    this.process = process;
  }

  /** A change that is there as a whole or not at all. */
  private void step(String name, Runnable change) {
    process.requireAlive();
    Death death = disk.death();
    if (death == Death.BEFORE) {
      throw disk.die(process, name);
    }
    change.run();
    if (death != Death.NOT) {
      throw disk.die(process, name);
    }
  }

  private void requireRoom() throws IOException {
    process.requireAlive();
    if (disk.fitting(NAME_BYTES) < NAME_BYTES) {
      throw noRoom();
    }
  }

  private static IOException noRoom() {
    return new IOException("No space left on device");
  }

  @Override
  public @Nullable File find(String path) {
    process.requireAlive();
    return tree.at(path) instanceof FileNode file ? file : null;
  }

  @Override
  public boolean isFolder(String path) {
    process.requireAlive();
    return tree.at(path) instanceof FolderNode;
  }

  @Override
  public File create(String path) throws IOException {
    requireRoom();
    FileNode file = new FileNode();
    step("create " + path, () -> tree.put(path, file));
    return file;
  }

  @Override
  public void makeFolder(String path) throws IOException {
    requireRoom();
    step("make " + path, () -> tree.put(path, new FolderNode()));
  }

  @Override
  public List<String> list(String folder) {
    process.requireAlive();
    return List.copyOf(tree.folder(folder).names.keySet());
  }

  @Override
  public void rename(String from, String to) {
    step("rename " + from, () -> tree.rename(from, to));
  }

  @Override
  public void delete(String path) {
    step(
        "delete " + path,
        () -> {
          if (tree.at(path) instanceof FileNode file) {
            disk.freed(file.sizeBytes());
          }
          tree.put(path, null);
        });
  }

  @Override
  public byte[] read(File file, long at, int length) {
    process.requireAlive();
    return ((FileNode) file).get(at, length);
  }

  @Override
  public int write(File file, long at, byte[] bytes) throws IOException {
    process.requireAlive();
    int fits = disk.fitting(bytes.length);
    if (fits == 0 && bytes.length > 0) {
      throw noRoom();
    }
    Death death = disk.death();
    if (death == Death.BEFORE) {
      throw disk.die(process, "write");
    }
    int count = death == Death.AMID ? disk.part(fits) : fits;
    tree.write((FileNode) file, at, Arrays.copyOf(bytes, count));
    if (death != Death.NOT) {
      throw disk.die(process, "write");
    }
    return count;
  }

  @Override
  public void resize(File file, long sizeBytes) {
    step(
        "resize",
        () -> {
          disk.freed(Math.max(0, file.sizeBytes() - sizeBytes));
          tree.resize((FileNode) file, sizeBytes);
        });
  }

  @Override
  public void sync(File file) {
    synced((FileNode) file);
  }

  @Override
  public void syncFolder(String path) {
    synced(tree.folder(path));
  }

  private void synced(Object node) {
    process.requireAlive();
    Death death = disk.death();
    if (death == Death.BEFORE) {
      throw disk.die(process, "sync");
    }
    disk.syncs();
    process.requireAlive();
    if (death == Death.AMID) {
      throw disk.die(process, "sync");
    }
    tree.sync(node);
    if (death == Death.AFTER) {
      throw disk.die(process, "sync");
    }
  }
}
