package dev.graft.localstack.edge;

import dev.graft.localstack.web.WebAnswer;
import dev.graft.localstack.web.WebRequest;
import java.util.Optional;

/**
 * What runs on every request before anything else, cached or not. It sees no body. Safe for use by
 * many threads.
 */
public interface ViewerCheck {
  /** The answer that turns the request away; nothing when it may go on. */
  Optional<WebAnswer.Response> refuse(WebRequest request);
}
