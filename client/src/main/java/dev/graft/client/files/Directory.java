package dev.graft.client.files;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSize;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The directory of a volume of files, all of it in memory: each entry lies in one directory page,
 * in no order among pages. An entry stays in its page as long as there is room.
 */
final class Directory {
  /** Directory pages are taken in runs that double the directory, up to this many. */
  private static final long MOST_NEW_PAGES = 1024;

  /** Copies a whole page. */
  @FunctionalInterface
  interface Pages {
    void read(long pageIdx, int offset, MemorySegment target, long targetOffset, int length);
  }

  /** One directory page. */
  private static final class Page {
    final long idx;
    final TreeMap<FilePath, StoredFile> entries = new TreeMap<>();
    int bytes;
    boolean changed;

    Page(long idx) {
      this.idx = idx;
    }
  }

  private final FilesLayout layout;
  private final FreePages free = new FreePages();
  private final List<PageRun> runs = new ArrayList<>();
  private final TreeMap<Long, Page> pages = new TreeMap<>();

  /** By the text of their names. */
  private final TreeMap<String, StoredFile> files = new TreeMap<>();

  private final Map<FilePath, Page> places = new HashMap<>();

  /** Entries that have no page yet. */
  private final TreeMap<FilePath, StoredFile> unplaced = new TreeMap<>();

  private boolean runsChanged;

  private Directory(FilesLayout layout) {
    this.layout = layout;
  }

  /** The directory of a volume without pages. */
  static Directory empty(PageSize pageSize) {
    return new Directory(new FilesLayout(pageSize));
  }

  /**
   * Reads and proves the directory.
   *
   * @param firstPage page 1 of a volume that holds files
   * @throws GraftException.Corrupt when it is damaged, or two files have one page
   */
  static Directory load(Pages source, byte[] firstPage, PageSize pageSize, PageCount count) {
    Directory directory = new Directory(new FilesLayout(pageSize));
    byte[] bytes = new byte[pageSize.bytes()];
    for (PageRun run : directory.layout.readFirstPage(firstPage)) {
      directory.claim("the directory", run, count);
      directory.runs.add(run);
      for (long idx = run.first(); idx <= run.last(); idx++) {
        source.read(idx, 0, MemorySegment.ofArray(bytes), 0, bytes.length);
        directory.addPage(idx, directory.layout.readDirectoryPage(idx, bytes), count);
      }
    }
    return directory;
  }

  private void addPage(long idx, List<StoredFile> entries, PageCount count) {
    Page page = new Page(idx);
    pages.put(idx, page);
    for (StoredFile file : entries) {
      if (files.put(file.path().value(), file) != null) {
        throw new GraftException.Corrupt(
            "directory page " + idx + " is damaged: file " + file.path() + " stands in it again");
      }
      file.runs().forEach(run -> claim("file " + file.path(), run, count));
      place(file, page);
    }
    page.changed = false;
  }

  private void claim(String who, PageRun run, PageCount count) {
    if (run.last() > count.value() || !free.use(run)) {
      throw new GraftException.Corrupt(
          "the directory is damaged: "
              + who
              + " claims pages "
              + run.first()
              + " to "
              + run.last()
              + " of "
              + count
              + ", of which some are not there or belong to something else");
    }
  }

  private void place(StoredFile file, Page page) {
    page.entries.put(file.path(), file);
    page.bytes += FilesLayout.entryBytes(file);
    page.changed = true;
    places.put(file.path(), page);
  }

  FreePages free() {
    return free;
  }

  FilesLayout layout() {
    return layout;
  }

  /** All files, in order of their names. */
  List<StoredFile> files() {
    return List.copyOf(files.values());
  }

  Optional<StoredFile> find(FilePath path) {
    return Optional.ofNullable(files.get(path.value()));
  }

  /** A file whose name begins with this one and a slash. */
  Optional<StoredFile> below(FilePath path) {
    // The character behind '/' is '0'.
    var below = files.subMap(path + "/", path + "0");
    return below.isEmpty() ? Optional.empty() : Optional.of(below.firstEntry().getValue());
  }

  boolean isDirectoryPage(long idx) {
    return pages.containsKey(idx);
  }

  /** Adds an entry or replaces the one of the same name. The pages are the caller's business. */
  void put(StoredFile file) {
    remove(file.path());
    files.put(file.path().value(), file);
    unplaced.put(file.path(), file);
  }

  /** Takes an entry out. */
  @Nullable StoredFile remove(FilePath path) {
    StoredFile file = files.remove(path.value());
    unplaced.remove(path);
    Page page = places.get(path);
    StoredFile placed = page == null ? null : page.entries.remove(path);
    if (page != null && placed != null) {
      page.bytes -= FilesLayout.entryBytes(placed);
      page.changed = true;
    }
    return file;
  }

  /** Is given pages to write. */
  @FunctionalInterface
  interface Sink {
    void write(long pageIdx, byte[] page);
  }

  /** Finds a page for each entry, and gives out the pages that have changed. */
  void write(Sink sink) {
    for (StoredFile file : List.copyOf(unplaced.values())) {
      Page before = places.get(file.path());
      if (before != null && fits(file, before)) {
        place(file, before);
        unplaced.remove(file.path());
      }
    }
    placeAnywhere();
    for (Page page : pages.values()) {
      if (page.changed) {
        sink.write(page.idx, layout.directoryPage(page.entries.values()));
        page.changed = false;
      }
    }
    if (runsChanged) {
      sink.write(1, layout.firstPage(runs));
      runsChanged = false;
    }
  }

  private boolean fits(StoredFile file, Page page) {
    return page.bytes + FilesLayout.entryBytes(file) <= layout.room();
  }

  private void placeAnywhere() {
    List<Page> withRoom = new ArrayList<>(pages.values());
    int at = 0;
    for (StoredFile file : unplaced.values()) {
      while (at < withRoom.size() && !fits(file, withRoom.get(at))) {
        at++;
      }
      if (at == withRoom.size()) {
        withRoom.addAll(grow());
      }
      place(file, withRoom.get(at));
    }
    unplaced.clear();
  }

  private Collection<Page> grow() {
    long wanted = Math.clamp(pages.size(), 1, MOST_NEW_PAGES);
    long after = runs.isEmpty() ? 1 : runs.getLast().last();
    PageRun run = free.take(wanted, after);
    if (!runs.isEmpty() && run.first() == after + 1) {
      runs.set(
          runs.size() - 1,
          new PageRun(runs.getLast().first(), runs.getLast().pages() + run.pages()));
    } else {
      runs.add(run);
    }
    if (runs.size() > FilesLayout.MAX_DIRECTORY_RUNS) {
      throw new GraftException.Limit(
          "the volume has no room for more than " + files.size() + " files: put some elsewhere");
    }
    runsChanged = true;
    List<Page> added = new ArrayList<>();
    for (long idx = run.first(); idx <= run.last(); idx++) {
      Page page = new Page(idx);
      page.changed = true;
      pages.put(idx, page);
      added.add(page);
    }
    return added;
  }
}
