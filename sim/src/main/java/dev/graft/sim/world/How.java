package dev.graft.sim.world;

import dev.graft.client.CommitOptions;
import dev.graft.client.Policy;
import dev.graft.sim.judge.Event.Durability;

/** When a commit is done, and what to do when others come first. */
record How(Durability durability, String policy) {
  static final How REJECT = new How(Durability.REMOTE, "reject");
  static final How MERGE = new How(Durability.REMOTE, "merge");
  static final How LOCAL = new How(Durability.LOCAL, "reject");

  static final How LOCAL_MERGE = new How(Durability.LOCAL, "merge");

  /** Can be done again by its name, as after a restart. */
  static final How BY_NAME = new How(Durability.LOCAL, "replay");

  /** Can be done again while the process lives. */
  static final How AGAIN = new How(Durability.LOCAL, "again");

  CommitOptions options(String author, String message) {
    CommitOptions options = new CommitOptions(author, message, page -> false);
    if (policy.equals("merge")) {
      options = options.onConflict(new Policy.Merge());
    }
    return switch (durability) {
      case LOCAL -> options.with(CommitOptions.Durability.LOCAL);
      case REMOTE -> options;
    };
  }
}
