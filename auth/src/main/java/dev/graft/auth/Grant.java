package dev.graft.auth;

import dev.graft.http.Action;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.VolumeRecord;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a token admits, whoever holds it and however long.
 *
 * @param scope the volumes that it is about
 * @param actions at least one
 * @param ancestors of a fork, nearest first, at most 16: whose ranges may be read, too
 * @param label for logs; 1 to 64 printable ASCII characters without {@code "} and backslash
 */
public record Grant(
    VolumeScope scope, Set<Action> actions, List<Ancestor> ancestors, Optional<String> label) {
  /** The most ancestors, as many as a volume record holds. */
  public static final int MAX_ANCESTORS = VolumeRecord.MAX_ANCESTORS;

  /** The longest label, in characters. */
  public static final int MAX_LABEL = 64;

  /**
   * A volume that the token's was forked from, itself or by a fork between.
   *
   * @param volume which
   * @param upTo the highest LSN of its log that may be read
   */
  public record Ancestor(VolumeId volume, Lsn upTo) {
    @Override
    public String toString() {
      return volume + ":" + upTo;
    }
  }

  public Grant {
    actions = Set.copyOf(actions);
    ancestors = List.copyOf(ancestors);
    if (actions.isEmpty()) {
      throw new GraftException.Misuse("a token allows at least one of read, write, fork and admin");
    }
    if (ancestors.size() > MAX_ANCESTORS) {
      throw new GraftException.Limit(
          "a token has at most " + MAX_ANCESTORS + " ancestors, not " + ancestors.size());
    }
    if (!ancestors.isEmpty() && scope instanceof VolumeScope.All) {
      throw new GraftException.Misuse("a token for '*' has no ancestors: it reads every volume");
    }
    if (label.isPresent() && !isLabel(label.get())) {
      throw new GraftException.Misuse(
          "a label has 1 to "
              + MAX_LABEL
              + " printable ASCII characters, none of them a quote or a backslash");
    }
  }

  /** Without ancestors and label. */
  public static Grant of(VolumeScope scope, Collection<Action> actions) {
    return new Grant(scope, EnumSet.copyOf(actions), List.of(), Optional.empty());
  }

  /** The same with other ancestors. */
  public Grant withAncestors(List<Ancestor> others) {
    return new Grant(scope, actions, others, label);
  }

  /** The same with a label. */
  public Grant withLabel(String text) {
    return new Grant(scope, actions, ancestors, Optional.of(text));
  }

  /** Whether a text may be a label. */
  static boolean isLabel(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_LABEL
        && text.chars().allMatch(c -> c >= ' ' && c <= '~' && c != '"' && c != '\\');
  }

  /** The ancestors that a volume's record names: those of a token for that volume. */
  public static List<Ancestor> ancestorsOf(VolumeRecord record) {
    return ancestorsOf(record.ancestors());
  }

  /** The ancestors of a volume as its record and an answer about it name them. */
  public static List<Ancestor> ancestorsOf(List<VolumeRecord.Ancestor> named) {
    return named.stream()
        .map(ancestor -> new Ancestor(ancestor.volume(), ancestor.position().lsn()))
        .toList();
  }

  /** Whether everything that the other admits is admitted by this, too. */
  public boolean covers(Grant other) {
    return scope.covers(other.scope)
        && actions.containsAll(other.actions)
        && other.ancestors.stream().allMatch(this::covers);
  }

  private boolean covers(Ancestor other) {
    return scope.covers(other.volume)
        || ancestors.stream()
            .anyMatch(
                own -> own.volume.equals(other.volume) && other.upTo.compareTo(own.upTo) <= 0);
  }

  /** The actions' names in the order of their kinds. */
  public List<String> actionNames() {
    return new TreeSet<>(actions).stream().map(Action::wireName).toList();
  }
}
