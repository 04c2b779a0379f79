/** An installation that was deployed to LocalStack, and the address that its clients are given. */
@NullMarked
package dev.graft.localstack.deployed;

import org.jspecify.annotations.NullMarked;
