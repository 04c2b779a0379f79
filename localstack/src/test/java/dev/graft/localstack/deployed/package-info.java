/** The CDK app on LocalStack: functions in containers, and clients that talk to their URLs. */
@NullMarked
package dev.graft.localstack.deployed;

import org.jspecify.annotations.NullMarked;
