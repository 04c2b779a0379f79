package dev.graft.engine;

import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.remote.Waiting;

/**
 * What a look after one volume came to.
 *
 * @param volume which
 * @param deleted whether it is deleted; then nothing was done
 * @param rollups how many missing ones were made
 * @param rollupsMissing how many are still missing
 * @param checkpoint whether one was made
 * @param trimmed commits below the floor that were removed
 * @param waiting what else waits to be removed, and is not
 */
public record Swept(
    VolumeId volume,
    boolean deleted,
    long rollups,
    long rollupsMissing,
    boolean checkpoint,
    long trimmed,
    Waiting waiting) {}
