/** HTTP as the local stack speaks it: requests and answers as values, and one server for them. */
@NullMarked
package dev.graft.localstack.web;

import org.jspecify.annotations.NullMarked;
