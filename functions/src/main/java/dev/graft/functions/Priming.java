package dev.graft.functions;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.graft.auth.Grant;
import dev.graft.auth.KeyId;
import dev.graft.auth.KeyRing;
import dev.graft.auth.SigningKey;
import dev.graft.auth.TokenMaker;
import dev.graft.auth.VolumeScope;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.store.MemoryObjectStore;
import dev.graft.engine.store.ObjectKey;
import dev.graft.functions.service.Answer;
import dev.graft.functions.service.Backend;
import dev.graft.functions.service.Group;
import dev.graft.functions.service.Limits;
import dev.graft.functions.service.Request;
import dev.graft.functions.service.Service;
import dev.graft.http.Action;
import dev.graft.http.Headers;
import dev.graft.http.Messages;
import dev.graft.http.Route;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameEncoder;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.PageRuns;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.IdempotencyKey;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.ChangesRequest;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.s3.S3ObjectStore;
import dev.graft.s3.S3Settings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/**
 * Runs through what requests will run through, so that the classes are loaded and warm in the
 * snapshot: a volume, a few commits, polls and opens against a store in memory, and one request to
 * a port of this machine where nobody listens, for the classes of the SDK. Everything it makes is
 * thrown away; nothing of the deployment is touched, neither its store nor its keys.
 */
final class Priming {
  private static final int COMMITS = 40;
  private static final PageSize SIZE = new PageSize(4096);

  /** A fixed key, of use for nothing else. */
  private static final byte[] KEY = new byte[32];

  private final Service service;
  private final FunctionSkin skin;
  private final String token;
  private final InstantSource clock;

  private Priming() {
    this.clock = InstantSource.system();
    KeyRing ring = new KeyRing(List.of(new SigningKey(new KeyId("priming"), KEY, false)));
    MemoryObjectStore store = new MemoryObjectStore(clock);
    Backend made =
        Deployment.over(
                new Deployment.Parts(
                    store,
                    store,
                    null,
                    ring,
                    Limits.NONE,
                    1,
                    null,
                    new ThreadConcurrency(clock),
                    new SecureRandom(),
                    line -> {}))
            .backend();
    this.service = new Service(EnumSet.allOf(Group.class), made);
    this.skin = new FunctionSkin(() -> service);
    this.token =
        new TokenMaker(ring, new java.util.Random(1), clock)
            .make(Grant.of(new VolumeScope.All(), EnumSet.allOf(Action.class)), Duration.ofHours(1))
            .text();
  }

  /**
   * Runs through all; what fails in it is told, for a function that cannot do this does nothing.
   */
  static void run(Settings settings) {
    new Priming().requests();
    if (settings.bulk().startsWith("s3://")) {
      store();
    }
  }

  private void requests() {
    VolumeId volume = new VolumeId(1, 1);
    post(new Route.Create(), Messages.createVolume().encode(new CreateVolume(volume, SIZE)));
    byte[] info =
        post(new Route.Info(volume), Messages.empty().encode(new dev.graft.http.Nothing()));
    Position head = new Position(Lsn.ZERO, Messages.volumeInfo().decode(info).recordHash());
    for (int i = 0; i < COMMITS; i++) {
      byte[] landed =
          post(
              new Route.Commits(volume),
              Messages.commitRequest(volume).encode(commit(volume, head, i)));
      Position before = head;
      head = Messages.committed().decode(landed).position();
      changes(volume, before, false);
    }
    changes(volume, head, false);
    changes(volume, null, true);
    Answer range =
        service.answer(
            new Request(
                "GET",
                new Route.LogRange(volume, head.lsn()).path(),
                "",
                Map.of(Headers.TOKEN, token, Headers.RANGE, "bytes=0-100"),
                new byte[0]));
    require(range.status());
  }

  private void changes(VolumeId volume, @Nullable Position since, boolean open) {
    ChangesRequest request =
        new ChangesRequest(volume, since, new ChangesRequest.Until.Head(), open);
    post(new Route.Changes(volume), Messages.changesRequest(volume).encode(request));
  }

  private CommitRequest commit(VolumeId volume, Position base, int i) {
    byte[] raw = new byte[SIZE.bytes()];
    raw[i] = 1;
    byte[] frame;
    try (FrameEncoder encoder = new FrameEncoder()) {
      frame =
          encoder.encodePages(
              new FrameOwner.InCommit(volume, Lsn.ZERO),
              0,
              true,
              SIZE,
              PageRuns.of(1, 1),
              raw,
              0,
              raw.length);
    }
    PageCount one = new PageCount(1);
    TransactionRecord transaction =
        new TransactionRecord(
            new IdempotencyKey(7, i), Hash.sha256(raw), clock.instant(), "priming", "");
    return new CommitRequest(
        volume,
        base,
        base.lsn(),
        one,
        i == 0 ? new PageCount(0) : one,
        List.of(transaction),
        new CommitRequest.Content.Inline(List.of(frame), PageSet.empty()));
  }

  /** As through an address: an event in, an answer out. */
  private byte[] post(Route route, byte[] body) {
    ByteArrayOutputStream event = new ByteArrayOutputStream();
    try (JsonGenerator out = new JsonFactory().createGenerator(event)) {
      out.writeStartObject();
      out.writeStringField("rawPath", route.path());
      out.writeStringField("rawQueryString", "");
      out.writeObjectFieldStart("headers");
      out.writeStringField(Headers.TOKEN, token);
      out.writeStringField(Headers.CONTENT_TYPE, Headers.JSON);
      out.writeStringField(Headers.CONTENT_SHA256, Hash.sha256(body).toString());
      out.writeEndObject();
      out.writeObjectFieldStart("requestContext");
      out.writeObjectFieldStart("http");
      out.writeStringField("method", "POST");
      out.writeEndObject();
      out.writeEndObject();
      out.writeStringField("body", Base64.getEncoder().encodeToString(body));
      out.writeBooleanField("isBase64Encoded", true);
      out.writeEndObject();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    Answer answer = service.answer(read(event.toByteArray()));
    require(answer.status());
    try {
      skin.handle(
          new ByteArrayInputStream("{}".getBytes(java.nio.charset.StandardCharsets.UTF_8)),
          new ByteArrayOutputStream());
      PayloadWriter.write(answer, new ByteArrayOutputStream());
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return answer.body();
  }

  private static Request read(byte[] event) {
    try {
      return PayloadReader.read(new ByteArrayInputStream(event));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private static void require(int status) {
    if (status >= 300) {
      throw new IllegalStateException("a request of the priming was answered " + status);
    }
  }

  /** Signs and sends a request that nobody takes: port 9 is the one that discards. */
  private static void store() {
    S3Settings nowhere =
        S3Settings.parse("s3://priming")
            .withRegion("us-east-1")
            .withPathStyle(true)
            .withEndpoint(URI.create("http://127.0.0.1:9"));
    try (S3ObjectStore store =
        S3ObjectStore.open(
            nowhere,
            StaticCredentialsProvider.create(AwsBasicCredentials.create("priming", "priming")),
            InstantSource.system())) {
      try {
        store.get(new ObjectKey("priming"), 0, 1);
      } catch (GraftException.Unavailable expected) {
        // Nobody listens there.
      }
      store.putIfAbsent(new ObjectKey("priming"), new byte[1], Instant.MAX);
    } catch (GraftException.Unavailable expected) {
      // The same.
    }
  }
}
