package dev.graft.infra;

import java.util.Arrays;
import java.util.List;

/**
 * The functions, and what each may do to the store. Paths are below the bucket; a bucket of its own
 * for the log gets the rights of {@code log/} and {@code state/}.
 */
enum Role {
  /**
   * Rollups, checkpoints, trims, keys and revocations to the edge. The first, because others name
   * it.
   */
  MAINTENANCE(
      "MaintenanceFunction",
      List.of("volumes/*", "auth/*"),
      List.of(
          "volumes/*/derived/*",
          "volumes/*/segments/*",
          "volumes/*/checkpoints/*",
          "volumes/*/state/*"),
      List.of("volumes/*")),

  /**
   * Commits, uploads, presigned uploads. Removes a segment of its own whose commit did not land.
   */
  COMMIT(
      "CommitFunction",
      List.of("volumes/*", "auth/*"),
      List.of("volumes/*/log/*", "volumes/*/state/*", "volumes/*/segments/*"),
      List.of("volumes/*/segments/*")),

  /** What changed, the log, info, state. Fills gaps of rollups on its way. */
  CHANGES(
      "ChangesFunction",
      List.of("volumes/*", "auth/*"),
      List.of("volumes/*/derived/*", "volumes/*/segments/*"),
      List.of("volumes/*/segments/*")),

  /**
   * Creates, forks, retains and deletes volumes, revokes the tokens of deleted ones and forgets who
   * made them.
   */
  VOLUMES(
      "VolumesFunction",
      List.of("volumes/*", "auth/*"),
      List.of("volumes/*", "auth/*"),
      List.of("volumes/*", "auth/forks/*")),

  /** Makes and revokes tokens. */
  TOKENS("TokensFunction", List.of("volumes/*/volume", "auth/*"), List.of("auth/*"), List.of()),

  /** Ranges, where there is no edge. */
  RANGES(
      "RangesFunction",
      List.of("volumes/*/segments/*", "volumes/*/log/*", "auth/*"),
      List.of(),
      List.of());

  private final String className;
  private final List<String> reads;
  private final List<String> writes;
  private final List<String> deletes;

  Role(String className, List<String> reads, List<String> writes, List<String> deletes) {
    this.className = className;
    this.reads = reads;
    this.writes = writes;
    this.deletes = deletes;
  }

  /**
   * Those that an installation has.
   *
   * @param cdn whether CloudFront answers ranges
   */
  static List<Role> of(boolean cdn) {
    return Arrays.stream(values()).filter(role -> role != RANGES || !cdn).toList();
  }

  /** The class of the handler. */
  String handler() {
    return "dev.graft.functions." + className + "::handleRequest";
  }

  /** The construct's name. */
  String id() {
    return className.substring(0, className.length() - "Function".length());
  }

  /** Paths it reads. */
  List<String> reads() {
    return reads;
  }

  /** Paths it puts if absent. */
  List<String> writes() {
    return writes;
  }

  /** Paths it deletes. */
  List<String> deletes() {
    return deletes;
  }

  /**
   * Whether it goes on by invoking itself, as often as there is work: more than some sixteen times
   * in a row, which Lambda would take for a loop and end.
   */
  boolean invokesItself() {
    return this == MAINTENANCE;
  }

  /** Whether a client asks it by HTTP; the others are invoked by functions and schedules. */
  boolean hasUrl() {
    return this != MAINTENANCE;
  }
}
