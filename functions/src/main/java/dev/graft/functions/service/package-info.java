/**
 * What the functions do, from a request to an answer, without Lambda: the local stack and the
 * simulator call it as the handlers do.
 */
@NullMarked
package dev.graft.functions.service;

import org.jspecify.annotations.NullMarked;
