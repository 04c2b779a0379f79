package dev.graft.infra;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.constructs.Node;

/**
 * What the context of the app says of the installation: {@code -c NAME=VALUE}, or {@code cdk.json}.
 * A name that is none of ours and none of CDK's is refused, for a misspelt one would silently leave
 * the default.
 */
final class Choices {
  private static final List<String> NAMES =
      List.of(
          "stack",
          "domain",
          "certificate",
          "retention",
          "encryption",
          "stores",
          "concurrency",
          "accountConcurrency",
          "alarmMail",
          "cdn",
          "keepData",
          "accessLogs",
          "local",
          "replica",
          "ancestors");

  /**
   * What the CDK tool and its library keep there: flags, what was looked up in the account, and the
   * two plain names that the tool writes itself.
   */
  private static final Pattern OF_CDK =
      Pattern.compile(
          "@.*|aws[a-z-]*:.*|[A-Za-z-]+:[A-Za-z]+=.*|acknowledged-issue-numbers|cli-telemetry");

  /** More letters than this are not a slip of the hand. */
  private static final int NEAR = 4;

  private final Node node;

  /**
   * @param node of the app
   * @throws IllegalArgumentException when it holds a name that nobody reads
   */
  Choices(Node node) {
    this.node = node;
    if (node.getAllContext() instanceof Map<?, ?> context) {
      for (Object name : context.keySet()) {
        requireKnown(name.toString());
      }
    }
  }

  private static void requireKnown(String name) {
    if (NAMES.contains(name) || OF_CDK.matcher(name).matches()) {
      return;
    }
    String nearest = NAMES.getFirst();
    for (String known : NAMES) {
      if (distance(name, known) < distance(name, nearest)) {
        nearest = known;
      }
    }
    throw new IllegalArgumentException(
        "nothing is chosen by the name "
            + name
            + (distance(name, nearest) <= NEAR ? ": write " + nearest : "")
            + "; the names are "
            + String.join(", ", NAMES));
  }

  /** How many letters have to be put in, taken out or changed, whatever their case and hyphens. */
  private static int distance(String name, String known) {
    String from = plain(name);
    String to = plain(known);
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int changed = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }

  private static String plain(String name) {
    return name.substring(name.lastIndexOf(':') + 1)
        .replaceAll("[-_.]", "")
        .toLowerCase(Locale.ROOT);
  }

  /** What was chosen under a name; nothing when the default was. */
  Optional<String> text(String name) {
    if (!NAMES.contains(name)) {
      throw new IllegalStateException(name + " is no choice");
    }
    @Nullable Object value = node.tryGetContext(name);
    return value == null ? Optional.empty() : Optional.of(value.toString());
  }

  /**
   * The same where it has to be of a form.
   *
   * @param wanted the form in words
   */
  Optional<String> text(String name, Pattern pattern, String wanted) {
    Optional<String> text = text(name);
    if (text.isPresent() && !pattern.matcher(text.get()).matches()) {
      throw new IllegalArgumentException(name + " has to be " + wanted + ", not " + text.get());
    }
    return text;
  }

  Optional<Integer> number(String name) {
    return text(name).map(text -> number(name, text));
  }

  static int number(String name, String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException wrong) {
      throw new IllegalArgumentException(name + " has to be a number, not " + text);
    }
  }

  boolean flag(String name, boolean otherwise) {
    return switch (text(name).orElse(Boolean.toString(otherwise))) {
      case "true" -> true;
      case "false" -> false;
      case String other ->
          throw new IllegalArgumentException(name + " has to be true or false, not " + other);
    };
  }

  <E extends Enum<E>> E oneOf(String name, Class<E> type, E otherwise) {
    Optional<String> text = text(name);
    if (text.isEmpty()) {
      return otherwise;
    }
    String wanted = text.get().toUpperCase(Locale.ROOT).replace('-', '_');
    List<String> spelled = new ArrayList<>();
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equals(wanted)) {
        return constant;
      }
      spelled.add(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }
    throw new IllegalArgumentException(
        name + " has to be one of " + spelled + ", not " + text.get());
  }
}
