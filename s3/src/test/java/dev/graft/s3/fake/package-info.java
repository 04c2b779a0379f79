/** A small S3 for tests, which misbehaves when it is told to. */
@NullMarked
package dev.graft.s3.fake;

import org.jspecify.annotations.NullMarked;
