@NullMarked
package dev.graft.client.cache;

import org.jspecify.annotations.NullMarked;
