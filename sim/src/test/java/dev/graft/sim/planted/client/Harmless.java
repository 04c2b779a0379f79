package dev.graft.sim.planted.client;

import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/** Breaks no rule: what engine and client may use. */
public final class Harmless {
  private final ReentrantLock lock = new ReentrantLock();
  private final ConcurrentHashMap<String, Long> map = new ConcurrentHashMap<>();
  private final AtomicLong counter = new AtomicLong();

  long call(Callable<Long> work) throws ExecutionException {
    lock.lock();
    try {
      return map.merge("calls", counter.incrementAndGet(), Long::sum) + work.call();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    } catch (Exception e) {
      throw new ExecutionException(e);
    } finally {
      lock.unlock();
    }
  }
}
