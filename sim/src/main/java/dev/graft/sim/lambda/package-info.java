/**
 * What stands between a client and the handlers when the product is deployed: HTTP, an edge, Lambda
 * with its functions and their instances; in virtual time, and failing by a seed.
 */
@org.jspecify.annotations.NullMarked
package dev.graft.sim.lambda;
