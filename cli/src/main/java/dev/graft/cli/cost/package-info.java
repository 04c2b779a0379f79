/** What an installation on AWS costs by the month, estimated from how it is used. */
@NullMarked
package dev.graft.cli.cost;

import org.jspecify.annotations.NullMarked;
