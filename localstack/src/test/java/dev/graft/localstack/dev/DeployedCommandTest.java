package dev.graft.localstack.dev;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.auth.KeyRing;
import dev.graft.auth.RevocationLog;
import dev.graft.auth.SigningKey;
import dev.graft.auth.Token;
import dev.graft.auth.TokenVerifier;
import dev.graft.localstack.web.Body;
import dev.graft.localstack.web.WebAnswer;
import dev.graft.localstack.web.WebHandler;
import dev.graft.localstack.web.WebRequest;
import dev.graft.localstack.web.WebServer;
import dev.graft.s3.HostS3;
import dev.graft.s3.S3ObjectStore;
import dev.graft.s3.S3Settings;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Scanner;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code graft dev deployed}, with LocalStack's S3 and functions that know nobody's token. */
@Timeout(120)
class DeployedCommandTest {
  private static final List<String> RETURNED =
      List.of("content-type", "content-range", "etag", "last-modified", "x-amz-request-id");
  private static final String FUNCTIONS = ".lambda-url.local:4566";

  @TempDir Path folder;

  private final SecureRandom random = new SecureRandom();
  private final KeyRing keys = new KeyRing(List.of(SigningKey.generate(random)));

  /** LocalStack as a whole: S3 is the process's, every function asks for a token. */
  private record Front(URI s3) implements WebHandler {
    @Override
    public WebAnswer handle(WebRequest request) {
      request.body(); // is read now or never
      if (request.header("host").orElse("").endsWith(FUNCTIONS)) {
        return new WebAnswer.Response(401, Map.of(), Body.EMPTY);
      }
      String query = request.query().isEmpty() ? "" : "?" + request.query();
      try {
        HttpURLConnection passed =
            (HttpURLConnection) s3.resolve(request.path() + query).toURL().openConnection();
        passed.setRequestMethod(request.method());
        request
            .headers()
            .forEach((name, value) -> {
              if (name.startsWith("x-amz-")
                  || name.equals("authorization")
                  || name.equals("range")) {
                passed.setRequestProperty(name, value);
              }
            });
        int status = passed.getResponseCode();
        Map<String, String> headers = new HashMap<>();
        for (String name : RETURNED) {
          Optional.ofNullable(passed.getHeaderField(name))
              .ifPresent(value -> headers.put(name, value));
        }
        try (InputStream answer =
            status < 400 ? passed.getInputStream() : passed.getErrorStream()) {
          byte[] text = answer == null ? new byte[0] : answer.readAllBytes();
          return new WebAnswer.Response(status, headers, Body.of(text));
        }
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  @BeforeEach
  void needsLocalStack() {
    Assumptions.assumeTrue(HostS3.start().isPresent(), "skipped: LocalStack cannot be had here");
  }

  /** What the command says when it is ready; it is ended then. */
  private String ready() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    try (PipedInputStream said = new PipedInputStream();
        PrintStream out =
            new PrintStream(new PipedOutputStream(said), true, StandardCharsets.UTF_8);
        Scanner lines = new Scanner(said, StandardCharsets.UTF_8)) {
      String[] args = {"deployed", "--port", "0", "--dir", folder.toString(), "--json"};
      FutureTask<Integer> command =
          new FutureTask<>(() -> {
            try (out) {
              return Main.commandLine(out, end).execute(args);
            }
          });
      Thread.ofPlatform().start(command);
      String line = lines.nextLine();
      end.countDown();
      assertThat(command.get()).isZero();
      return line;
    }
  }

  private Token token() throws IOException {
    String text = Files.readString(folder.resolve("admin-token")).strip();
    return TokenVerifier.claimed(text).orElseThrow().token();
  }

  @Test
  void tokenThatWasRevoked_isMadeAnewAtTheNextStart_onLocalStack() throws Exception {
    HostS3 host = HostS3.start().orElseThrow();
    S3Settings bucket = host.newBucket();
    InstantSource clock = InstantSource.system();
    try (WebServer front = WebServer.start(0, 1 << 20, new Front(host.endpoint()));
        S3ObjectStore store = S3ObjectStore.open(bucket, HostS3.credentials(), clock)) {
      Files.writeString(folder.resolve("endpoint"), front.address() + "\n");
      Files.writeString(folder.resolve("keys.json"), keys.toJson());
      Files.writeString(
          folder.resolve("outputs.json"),
          """
          {"Graft": {"Bucket": "%1$s", "KeysParameter": "/graft/Graft/keys",
            "CommitUrl": "http://c%2$s/", "ChangesUrl": "http://h%2$s/",
            "VolumesUrl": "http://v%2$s/", "TokensUrl": "http://t%2$s/",
            "RangesUrl": "http://r%2$s/"}}
          """
              .formatted(bucket.bucket(), FUNCTIONS));
      assertThat(ready()).contains("\"ready\":true", "\"tokenReplaced\":null");
      Token first = token();
      assertThat(ready()).contains("\"tokenReplaced\":null");
      assertThat(token()).isEqualTo(first);

      new RevocationLog(store, clock).revoke(first);
      assertThat(ready()).contains("\"tokenReplaced\":\"token " + first.id() + " was revoked\"");
      assertThat(token().id()).isNotEqualTo(first.id());
    }
  }
}
