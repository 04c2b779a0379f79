package dev.graft.functions;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.graft.auth.KeyRing;
import dev.graft.protocol.error.GraftException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/** Where the key ring is. Its text is read when the process begins to work, never before. */
sealed interface KeyRingPlace {
  /** In a variable of the environment, by name: simple, and seen by all who see the function. */
  record Variable(String name) implements KeyRingPlace {}

  /** In a file. */
  record File(String path) implements KeyRingPlace {}

  /** In a SecureString of the Systems Manager's parameter store. */
  record Parameter(String name) implements KeyRingPlace {}

  /** In a secret of the Secrets Manager, by name or ARN. */
  record Secret(String id) implements KeyRingPlace {}

  /**
   * Reads it.
   *
   * @param aws is asked for when the ring lies there
   * @throws GraftException.Misuse when what lies there is no key ring
   * @throws GraftException.Unavailable when it cannot be had
   */
  default KeyRing read(Supplier<AwsCall> aws) {
    return KeyRing.parse(
        switch (this) {
          case Variable(String name) -> Objects.requireNonNullElse(System.getenv(name), "");
          case File(String path) -> file(path);
          case Parameter(String name) ->
              asked(
                  aws.get(),
                  "ssm",
                  "AmazonSSM.GetParameter",
                  Map.of("Name", name, "WithDecryption", true),
                  "Value");
          case Secret(String id) ->
              asked(
                  aws.get(),
                  "secretsmanager",
                  "secretsmanager.GetSecretValue",
                  Map.of("SecretId", id),
                  "SecretString");
        });
  }

  private static String file(String path) {
    try {
      return Files.readString(Path.of(path));
    } catch (IOException e) {
      throw new GraftException.Unavailable("the key ring's file cannot be read: " + e, e);
    }
  }

  private static String asked(
      AwsCall aws, String service, String target, Map<String, Object> question, String member) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try (JsonGenerator out = new JsonFactory().createGenerator(body)) {
      out.writeStartObject();
      for (Map.Entry<String, Object> entry : question.entrySet()) {
        out.writeFieldName(entry.getKey());
        out.writeObject(entry.getValue());
      }
      out.writeEndObject();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    byte[] answer =
        aws.post(
            service,
            "/",
            Map.of("content-type", "application/x-amz-json-1.1", "x-amz-target", target),
            body.toByteArray());
    return text(service, answer, member);
  }

  /** The text that an answer has under a name, wherever it stands. */
  static String text(String service, byte[] answer, String member) {
    try (JsonParser in = new JsonFactory().createParser(answer)) {
      while (in.nextToken() != null) {
        if (in.currentToken() == JsonToken.FIELD_NAME && in.currentName().equals(member)) {
          if (in.nextToken() == JsonToken.VALUE_STRING) {
            return in.getText();
          }
          break;
        }
      }
    } catch (IOException e) {
      throw new GraftException.Unavailable(service + " answered something else", e);
    }
    throw new GraftException.Misuse(service + " has no text in the place of the key ring");
  }
}
