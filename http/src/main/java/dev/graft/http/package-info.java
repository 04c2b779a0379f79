/** The HTTP face: routes, JSON messages, problem documents. */
@NullMarked
package dev.graft.http;

import org.jspecify.annotations.NullMarked;
