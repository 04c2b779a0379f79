/** The object store of the engine on S3. */
@NullMarked
package dev.graft.s3;

import org.jspecify.annotations.NullMarked;
