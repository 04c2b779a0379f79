package dev.graft.http;

import java.util.Locale;
import java.util.Optional;

/** What a request does, as far as permission goes. None implies another. */
public enum Action {
  READ,
  WRITE,
  FORK,
  ADMIN;

  /** The name in tokens and messages: lower case. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The action of that name, if there is one. */
  public static Optional<Action> parse(String wireName) {
    for (Action action : values()) {
      if (action.wireName().equals(wireName)) {
        return Optional.of(action);
      }
    }
    return Optional.empty();
  }
}
