@NullMarked
package dev.graft.client.files;

import org.jspecify.annotations.NullMarked;
