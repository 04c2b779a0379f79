/**
 * A stand-in for the content delivery network: a cache of ranges in front of the store, a check of
 * every viewer, and the way to the functions.
 */
@NullMarked
package dev.graft.localstack.edge;

import org.jspecify.annotations.NullMarked;
