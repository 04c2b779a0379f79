package dev.graft.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.graft.protocol.error.GraftException;
import org.junit.jupiter.api.Test;

class S3SettingsTest {
  @Test
  void parse_address_givesBucketAndPrefix() {
    assertThat(S3Settings.parse("s3://my.bucket")).isEqualTo(S3Settings.of("my.bucket"));
    assertThat(S3Settings.parse("s3://my-bucket/")).isEqualTo(S3Settings.of("my-bucket"));
    S3Settings below = S3Settings.of("b-1").withPrefix("some/where/");
    assertThat(S3Settings.parse("s3://b-1/some/where")).isEqualTo(below);
    assertThat(S3Settings.parse("s3://b-1/some/where/")).isEqualTo(below);
    assertThat(below).hasToString("s3://b-1/some/where");
  }

  @Test
  void of_directoryBucket_listsInNoOrder() {
    assertThat(S3Settings.of("shop--use1-az4--x-s3").listsInOrder()).isFalse();
    assertThat(S3Settings.of("shop").listsInOrder()).isTrue();
  }

  @Test
  void parse_noAddress_isMisuse() {
    for (String wrong :
        new String[] {
          "",
          "s3:",
          "s3://",
          "s3:///x",
          "s3://B",
          "s3://a b",
          "s3://bucket//",
          "s3://bucket/A",
          "s3://bucket/x//y",
          "s3://bucket/../x",
          "s3://x",
          "S3://bucket",
          "s3://-bucket"
        }) {
      assertThatExceptionOfType(GraftException.Misuse.class)
          .as(wrong)
          .isThrownBy(() -> S3Settings.parse(wrong));
    }
  }
}
