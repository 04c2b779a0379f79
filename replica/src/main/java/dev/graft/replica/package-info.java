/** The read replica: SQL over HTTP from one volume, as a Lambda function. */
@NullMarked
package dev.graft.replica;

import org.jspecify.annotations.NullMarked;
