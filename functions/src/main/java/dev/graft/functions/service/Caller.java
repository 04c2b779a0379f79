package dev.graft.functions.service;

import dev.graft.auth.Token;

/**
 * Who asks.
 *
 * @param token that admitted the request
 */
record Caller(Token token) {}
