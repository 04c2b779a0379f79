@NullMarked
package dev.graft.http;

import org.jspecify.annotations.NullMarked;
