package dev.graft.s3;

/** With listings that are sorted here, as for directory buckets. */
class FakeS3UnorderedContractTest extends FakeS3ContractTest {
  @Override
  S3Settings settings() {
    return super.settings().withoutOrder();
  }
}
