/** Measurements of single parts with JMH, and of the whole over a simulated S3. */
@NullMarked
package dev.graft.bench;

import org.jspecify.annotations.NullMarked;
