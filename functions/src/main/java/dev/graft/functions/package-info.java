/**
 * Lambda functions over the engine: handlers, their settings, SnapStart. What they do is in {@link
 * dev.graft.functions.service}.
 */
@NullMarked
package dev.graft.functions;

import org.jspecify.annotations.NullMarked;
