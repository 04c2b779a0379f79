package dev.graft.cli;

import dev.graft.s3.fake.FakeS3;
import java.util.LinkedHashMap;
import java.util.Map;

/** The fake S3, found as AWS is: what a person has in the environment stands in properties here. */
final class FakeAws implements AutoCloseable {
  private final FakeS3 fake = FakeS3.start();
  private final Map<String, String> before = new LinkedHashMap<>();

  FakeAws() {
    set("aws.endpointUrlS3", fake.endpoint().toString());
    set("aws.accessKeyId", FakeS3.ACCESS_KEY);
    set("aws.secretAccessKey", FakeS3.SECRET_KEY);
    set("aws.region", "us-east-1");
  }

  private void set(String name, String value) {
    before.put(name, System.getProperty(name, ""));
    System.setProperty(name, value);
  }

  FakeS3 s3() {
    return fake;
  }

  @Override
  public void close() {
    before.forEach((name, value) -> {
      if (value.isEmpty()) {
        System.clearProperty(name);
      } else {
        System.setProperty(name, value);
      }
    });
    fake.close();
  }
}
