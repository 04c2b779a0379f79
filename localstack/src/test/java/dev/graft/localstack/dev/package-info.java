@NullMarked
package dev.graft.localstack.dev;

import org.jspecify.annotations.NullMarked;
