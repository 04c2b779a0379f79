package dev.graft.cli.cost;

/**
 * Prices in US dollars: us-east-1, on demand, without free tiers, as read in November 2026; where
 * each was read, and what could not be verified, stands in docs/operations.md.
 *
 * @param putsPerMillion S3 PUT and LIST requests, refused ones too
 * @param getsPerMillion S3 GET requests
 * @param storedGbMonth a GB (10^9 bytes) in S3 Standard for a month
 * @param invocationsPerMillion Lambda requests
 * @param gbSecond a GiB-second of Lambda on arm64
 * @param edgeRequestsPerMillion CloudFront HTTPS requests
 * @param viewerRunsPerMillion runs of the CloudFront function
 * @param keyReadsPerMillion reads of its key value store
 * @param edgeGb a GB from CloudFront to the internet
 * @param originGb a GB that CloudFront sends to what stands behind it
 * @param logGb a GB taken in by CloudWatch Logs
 * @param metricMonth a custom metric for a month
 * @param alarmMonth an alarm for a month
 * @param kmsKeyMonth a key in KMS for a month
 * @param kmsPerMillion requests to KMS
 * @param transitionsPerMillion state transitions of Step Functions
 */
public record Prices(
    double putsPerMillion,
    double getsPerMillion,
    double storedGbMonth,
    double invocationsPerMillion,
    double gbSecond,
    double edgeRequestsPerMillion,
    double viewerRunsPerMillion,
    double keyReadsPerMillion,
    double edgeGb,
    double originGb,
    double logGb,
    double metricMonth,
    double alarmMonth,
    double kmsKeyMonth,
    double kmsPerMillion,
    double transitionsPerMillion) {
  /** Those of us-east-1. */
  public static final Prices US_EAST_1 =
      new Prices(
          5.0,
          0.40,
          0.023,
          0.20,
          0.0000133334,
          1.00,
          0.10,
          0.03,
          0.085,
          0.020,
          0.50,
          0.30,
          0.10,
          1.00,
          3.00,
          25.00);
}
