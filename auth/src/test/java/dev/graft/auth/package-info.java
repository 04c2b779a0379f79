@NullMarked
package dev.graft.auth;

import org.jspecify.annotations.NullMarked;
