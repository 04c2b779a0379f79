package dev.graft.localstack.deployed;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.graft.functions.service.Group;
import dev.graft.protocol.error.GraftException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a deployed stack says of itself: the file that {@code cdk deploy --outputs-file} writes.
 *
 * @param bucket of everything
 * @param keysParameter where the key ring lies
 * @param functions the address of each function that has one
 * @param replica the address of the read replica, when there is one
 */
public record Outputs(
    String bucket, String keysParameter, Map<Group, URI> functions, Optional<URI> replica) {
  private static final String URL = "Url";

  public Outputs {
    functions = Map.copyOf(functions);
  }

  /**
   * Reads the file. It has one stack.
   *
   * @throws GraftException.Misuse when it is not the file of a stack without CloudFront
   */
  public static Outputs read(Path file) throws IOException {
    Map<String, String> texts = new LinkedHashMap<>();
    try (JsonParser json = new JsonFactory().createParser(file.toFile())) {
      for (JsonToken next = json.nextToken(); next != null; next = json.nextToken()) {
        if (next == JsonToken.VALUE_STRING) {
          texts.put(json.currentName(), json.getText());
        }
      }
    }
    Map<Group, URI> functions = new EnumMap<>(Group.class);
    for (Group group : Group.values()) {
      functions.put(group, URI.create(required(texts, output(group), file)));
    }
    return new Outputs(
        required(texts, "Bucket", file),
        required(texts, "KeysParameter", file),
        functions,
        Optional.ofNullable(texts.get("Replica" + URL)).map(URI::create));
  }

  /** As the stack names it: {@code CommitUrl}. */
  private static String output(Group group) {
    String name = group.name();
    return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT) + URL;
  }

  private static String required(Map<String, String> texts, String name, Path file) {
    String text = texts.get(name);
    if (text == null) {
      throw new GraftException.Misuse(
          file + " has no output " + name + ": deploy with localstack/deploy");
    }
    return text;
  }
}
