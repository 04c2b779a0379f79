package dev.graft.client.local;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FooterEntry;
import dev.graft.protocol.frame.Frame;
import dev.graft.protocol.frame.FrameHeader;
import dev.graft.protocol.frame.FrameKind;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.frame.SegmentFooter;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.map.RootBuilder;

/** Finds the map of a local commit again from what its frames say of themselves. */
final class Delta {
  private Delta() {}

  /** The map of what a commit wrote. */
  static Root of(
      VolumeId volume, LocalCommit.Work work, LocalRecord.Body body, LocalDisk disk, String name) {
    RootBuilder map = Root.builder(work.count(), work.smallest());
    switch (body) {
      case LocalRecord.Body.Here here -> framesHere(volume, here, map, name);
      case LocalRecord.Body.InSegments in ->
          in.segments().forEach(segment -> framesOf(volume, segment, disk, map));
    }
    return map.clear(work.zeros().cut(work.smallest().value())).build();
  }

  private static void framesHere(
      VolumeId volume, LocalRecord.Body.Here here, RootBuilder map, String name) {
    FrameOwner owner = new FrameOwner.InSegment(volume, here.owner());
    byte[] frames = here.frames();
    int at = 0;
    while (at < frames.length) {
      int length = Frame.lengthBytes(name, frames, at, frames.length - at);
      FrameHeader header = Frame.header(name, frames, at, length);
      map.addFrame(new FrameRef(owner, header.number(), at, length), header.hot(), header.pages());
      at += length;
    }
  }

  private static void framesOf(
      VolumeId volume, SegmentId segment, LocalDisk disk, RootBuilder map) {
    for (FooterEntry entry : footer(volume, segment, disk).entries()) {
      if (entry.kind() == FrameKind.PAGES) {
        map.addFrame(entry.ref(), entry.hot(), entry.pages());
      }
    }
  }

  /** What the footer of a kept segment says. */
  static SegmentFooter footer(VolumeId volume, SegmentId segment, LocalDisk disk) {
    long total = disk.segmentBytes(segment);
    if (total < 0) {
      throw new GraftException.Corrupt(
          "local " + segment + " is gone, and with it pages of a transaction that was not pushed");
    }
    byte[] end = end(segment, disk, total, SegmentFooter.FIRST_READ_BYTES);
    int length = SegmentFooter.lengthBytes(volume, segment, end, total);
    if (length > end.length) {
      end = end(segment, disk, total, length);
    }
    return SegmentFooter.decode(volume, segment, end, total);
  }

  private static byte[] end(SegmentId segment, LocalDisk disk, long total, int maxBytes) {
    int length = (int) Math.min(total, maxBytes);
    return disk.readSegment(segment, total - length, length);
  }
}
