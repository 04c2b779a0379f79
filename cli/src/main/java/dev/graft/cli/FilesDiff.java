package dev.graft.cli;

import dev.graft.client.Snapshot;
import dev.graft.client.files.FilePath;
import dev.graft.client.files.StoredFile;
import dev.graft.client.files.VolumeFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which files two snapshots differ in.
 *
 * @param added in the newer one alone
 * @param removed in the older one alone
 * @param changed with other content
 */
record FilesDiff(List<FilePath> added, List<FilePath> removed, List<FilePath> changed) {
  /** Compares directories; reads no file. */
  static FilesDiff between(Snapshot from, Snapshot upto) {
    Map<FilePath, StoredFile> before = new TreeMap<>();
    VolumeFiles.of(from).list().forEach(file -> before.put(file.path(), file));
    List<FilePath> added = new ArrayList<>();
    List<FilePath> changed = new ArrayList<>();
    for (StoredFile file : VolumeFiles.of(upto).list()) {
      StoredFile old = before.remove(file.path());
      if (old == null) {
        added.add(file.path());
      } else if (!old.sha256().equals(file.sha256())) {
        changed.add(file.path());
      }
    }
    return new FilesDiff(added, List.copyOf(before.keySet()), changed);
  }

  /** Adds what there is to say. */
  void tell(List<String> lines, Map<String, @Nullable Object> object) {
    added.forEach(path -> lines.add("  + " + path));
    removed.forEach(path -> lines.add("  - " + path));
    changed.forEach(path -> lines.add("  ~ " + path));
    object.put("filesAdded", texts(added));
    object.put("filesRemoved", texts(removed));
    object.put("filesChanged", texts(changed));
  }

  private static List<String> texts(List<FilePath> paths) {
    return paths.stream().map(FilePath::value).toList();
  }
}
