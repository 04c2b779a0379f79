package dev.graft.s3.fake;

import java.util.Map;

/** What a ListObjectsV2 asks for. */
record ListRequest(String prefix, String after, int maxKeys) {
  private static final int MOST = 1000;

  static ListRequest of(Map<String, String> query) throws Refusal {
    String token = query.getOrDefault("continuation-token", "");
    String after = token.isEmpty() ? query.getOrDefault("start-after", "") : token;
    try {
      int maxKeys = Integer.parseInt(query.getOrDefault("max-keys", Integer.toString(MOST)));
      return new ListRequest(query.getOrDefault("prefix", ""), after, Math.min(maxKeys, MOST));
    } catch (NumberFormatException e) {
      throw new Refusal(400, "InvalidArgument", "max-keys is no number");
    }
  }
}
