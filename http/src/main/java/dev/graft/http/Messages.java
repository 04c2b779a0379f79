package dev.graft.http;

import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.SegmentEntry;
import dev.graft.protocol.remote.ChangesRequest;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.protocol.remote.ForkRequest;
import dev.graft.protocol.remote.Graft;
import dev.graft.protocol.remote.RetainRequest;
import dev.graft.protocol.remote.Retained;
import dev.graft.protocol.remote.UploadReceipt;
import dev.graft.protocol.remote.VolumeInfo;
import dev.graft.protocol.remote.VolumeState;
import dev.graft.protocol.remote.Waiting;
import java.util.List;

/**
 * The door to all messages of {@code docs/http.md}, section 4. A request about a volume does not
 * name it, since its path does: such messages are asked for with the volume of the route. Answers
 * name their volume, and whoever asked checks that it is the right one.
 */
public final class Messages {
  private static final Message<Nothing> EMPTY =
      Message.request("empty", (out, value) -> {}, in -> new Nothing());
  private static final Message<Nothing> DONE =
      Message.answer("done", (out, value) -> {}, in -> new Nothing());
  private static final Message<CreateVolume> CREATE_VOLUME =
      Message.request("createVolume", VolumeJson::write, VolumeJson::createVolume);
  private static final Message<VolumeInfo> VOLUME_INFO =
      Message.answer("volumeInfo", VolumeJson::write, VolumeJson::info);
  private static final Message<VolumeState> VOLUME_STATE =
      Message.answer("volumeState", VolumeJson::write, VolumeJson::state);
  private static final Message<Graft> GRAFT =
      Message.answer("graft", GraftJson::write, GraftJson::graft);
  private static final Message<LogRequest> LOG_REQUEST =
      Message.request("logRequest", LogJson::write, LogJson::request);
  private static final Message<LogAnswer> LOG_PAGE =
      Message.answer("logPage", LogJson::write, LogJson::answer);
  private static final Message<UploadReceipt> UPLOAD_RECEIPT =
      Message.answer("uploadReceipt", UploadJson::write, UploadJson::receipt);
  private static final Message<SegmentEntry> UPLOADS_REQUEST =
      Message.request("uploadsRequest", UploadJson::write, UploadJson::entry);
  private static final Message<UploadsAnswer> PRESIGNED =
      Message.answer("presigned", UploadJson::write, UploadJson::answer);
  private static final Message<CommitOutcome.Committed> COMMITTED =
      Message.answer("committed", CommitJson::write, CommitJson::committed);
  private static final Message<ForkAnswer> FORKED =
      Message.answer("forked", VolumeJson::write, VolumeJson::forked);
  private static final Message<Retained> RETAINED =
      Message.answer("retained", RetainJson::write, RetainJson::retained);
  private static final Message<Waiting> WAITING =
      Message.answer("waiting", RetainJson::write, RetainJson::waiting);
  private static final Message<TokenRequest> TOKEN_REQUEST =
      Message.request("tokenRequest", TokenJson::write, TokenJson::request);
  private static final Message<TokenAnswer> TOKEN =
      Message.answer("token", TokenJson::write, TokenJson::answer);
  private static final Message<RevokeRequest> REVOKE =
      Message.request("revoke", TokenJson::write, TokenJson::revoke);
  private static final Message<Problem> PROBLEM =
      Message.answer("problem", ProblemJson::write, ProblemJson::problem);

  private Messages() {}

  /** Every message; those that are about the volume of a route, about this one. */
  public static List<Message<?>> all(VolumeId volume) {
    return List.of(
        empty(),
        done(),
        createVolume(),
        volumeInfo(),
        changesRequest(volume),
        graft(),
        commitRequest(volume),
        committed(),
        logRequest(),
        logPage(),
        uploadReceipt(),
        uploadsRequest(),
        presigned(),
        forkRequest(volume),
        forked(),
        volumeState(),
        retainRequest(volume),
        retained(),
        waiting(),
        tokenRequest(),
        token(),
        revoke(),
        problem());
  }

  /** The request of routes that need nothing but their path. */
  public static Message<Nothing> empty() {
    return EMPTY;
  }

  /** The answer that says no more than that it is done. */
  public static Message<Nothing> done() {
    return DONE;
  }

  /** The request of {@link Route.Create}. */
  public static Message<CreateVolume> createVolume() {
    return CREATE_VOLUME;
  }

  /** The answer to {@link Route.Create} and {@link Route.Info}. */
  public static Message<VolumeInfo> volumeInfo() {
    return VOLUME_INFO;
  }

  /** The request of {@link Route.Changes}. */
  public static Message<ChangesRequest> changesRequest(VolumeId volume) {
    return Message.request("changesRequest", GraftJson::write, in -> GraftJson.request(volume, in));
  }

  /** The answer to {@link Route.Changes}, but for a divergence, which is a {@link Problem}. */
  public static Message<Graft> graft() {
    return GRAFT;
  }

  /** The request of {@link Route.Log}. */
  public static Message<LogRequest> logRequest() {
    return LOG_REQUEST;
  }

  /** The answer to {@link Route.Log}. */
  public static Message<LogAnswer> logPage() {
    return LOG_PAGE;
  }

  /** The answer to {@link Route.State} and {@link Route.Delete}. */
  public static Message<VolumeState> volumeState() {
    return VOLUME_STATE;
  }

  /** The answer to {@link Route.Upload}. */
  public static Message<UploadReceipt> uploadReceipt() {
    return UPLOAD_RECEIPT;
  }

  /** The request of {@link Route.Uploads}. */
  public static Message<SegmentEntry> uploadsRequest() {
    return UPLOADS_REQUEST;
  }

  /** The answer to {@link Route.Uploads}. */
  public static Message<UploadsAnswer> presigned() {
    return PRESIGNED;
  }

  /** The request of {@link Route.Commits}. */
  public static Message<CommitRequest> commitRequest(VolumeId volume) {
    return Message.request(
        "commitRequest", CommitJson::write, in -> CommitJson.request(volume, in));
  }

  /** The answer to {@link Route.Commits}, but for a conflict, which is a {@link Problem}. */
  public static Message<CommitOutcome.Committed> committed() {
    return COMMITTED;
  }

  /** The request of {@link Route.Fork}: the volume is the parent. */
  public static Message<ForkRequest> forkRequest(VolumeId volume) {
    return Message.request(
        "forkRequest", VolumeJson::write, in -> VolumeJson.forkRequest(volume, in));
  }

  /** The answer to {@link Route.Fork}. */
  public static Message<ForkAnswer> forked() {
    return FORKED;
  }

  /** The request of {@link Route.Retain}. */
  public static Message<RetainRequest> retainRequest(VolumeId volume) {
    return Message.request(
        "retainRequest", RetainJson::write, in -> RetainJson.request(volume, in));
  }

  /** The answer to {@link Route.Retain}. */
  public static Message<Retained> retained() {
    return RETAINED;
  }

  /** The answer to {@link Route.Waiting}. */
  public static Message<Waiting> waiting() {
    return WAITING;
  }

  /** The request of {@link Route.Tokens}. */
  public static Message<TokenRequest> tokenRequest() {
    return TOKEN_REQUEST;
  }

  /** The answer to {@link Route.Tokens}. */
  public static Message<TokenAnswer> token() {
    return TOKEN;
  }

  /** The request of {@link Route.Revoke}. */
  public static Message<RevokeRequest> revoke() {
    return REVOKE;
  }

  /** What every route answers when it fails, under content type {@link Headers#PROBLEM}. */
  public static Message<Problem> problem() {
    return PROBLEM;
  }
}
