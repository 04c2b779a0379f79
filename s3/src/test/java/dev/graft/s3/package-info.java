@NullMarked
package dev.graft.s3;

import org.jspecify.annotations.NullMarked;
