package dev.graft.sim.disk;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/** An open file; or a folder, which can only be synced. */
final class DiskChannel extends FileChannel {
  private final Reach reach;
  private final String path;
  private final Disk.@Nullable File file;
  private final boolean deletedAtClose;
  private long position;
  private boolean holdsLock;

  /**
   * Opens.
   *
   * @param file null for a folder
   */
  DiskChannel(Reach reach, String path, Disk.@Nullable File file, boolean deletedAtClose) {
    this.reach = reach;
    this.path = path;
    this.file = file;
    this.deletedAtClose = deletedAtClose;
  }

  private Disk.File file() throws IOException {
    if (!isOpen()) {
      throw new ClosedChannelException();
    }
    if (file == null) {
      throw new IOException("Is a directory");
    }
    return file;
  }

  private static UnsupportedOperationException unsupported() {
    return new UnsupportedOperationException("the simulated disk does not do this");
  }

  @Override
  public int read(ByteBuffer target, long at) throws IOException {
    if (!target.hasRemaining()) {
      return 0;
    }
    byte[] found = reach.disk().read(file(), at, target.remaining());
    target.put(found);
    return found.length == 0 ? -1 : found.length;
  }

  @Override
  public int write(ByteBuffer source, long at) throws IOException {
    byte[] bytes = new byte[source.remaining()];
    source.get(source.position(), bytes);
    int count = reach.disk().write(file(), at, bytes);
    reach.mappings().written(file(), at, bytes, count);
    source.position(source.position() + count);
    return count;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    int count = read(target, position);
    position += Math.max(0, count);
    return count;
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    int count = write(source, position);
    position += count;
    return count;
  }

  @Override
  public long size() throws IOException {
    return file().sizeBytes();
  }

  @Override
  public FileChannel truncate(long sizeBytes) throws IOException {
    if (sizeBytes < file().sizeBytes()) {
      reach.disk().resize(file(), sizeBytes);
    }
    position = Math.min(position, sizeBytes);
    return this;
  }

  @Override
  public void force(boolean metaData) throws IOException {
    if (!isOpen()) {
      throw new ClosedChannelException();
    }
    if (file == null) {
      reach.disk().syncFolder(path);
    } else {
      reach.disk().sync(file);
    }
  }

  @Override
  public MemorySegment map(MapMode mode, long offset, long bytes, Arena arena) throws IOException {
    if (offset != 0 || !mode.equals(MapMode.READ_ONLY)) {
      throw unsupported();
    }
    if (bytes > file().sizeBytes()) {
      reach.disk().resize(file(), bytes);
    }
    return reach.mappings().map(reach.disk(), file(), bytes, arena);
  }

  @Override
  public FileLock lock(long at, long length, boolean shared) {
    throw unsupported();
  }

  @Override
  public @Nullable FileLock tryLock(long at, long length, boolean shared) throws IOException {
    holdsLock = reach.locks().take(file(), reach.process());
    return holdsLock ? new Lock(at, length) : null;
  }

  /** Holds the whole file. */
  private final class Lock extends FileLock {
    Lock(long at, long length) {
      super(DiskChannel.this, at, length, false);
    }

    @Override
    public boolean isValid() {
      return isOpen() && file != null && reach.locks().isHeld(file, reach.process());
    }

    @Override
    public void release() throws IOException {
      reach.locks().release(file(), reach.process());
    }
  }

  @Override
  protected void implCloseChannel() {
    if (file != null && holdsLock) {
      reach.locks().release(file, reach.process());
    }
    if (deletedAtClose && !reach.process().isDead()) {
      reach.disk().delete(path);
    }
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public FileChannel position(long at) {
    position = at;
    return this;
  }

  @Override
  public long read(ByteBuffer[] targets, int offset, int length) {
    throw unsupported();
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) {
    throw unsupported();
  }

  @Override
  public long transferTo(long at, long count, WritableByteChannel target) {
    throw unsupported();
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long at, long count) {
    throw unsupported();
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long at, long size) {
    throw unsupported();
  }
}
