/** Lambda functions over the engine. */
@NullMarked
package dev.graft.functions;

import org.jspecify.annotations.NullMarked;
