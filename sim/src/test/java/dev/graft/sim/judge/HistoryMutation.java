package dev.graft.sim.judge;

import java.util.function.Predicate;

/**
 * A way to spoil a clean history.
 *
 * @param name what is wrong then
 * @param share the least part of such histories that is found; 1 when every one breaks a promise, 0
 *     when none does, so that none may be found
 * @param reason why not all are found; empty for a share of 1
 * @param change changes one place; false when there is none
 */
public record HistoryMutation(String name, double share, String reason, Predicate<Draft> change) {
  static HistoryMutation found(String name, Predicate<Draft> change) {
    return new HistoryMutation(name, 1, "", change);
  }

  static HistoryMutation often(String name, double share, String reason, Predicate<Draft> change) {
    return new HistoryMutation(name, share, reason, change);
  }

  static HistoryMutation harmless(String name, String reason, Predicate<Draft> change) {
    return new HistoryMutation(name, 0, reason, change);
  }

  @Override
  public String toString() {
    return name;
  }
}
