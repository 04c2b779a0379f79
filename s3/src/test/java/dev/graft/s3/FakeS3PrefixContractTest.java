package dev.graft.s3;

/** Below a prefix, beside objects of others. */
class FakeS3PrefixContractTest extends FakeS3ContractTest {
  @Override
  S3Settings settings() {
    return super.settings().withPrefix("some/where/");
  }
}
