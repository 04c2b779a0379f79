package dev.graft.cli.demo;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One query and how to say it.
 *
 * @param sql with a question mark for each argument
 * @param arguments as JDBC gave them; null is a value
 * @param words what it asks for, for people
 */
public record Question(String sql, List<@Nullable Object> arguments, String words) {

  /** A question that was picked from a database's schema, or why there is none. */
  public sealed interface Picked {
    /** There is one. */
    record Asked(Question question) implements Picked {}

    /**
     * The database has no such object.
     *
     * @param reason says what it lacks
     */
    record None(String reason) implements Picked {}
  }
}
