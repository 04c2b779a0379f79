package dev.graft.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code docs/openapi.yaml} against {@link Route}, {@link Problem} and what messages really take;
 * and the proof that this would see it when the file said something else.
 */
class OpenApiTest {
  @Test
  void paths_parametersHeadersAndStatuses_areThoseOfTheRoutes() {
    new OpenApiPaths(new OpenApiFile(OpenApiFile.text())).check();
  }

  @Test
  void schemas_areWhatMessagesTake() {
    new OpenApiSchemas(new OpenApiFile(OpenApiFile.text())).check();
  }

  /** Something that the file says, and what it could say instead. */
  record Lie(String said, String instead) {}

  static List<Lie> lies() {
    return List.of(
        new Lie("security:\n  - token: []", "security:\n  - {}"),
        new Lie("pattern: \"^bytes=[0-9]+-[0-9]+$\"", "pattern: \"^lines=[a-z]+$\""),
        new Lie(
            "name: x-amz-content-sha256\n      in: header",
            "name: x-amz-content-sha256\n      in: query"),
        new Lie(
            "      in: header\n      required: true\n      description: SHA-256",
            "      in: header\n      required: false\n      description: SHA-256"),
        new Lie("millis: {type: integer, minimum: 0", "millis: {type: integer, minimum: 7000000"),
        new Lie("minimum: 512, maximum: 65536", "minimum: 512, maximum: 1024"),
        new Lie("required: [owner, number, offset, length, bytes]", "required: [owner]"),
        new Lie(
            "max: {type: integer, minimum: 1, maximum: 1000}",
            "max: {type: integer, minimum: 1, maximum: 10}"),
        new Lie("items: {enum: [read, write, fork, admin]}", "items: {enum: [read, root]}"),
        new Lie("label: {type: string, maxLength: 64}", "label: {type: string, maxLength: 6}"),
        new Lie(
            "retryAfter: {type: integer, minimum: 1", "retryAfter: {type: integer, minimum: 100"),
        // What is left out or allowed too much is a lie as well.
        new Lie("minimum: 512, maximum: 65536", "minimum: 1, maximum: 65536"),
        new Lie("minimum: 512, maximum: 65536", "minimum: 512, maximum: 131072"),
        new Lie("max: {type: integer, minimum: 1, maximum: 1000}", "max: {type: integer}"),
        new Lie("label: {type: string, maxLength: 64}", "label: {type: string}"),
        new Lie("maxItems: 16", "maxItems: 15"),
        new Lie("required: [lsn, hash]", "required: [lsn]"),
        new Lie("required: [volume, at]", "required: [at]"),
        new Lie(
            "required: [position, time, snapshot, count, transactions]",
            "required: [position, time, snapshot, count, pagesWritten, transactions]"),
        new Lie("unauthorized, misuse, limit]", "unauthorized, misuse]"),
        new Lie("hash: {type: string, pattern: \"^[0-9a-f]{64}$\"}", "hash: {type: string}"),
        new Lie("pattern: \"^[0-9a-f]{64}$\"", "pattern: \"^[0-9a-fA-F]{64}$\""),
        new Lie("(0|[1-9][0-9]{0,19})", "([0-9]{1,20})"),
        new Lie("            graft-time: {$ref: \"#/components/headers/graft-time\"}\n", ""),
        new Lie("        retry-after: {$ref: \"#/components/headers/retry-after\"}\n", ""),
        new Lie("        content-range: {$ref: \"#/components/headers/content-range\"}\n", ""),
        new Lie("in: header\n      name: graft-token", "in: query\n      name: graft-token"),
        new Lie("[A-Za-z0-9-]{1,64}", "[A-Za-z0-9-]{1,63}"),
        new Lie("        - $ref: \"#/components/parameters/sha256\"\n", ""),
        new Lie("enum: [no-store, ", "enum: ["));
  }

  @ParameterizedTest
  @MethodSource("lies")
  void check_aFileThatLies_isSeen(Lie lie) {
    String text = OpenApiFile.text();
    assertThat(text).contains(lie.said());
    int at = text.indexOf(lie.said());
    OpenApiFile lying =
        new OpenApiFile(
            text.substring(0, at) + lie.instead() + text.substring(at + lie.said().length()));
    assertThatThrownBy(
            () -> {
              new OpenApiPaths(lying).check();
              new OpenApiSchemas(lying).check();
            })
        .isInstanceOf(AssertionError.class);
  }
}
