package dev.graft.sim.disk;

import dev.graft.sim.SimProcess;

/**
 * What a process has of a machine's disk.
 *
 * @param disk files and folders
 * @param process who asks
 * @param mappings memory that shows files
 * @param locks who holds which file
 */
record Reach(Disk disk, SimProcess process, Mappings mappings, Locks locks) {}
