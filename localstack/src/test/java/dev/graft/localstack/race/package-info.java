/** Many writers of one volume at once. */
@NullMarked
package dev.graft.localstack.race;

import org.jspecify.annotations.NullMarked;
