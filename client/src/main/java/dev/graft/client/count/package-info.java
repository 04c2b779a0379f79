/** What a client costs: requests, rounds and bytes, counted where they leave it. */
@NullMarked
package dev.graft.client.count;

import org.jspecify.annotations.NullMarked;
