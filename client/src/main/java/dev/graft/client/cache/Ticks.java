package dev.graft.client.cache;

/**
 * The time by which frames are young or old: how many files or slabs a cache has begun. Read on the
 * hot path without any order: a look that comes late makes a frame seem a little older.
 */
final class Ticks {
  /** Written in the cache's turn only. */
  int now;

  /** The oldest open pin; written by {@link Pins} only. */
  long oldestPin = Pins.NONE;
}
