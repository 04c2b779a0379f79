package dev.graft.client.write;

import dev.graft.protocol.id.Hash;
import dev.graft.protocol.log.ContentDigest;
import dev.graft.protocol.page.PageIdx;
import java.util.List;
import java.util.TreeMap;

/** Brings the hashes of an import's pages into ascending order: the hot ones come first. */
final class ImportDigest {
  private final ContentDigest digest;
  private final TreeMap<Long, Hash> early = new TreeMap<>();

  ImportDigest(ContentDigest digest) {
    this.digest = digest;
  }

  /** Keeps hashes until their turn comes. */
  void addHot(List<ImportBatch.Hashed> hashes) {
    hashes.forEach(page -> early.put(page.pageIdx(), page.sha256()));
  }

  /** Adds hashes that ascend over all calls. */
  void addCold(List<ImportBatch.Hashed> hashes) {
    for (ImportBatch.Hashed page : hashes) {
      while (!early.isEmpty() && early.firstKey() < page.pageIdx()) {
        addFirstEarly();
      }
      digest.page(new PageIdx(page.pageIdx()), page.sha256());
    }
  }

  private void addFirstEarly() {
    var first = early.pollFirstEntry();
    digest.page(new PageIdx(first.getKey()), first.getValue());
  }

  Hash finish() {
    while (!early.isEmpty()) {
      addFirstEarly();
    }
    return digest.finish();
  }
}
