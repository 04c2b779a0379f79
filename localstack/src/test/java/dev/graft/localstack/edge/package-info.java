@NullMarked
package dev.graft.localstack.edge;

import org.jspecify.annotations.NullMarked;
