package dev.graft.sim.judge;

import dev.graft.sim.judge.History.At;
import java.util.Map;

/**
 * Says what is wrong with a history. The log is taken as it was read at the end; all that clients
 * were told and saw must fit it.
 */
public final class Judge {
  private Judge() {}

  /**
   * Judges a whole history.
   *
   * @param lines one event each, in the order of real time; read once
   */
  public static Verdict judge(Iterable<String> lines) {
    Findings findings = new Findings();
    History history = History.of(lines, findings);
    new LineRules(history, findings).check();
    new LogRules(history, findings).check();
    Map<String, VolumeModel> models = new Replay(history, findings).play();
    long reads = new ReadRules(history, models, findings).check();
    new TimeRules(history, models, findings).check();
    new GoneRules(history, findings).check();
    new OutcomeRules(history, findings).check();
    new OwnCommitRules(history, findings).check();
    new CounterRules(history, findings).check();
    for (At<Event> at : history.lines()) {
      if (at.event() instanceof Event.Claim claim && !claim.holds()) {
        findings.add(Violation.Kind.CLAIM, claim.sentence(), at.line());
      }
    }
    long commits = history.logs().values().stream().mapToLong(Map::size).sum();
    return new Verdict(findings.inOrder(), commits, history.attempts().size(), reads);
  }
}
