package dev.graft.sim.lambda;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import org.jspecify.annotations.Nullable;

/** What a handler may ask about its surroundings. */
record SimContext(String functionName) implements Context {
  private static final int MILLIS_LEFT = 900_000;
  private static final int MEMORY_MB = 1_769;

  @Override
  public String getAwsRequestId() {
    return "simulated";
  }

  @Override
  public String getLogGroupName() {
    return "/aws/lambda/" + functionName;
  }

  @Override
  public String getLogStreamName() {
    return "simulated";
  }

  @Override
  public String getFunctionName() {
    return functionName;
  }

  @Override
  public String getFunctionVersion() {
    return "1";
  }

  @Override
  public String getInvokedFunctionArn() {
    return "arn:aws:lambda:sim:000000000000:function:" + functionName;
  }

  @Override
  @SuppressWarnings("NullAway") // the interface knows no annotation; Lambda gives null as well
  public @Nullable CognitoIdentity getIdentity() {
    return null;
  }

  @Override
  @SuppressWarnings("NullAway") // as above
  public @Nullable ClientContext getClientContext() {
    return null;
  }

  @Override
  public int getRemainingTimeInMillis() {
    return MILLIS_LEFT;
  }

  @Override
  public int getMemoryLimitInMB() {
    return MEMORY_MB;
  }

  @Override
  public LambdaLogger getLogger() {
    return new LambdaLogger() {
      @Override
      public void log(String message) {}

      @Override
      public void log(byte[] message) {}
    };
  }
}
