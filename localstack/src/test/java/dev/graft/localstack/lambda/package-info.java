@NullMarked
package dev.graft.localstack.lambda;

import org.jspecify.annotations.NullMarked;
