package dev.graft.sim.judge;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** All ways to spoil a history, and how many spoilt ones the judge finds. */
public final class HistoryMutations {
  private HistoryMutations() {}

  /** All that are known. */
  public static List<HistoryMutation> all() {
    List<HistoryMutation> all = new ArrayList<>();
    all.addAll(LogMutations.all());
    all.addAll(AnswerMutations.all());
    all.addAll(ReadMutations.all());
    all.addAll(ClientMutations.all());
    return all;
  }

  /**
   * What came of a mutation.
   *
   * @param tried spoilt histories
   * @param found those in which the judge found something
   * @param missed where to look: the places of histories that it found clean, by their numbers
   * @param kinds how often each kind was found
   */
  public record Tally(
      int tried, int found, List<String> missed, Map<Violation.Kind, Integer> kinds) {
    /** The part that was found. */
    public double share() {
      return tried == 0 ? 0 : (double) found / tried;
    }
  }

  /**
   * Spoils each history at some places.
   *
   * @param histories clean ones
   * @param places in each of them
   * @param seed chooses the places
   */
  public static Tally tally(
      HistoryMutation mutation, List<List<Event>> histories, int places, long seed) {
    int tried = 0;
    int found = 0;
    List<String> missed = new ArrayList<>();
    Map<Violation.Kind, Integer> kinds = new TreeMap<>();
    for (int i = 0; i < histories.size(); i++) {
      for (int place = 0; place < places; place++) {
        Draft draft = new Draft(histories.get(i), new Random(seed * 1_000_003 + i * 101L + place));
        if (!mutation.change().test(draft)) {
          continue;
        }
        tried++;
        Verdict verdict = Judge.judge(draft.lines());
        if (verdict.violations().isEmpty()) {
          missed.add("history " + i + ", place " + place + ": " + changed(histories.get(i), draft));
        } else {
          found++;
          verdict.violations().forEach(one -> kinds.merge(one.kind(), 1, Integer::sum));
        }
      }
    }
    return new Tally(tried, found, missed, kinds);
  }

  /** The first line that is another one. */
  private static String changed(List<Event> before, Draft after) {
    for (int i = 0; i < before.size() && i < after.events.size(); i++) {
      if (!before.get(i).equals(after.events.get(i))) {
        return (i + 1)
            + " "
            + EventWriter.line(before.get(i))
            + " is "
            + EventWriter.line(after.events.get(i));
      }
    }
    return "the end";
  }
}
