/** The address of a function: HTTP requests become Lambda events, and answers come back. */
@NullMarked
package dev.graft.localstack.lambda;

import org.jspecify.annotations.NullMarked;
