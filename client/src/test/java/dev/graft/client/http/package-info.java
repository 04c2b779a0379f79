@NullMarked
package dev.graft.client.http;

import org.jspecify.annotations.NullMarked;
