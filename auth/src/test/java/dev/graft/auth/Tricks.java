package dev.graft.auth;

import java.util.ArrayList;
import java.util.List;

/** Paths and methods that look like something, and are nothing. */
public final class Tricks {
  /** Methods that no path has. */
  public static final List<String> METHODS =
      List.of(
          "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "get", "post", "Get", "COPY");

  private Tricks() {}

  /**
   * Paths that are not of the grammar, for a volume and a segment that exist: each is 404 with
   * every token and method.
   */
  public static List<String> notPaths(String volume, String segment) {
    String of = "/v1/volumes/" + volume;
    String lsn = "fffffffffffffffe";
    List<String> good =
        List.of(of + "/segments/" + segment, of + "/log/" + lsn, of + "/changes", "/v1/tokens");
    List<String> paths = new ArrayList<>();
    for (String path : good) {
      String last = path.substring(path.lastIndexOf('/') + 1);
      String folder = path.substring(0, path.lastIndexOf('/'));
      paths.addAll(
          List.of(
              path + "/",
              "/" + path,
              path + "//",
              path + "/.",
              path + "/..",
              path + "/../" + last,
              path + "%2e",
              path + "%2F",
              path + "%00",
              path + "%20",
              path + "?x=1",
              path + "?list-type=2",
              path + "?versionId=1",
              path + ";x",
              path + "#x",
              path + ".",
              path + " ",
              path + "\t",
              path + "\n",
              path + "\\",
              path + "\u00e9",
              path + "a",
              path + "/volume",
              path.substring(0, path.length() - 1),
              folder,
              folder + "/",
              folder + "//" + last,
              folder + "/./" + last,
              folder + "/%2e/" + last,
              folder + "/%2e%2e/" + last,
              folder + "/x/../" + last,
              folder + "/" + last.toUpperCase(),
              path.replace("/v1/", "/"),
              path.replace("/v1/", "/V1/"),
              path.replace("/v1/", "/v2/"),
              path.replace("/v1/", "/v1//"),
              path.replace("/v1/", "/v1/./"),
              path.replace("/v1/", "/v1/x/../"),
              path.replace("/v1/", "/%76%31/"),
              path.substring(1),
              path + "/" + "a".repeat(4000),
              folder + "/%" + String.format("%02x", (int) last.charAt(0)) + last.substring(1)));
    }
    // What the store holds and nobody asks for by path, whatever the token.
    paths.addAll(
        List.of(
            "",
            "/",
            "*",
            "/v1",
            "/v1/",
            "/v1/volumes/",
            "/v1/volumes/*",
            "/v1/volumes/*/log/" + lsn,
            of,
            of + "/",
            of + "/volume",
            of + "/state/" + lsn,
            of + "/checkpoints/chk-01hzzzzzzzzzzzzzzzzzzzzzz0",
            of + "/derived/0/rollups/1/0",
            of + "/forks/" + volume,
            of + "/segments",
            of + "/segments/",
            of + "/log/",
            of + "/log/" + lsn.toUpperCase(),
            of + "/log/" + lsn.substring(1),
            of + "/log/0" + lsn,
            of + "/log/-" + lsn.substring(1),
            of + "/log/+" + lsn.substring(1),
            of + "/log/0x" + lsn.substring(2),
            of + "/log/000000000000000g",
            of + "/segments/" + segment.replace("seg-", "vol-"),
            of + "/segments/" + segment.replace("seg-", "SEG-"),
            of + "/segments/" + segment.replace("0", "o"),
            of + "/segments/" + segment.replaceFirst("seg-.", "seg-8"),
            of + "/segments/" + segment + "/0",
            of.toUpperCase() + "/changes",
            of.replace("vol-", "vol_") + "/changes",
            of.replaceFirst("vol-.", "vol-z") + "/changes",
            of + "\u0000/changes",
            of + "/Changes",
            of + "/changes/" + segment,
            of + "/uploads/",
            of + "/uploads/" + segment + "/",
            of + "/uploads/" + lsn,
            of + "/info/volume",
            "/v1/tokens/revoke/",
            "/v1/tokens/make",
            "/v1/tokens/revoke/" + segment,
            "/v1/auth",
            "/auth/revocations/" + lsn,
            "/v1/auth/revocations/" + lsn,
            "/v1/keys",
            "/v1/preflight",
            "/v1/volumes/" + segment + "/changes",
            "/favicon.ico",
            "/robots.txt",
            "http://127.0.0.1" + of + "/changes",
            "//127.0.0.1" + of + "/changes"));
    // That one is a call.
    paths.removeIf((of + "/log")::equals);
    return paths.stream().distinct().toList();
  }
}
