/** The service, asked as an edge would. */
@NullMarked
package dev.graft.functions.service;

import org.jspecify.annotations.NullMarked;
