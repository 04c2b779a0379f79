package dev.graft.functions.service;

import dev.graft.http.Route;

/** Which function a route belongs to (docs/http.md, section 1). */
public enum Group {
  COMMIT,
  CHANGES,
  VOLUMES,
  TOKENS,
  /** Of the edge, or of a function where there is no edge. */
  RANGES;

  /** The group of a route. */
  public static Group of(Route route) {
    return switch (route) {
      case Route.Commits _, Route.Upload _, Route.Uploads _ -> COMMIT;
      case Route.Info _, Route.Changes _, Route.Log _, Route.State _ -> CHANGES;
      case Route.Create _, Route.Fork _, Route.Retain _, Route.Waiting _, Route.Delete _ -> VOLUMES;
      case Route.Tokens _, Route.Revoke _ -> TOKENS;
      case Route.OfObject _ -> RANGES;
    };
  }
}
