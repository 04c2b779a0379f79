/** The demonstration: the whole idea on a real database, with figures. */
@NullMarked
package dev.graft.cli.demo;

import org.jspecify.annotations.NullMarked;
