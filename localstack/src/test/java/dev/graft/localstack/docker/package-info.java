/** Tests with LocalStack in Docker; skipped with one line where there is no engine or no image. */
@NullMarked
package dev.graft.localstack.docker;

import org.jspecify.annotations.NullMarked;
