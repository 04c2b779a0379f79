/** The remote over HTTP: {@code docs/http.md} from the client's side. */
@NullMarked
package dev.graft.client.http;

import org.jspecify.annotations.NullMarked;
