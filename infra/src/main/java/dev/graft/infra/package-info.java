/** The CDK app of an installation: bucket, functions, CloudFront, alarms. */
@NullMarked
package dev.graft.infra;

import org.jspecify.annotations.NullMarked;
