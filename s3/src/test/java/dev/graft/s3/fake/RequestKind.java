package dev.graft.s3.fake;

/** What S3 bills apart. */
public enum RequestKind {
  PUT,
  GET,
  HEAD,
  LIST,
  DELETE
}
