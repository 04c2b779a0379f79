package dev.graft.client.write;

import dev.graft.client.fetch.Waits;
import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.Task;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.Frame;
import dev.graft.protocol.frame.FrameEncoder;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.remote.CommitRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;

/**
 * One import under way: batches are read in order, packed side by side, and taken in order again.
 * One thread drives it; only packing runs beside it.
 */
final class ImportRun {
  /** Batches read ahead of the compressors. */
  private static final int SPARE_BATCHES = 2;

  private final BulkImport.Plan plan;
  private final PageSource source;
  private final BulkImport.Progress progress;
  private final SegmentSink sink;
  private final ImportDigest digest;
  private final ImportMap map = new ImportMap();
  private final PageSet hotSet;

  private final ArrayDeque<Task<ImportBatch.Packed>> packing = new ArrayDeque<>();
  private final ArrayDeque<byte[]> spareArrays = new ArrayDeque<>();
  private boolean takingHot;
  private long pagesDone;
  private long pagesStored;
  private long hotStored;

  ImportRun(
      BulkImport.Plan plan,
      PageSource source,
      BulkImport.Progress progress,
      SegmentSink sink,
      ImportDigest digest) {
    this.plan = plan;
    this.source = source;
    this.progress = progress;
    this.sink = sink;
    this.digest = digest;
    this.hotSet = PageSet.of(plan.hotPages());
    if (hotSet.cardinality() != plan.hotPages().length
        || (!hotSet.isEmpty() && (hotSet.first() == 0 || hotSet.last() > plan.count().value()))) {
      throw new GraftException.Misuse(
          "hot pages must be among the " + plan.count() + " pages, and none of them twice");
    }
  }

  /** Reads, packs and sends all pages. */
  void packAll(Concurrency concurrency, int compressors) {
    int ahead = compressors + SPARE_BATCHES;
    try {
      takingHot = true;
      packHot(concurrency, ahead);
      drain(concurrency, 0);
      takingHot = false;
      packCold(concurrency, ahead);
      drain(concurrency, 0);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the pages to import: " + e.getMessage(), e);
    } finally {
      // After a failure: nobody may write into the batches of tasks that still run.
      Waits.await(concurrency, List.copyOf(packing));
    }
  }

  private void packHot(Concurrency concurrency, int ahead) throws IOException {
    int size = plan.pageSize().bytes();
    int group = Frame.MAX_PAGES_BYTES / size;
    int perBatch = ImportBatch.BYTES / size;
    byte[] page = new byte[size];
    long[] all = plan.hotPages();
    for (int from = 0; from < all.length; from += perBatch) {
      long[] pages = Arrays.copyOfRange(all, from, Math.min(all.length, from + perBatch));
      byte[] raw = array();
      for (int start = 0; start < pages.length; start += group) {
        // The most useful pages stay together; within their frame pages ascend.
        Arrays.sort(pages, start, Math.min(pages.length, start + group));
      }
      for (int i = 0; i < pages.length; i++) {
        source.read(pages[i], 1, page);
        System.arraycopy(page, 0, raw, i * size, size);
      }
      submit(concurrency, ahead, true, raw, pages, pages.length);
    }
  }

  private void packCold(Concurrency concurrency, int ahead) throws IOException {
    int size = plan.pageSize().bytes();
    int perBatch = ImportBatch.BYTES / size;
    long last = plan.count().value();
    long first = 1;
    while (first <= last) {
      // Batches end below a multiple of their size, and so never straddle windows.
      long end = Math.min(last, first / perBatch * perBatch + perBatch - 1);
      int pages = (int) (end - first + 1);
      byte[] raw = array();
      source.read(first, pages, raw);
      long[] kept = new long[pages];
      int count = dropHot(raw, first, pages, kept, size);
      pagesDone += pages - count;
      submit(concurrency, ahead, false, raw, kept, count);
      first = end + 1;
    }
  }

  /** Moves the pages that are not hot together; returns how many there are. */
  private int dropHot(byte[] raw, long first, int pages, long[] kept, int size) {
    int count = 0;
    for (int i = 0; i < pages; i++) {
      if (!hotSet.contains(first + i)) {
        if (count != i) {
          System.arraycopy(raw, i * size, raw, count * size, size);
        }
        kept[count++] = first + i;
      }
    }
    return count;
  }

  private byte[] array() {
    byte[] spare = spareArrays.poll();
    return spare != null ? spare : new byte[ImportBatch.BYTES];
  }

  private void submit(
      Concurrency concurrency, int ahead, boolean hot, byte[] raw, long[] pages, int count) {
    drain(concurrency, ahead - 1);
    var batch = new ImportBatch(plan.volume(), plan.pageSize(), hot, raw, pages, count);
    packing.add(
        concurrency.fork(
            "compress",
            () -> {
              try (var encoder = new FrameEncoder()) {
                return batch.pack(encoder);
              }
            }));
  }

  /** Takes packed batches, in order, until no more than that many are left. */
  private void drain(Concurrency concurrency, int left) {
    while (packing.size() > left) {
      Task<ImportBatch.Packed> oldest = packing.getFirst();
      ImportBatch.Packed packed = Waits.result(concurrency, oldest);
      packing.removeFirst();
      take(packed);
    }
  }

  private void take(ImportBatch.Packed packed) {
    for (ImportBatch.PackedFrame frame : packed.frames()) {
      FrameRef ref = sink.addFrame(frame.bytes());
      pagesStored += frame.pages().count();
      if (takingHot) {
        map.addHot(ref, frame.pages());
        hotStored += frame.pages().count();
      } else {
        map.addCold(ref, frame.pages());
      }
    }
    if (takingHot) {
      digest.addHot(packed.hashes());
    } else {
      digest.addCold(packed.hashes());
      pagesDone += packed.batch().count();
    }
    spareArrays.add(packed.batch().raw());
    progress.advanced(pagesDone, plan.count().value(), sink.bytes());
  }

  /** Writes the map and waits until everything is durable at the remote. */
  CommitRequest.Content finishMap() {
    if (sink.isEmpty()) {
      return new CommitRequest.Content.Inline(List.of(), PageSet.empty());
    }
    return new MapWriter(sink).finish(map.finish(plan.count(), sink));
  }

  Hash digest() {
    return digest.finish();
  }

  long pagesStored() {
    return pagesStored;
  }

  long hotPages() {
    return hotStored;
  }
}
