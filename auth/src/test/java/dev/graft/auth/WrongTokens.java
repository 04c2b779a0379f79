package dev.graft.auth;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;

/** The rows of {@link Vectors} with tokens that prove nothing, beside some that do. */
final class WrongTokens {
  private final Vectors rows;

  WrongTokens(Vectors rows) {
    this.rows = rows;
  }

  void add() {
    addKeys();
    addTampered();
    addClaims();
  }

  private void addKeys() {
    String claims = rows.claims(Vectors.OWN.toString(), Vectors.ALL, "");
    rows.ask(
        200,
        "a key that is retired",
        Forge.token(Vectors.header(Vectors.OLD), claims, Vectors.OLD.secret()));
    rows.ask(
        401,
        "a key that was removed",
        Forge.token(Vectors.header(Vectors.REMOVED), claims, Vectors.REMOVED.secret()));
    rows.ask(
        401,
        "another key of that id",
        Forge.token(Vectors.header(Vectors.KEY), claims, Vectors.STRANGER.secret()));
    rows.ask(
        401,
        "the secret of another key",
        Forge.token(Vectors.header(Vectors.KEY), claims, Vectors.OLD.secret()));
    rows.ask(
        401,
        "the id of another key",
        Forge.token(Vectors.header(Vectors.OLD), claims, Vectors.KEY.secret()));
    rows.ask(
        401,
        "the secret as text",
        Forge.token(
            Vectors.header(Vectors.KEY),
            claims,
            Vectors.KEY.secretText().getBytes(StandardCharsets.US_ASCII)));
    rows.ask(401, "no secret", Forge.token(Vectors.header(Vectors.KEY), claims, new byte[1]));
    for (String alg :
        List.of(
            "none", "None", "NONE", "", "HS384", "HS512", "RS256", "ES256", "PS256", "EdDSA",
            "hs256", "HS256 ", "HS-256", "A256KW")) {
      String header = Vectors.header(Vectors.KEY).replace("HS256", alg);
      rows.ask(401, "alg " + alg, Forge.token(header, claims, Vectors.KEY.secret()));
      rows.ask(
          401, "alg " + alg + " unsigned", Forge.base64(header) + "." + Forge.base64(claims) + ".");
    }
    rows.ask(
        401,
        "HS384 in truth",
        Forge.token(
            "HmacSHA384",
            Vectors.header(Vectors.KEY).replace("HS256", "HS384"),
            claims,
            Vectors.KEY.secret()));
    rows.ask(
        401,
        "HS512 in truth",
        Forge.token(
            "HmacSHA512",
            Vectors.header(Vectors.KEY).replace("HS256", "HS512"),
            claims,
            Vectors.KEY.secret()));
    for (String header :
        List.of(
            "{\"alg\":\"HS256\",\"typ\":\"JWT\"}",
            "{\"alg\":\"HS256\",\"kid\":\"\",\"typ\":\"JWT\"}",
            "{\"alg\":\"HS256\",\"kid\":null,\"typ\":\"JWT\"}",
            "{\"alg\":\"HS256\",\"kid\":1,\"typ\":\"JWT\"}",
            "{\"alg\":\"HS256\",\"kid\":[\"key-new\"],\"typ\":\"JWT\"}",
            "{\"alg\":\"HS256\",\"kid\":\"key-unknown\",\"typ\":\"JWT\"}",
            "{\"alg\":\"HS256\",\"kid\":\"" + Vectors.REVOKED + "\",\"typ\":\"JWT\"}",
            "{\"alg\":\"HS256\",\"kid\":\"../key-new\",\"typ\":\"JWT\"}",
            "{\"alg\":\"HS256\",\"kid\":\"__proto__\",\"typ\":\"JWT\"}",
            "{\"alg\":\"HS256\",\"kid\":\"" + "k".repeat(65) + "\",\"typ\":\"JWT\"}",
            "{\"alg\":\"HS256\",\"kid\":\"key-new\"}",
            "{\"kid\":\"key-new\",\"alg\":\"HS256\",\"typ\":\"JWT\"}",
            "{\"alg\":\"HS256\",\"kid\":\"key-new\",\"typ\":\"jwt\"}",
            "{\"alg\":\"none\",\"alg\":\"HS256\",\"kid\":\"key-new\",\"typ\":\"JWT\"}",
            "{\"alg\":\"HS256\",\"kid\":\"key-gone\",\"kid\":\"key-new\",\"typ\":\"JWT\"}",
            "{\"alg\":\"HS256\",\"kid\":\"key-new\",\"typ\":\"JWT\",\"crit\":[\"exp\"]}",
            "{\"alg\":\"HS256\",\"kid\":\"key-new\",\"typ\":\"JWT\",\"b64\":false}",
            "{\"alg\":\"HS256\",\"kid\":\"key-new\",\"typ\":\"JWT\",\"zip\":\"DEF\"}",
            "{\"alg\":\"HS256\",\"kid\":\"key-new\",\"typ\":\"JWT\",\"jwk\":{\"kty\":\"oct\",\"k\":\"AAAA\"}}",
            "{\"alg\":\"HS256\",\"kid\":\"key-new\",\"typ\":\"JWT\",\"jku\":\"https://x.example/\"}",
            " {\"alg\":\"HS256\",\"kid\":\"key-new\",\"typ\":\"JWT\"}",
            "{\"alg\":\"HS256\",\"kid\":\"key-new\",\"typ\":\"JWT\"}\n",
            "{\"alg\": \"HS256\",\"kid\":\"key-new\",\"typ\":\"JWT\"}",
            "{\"alg\":\"\\u0048S256\",\"kid\":\"key-new\",\"typ\":\"JWT\"}",
            "\"HS256\"",
            "null",
            "[]",
            "{}",
            "")) {
      rows.ask(401, "header " + header, Forge.token(header, claims, Vectors.KEY.secret()));
    }
  }

  private void addTampered() {
    String good = rows.token(Vectors.OWN, Vectors.ALL);
    rows.ask(200, "whole", good);
    Random random = new Random(20261101);
    String letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (int i = 0; i < 60; i++) {
      int at = random.nextInt(good.length());
      char other = letters.charAt(random.nextInt(letters.length()));
      if (good.charAt(at) != '.' && good.charAt(at) != other) {
        rows.ask(401, "character " + at, good.substring(0, at) + other + good.substring(at + 1));
      }
    }
    String[] parts = good.split("\\.");
    char last = good.charAt(good.length() - 1);
    String start = good.substring(0, good.length() - 1);
    for (int i = 1; i < 4; i++) {
      rows.ask(
          401,
          "another text of the same signature",
          start + letters.charAt(letters.indexOf(last) + i));
    }
    String[] others = rows.token(Vectors.OTHER, Vectors.ALL).split("\\.");
    for (String wrong :
        List.of(
            parts[0] + "." + parts[1] + "." + others[2],
            parts[0] + "." + others[1] + "." + parts[2],
            parts[0] + "." + parts[1] + ".",
            parts[0] + "." + parts[1],
            parts[0] + ".." + parts[2],
            "." + parts[1] + "." + parts[2],
            "..",
            ".",
            "a",
            "a.b.c",
            "{}",
            good + ".",
            "." + good,
            good + "." + parts[2],
            good + "=",
            good + "A",
            good + " ",
            " " + good,
            good + "\t",
            good + ",",
            good + "," + good,
            good.substring(1),
            good.substring(0, good.length() - 1),
            good.toUpperCase(),
            good.replace('.', ' '),
            good.replace('-', '+').replace('_', '/'),
            "Bearer " + good,
            good + "\u0000",
            "\uFF21" + good.substring(1),
            good + good,
            parts[0] + "=." + parts[1] + "." + parts[2],
            "x".repeat(4096),
            "x".repeat(4097),
            "x".repeat(8000),
            parts[0] + "." + "A".repeat(4096) + "." + parts[2])) {
      if (!wrong.equals(good)) {
        rows.ask(401, "shape", wrong);
      }
    }
  }

  private void addClaims() {
    String good = rows.claims(Vectors.OWN.toString(), Vectors.ALL, "");
    String mac = "HmacSHA256";
    String head = Forge.base64(Vectors.header(Vectors.KEY));
    List<Function<String, String>> changes =
        List.of(
            c -> c.substring(1),
            c -> c.substring(0, c.length() - 1),
            c -> c + " ",
            c -> " " + c,
            c -> c + "{}",
            c -> c.replace(",", ", "),
            c -> c.replace(":", " :"),
            c -> c.replace("\"jti\"", "\"j\\u0074i\""),
            c -> c.replace("\"vol\":\"vol-", "\"vol\":\"\\u0076ol-"),
            c -> c + c,
            c -> "[" + c + "]",
            c -> "\"" + c.replace("\"", "\\\"") + "\"",
            // Twice, unknown, elsewhere.
            c -> c.replace("\"vol\":", "\"vol\":\"*\",\"vol\":"),
            c -> c.replace("}", ",\"vol\":\"*\"}"),
            c -> c.replace("}", ",\"act\":[\"read\"]}"),
            c -> c.replace("}", ",\"exp\":9999999999}"),
            c -> c.replace("{", "{\"exp\":9999999999,"),
            c -> c.replace("}", ",\"nbf\":0}"),
            c -> c.replace("}", ",\"aud\":\"graft\"}"),
            c -> c.replace("}", ",\"__proto__\":{}}"),
            c -> c.replace("}", ",\"toJSON\":1}"),
            c -> c.replace("}", ",\"sub\":\"a\",\"anc\":[[\"" + Vectors.PARENT + "\",\"1\"]]}"),
            c -> c.replaceFirst("(\"iat\":\\d+),(\"exp\":\\d+)", "$2,$1"),
            // Missing.
            c -> c.replaceFirst("\"jti\":\"[^\"]+\",", ""),
            c -> c.replaceFirst("\"iat\":\\d+,", ""),
            c -> c.replaceFirst("\"exp\":\\d+,", ""),
            c -> c.replaceFirst("\"vol\":\"[^\"]+\",", ""),
            c -> c.replaceFirst(",\"act\":\\[[^\\]]+\\]", ""));
    for (Function<String, String> change : changes) {
      String claims = change.apply(good);
      rows.ask(401, "claims " + claims, Vectors.signed(claims));
    }
    rows.ask(200, "claims as they should be", Vectors.signed(good));
    Map<String, List<String>> wrong = new LinkedHashMap<>();
    wrong.put(
        "\"jti\":\"[^\"]+\"",
        List.of(
            "\"jti\":null",
            "\"jti\":1",
            "\"jti\":\"\"",
            "\"jti\":[]",
            "\"jti\":\"" + Vectors.OWN + "\"",
            "\"jti\":\"tok-8zzzzzzzzzzzzzzzzzzzzzzzzz\"",
            "\"jti\":\"tok-0000000000000000000000000i\"",
            "\"jti\":\"TOK-00000000000000000000000000\"",
            "\"jti\":\"tok-0000000000000000000000000A\"",
            "\"jti\":\"tok-0000000000000000000000000\"",
            "\"jti\":\"tok-000000000000000000000000000\"",
            "\"jti\":[\"tok-00000000000000000000000000\"]"));
    wrong.put(
        "\"iat\":\\d+",
        List.of(
            "\"iat\":null",
            "\"iat\":\"" + Vectors.IAT + "\"",
            "\"iat\":" + Vectors.IAT + ".0",
            "\"iat\":" + Vectors.IAT + ".5",
            "\"iat\":1e3",
            "\"iat\":-1",
            "\"iat\":-0",
            "\"iat\":0" + Vectors.IAT,
            "\"iat\":" + Vectors.EXP,
            "\"iat\":0",
            "\"iat\":true",
            "\"iat\":[" + Vectors.IAT + "]",
            "\"iat\":NaN",
            "\"iat\":+1"));
    wrong.put(
        "\"exp\":\\d+",
        List.of(
            "\"exp\":null",
            "\"exp\":\"" + Vectors.EXP + "\"",
            "\"exp\":" + Vectors.EXP + ".0",
            "\"exp\":1e30",
            "\"exp\":1e400",
            "\"exp\":9223372036854775808",
            "\"exp\":253402300800",
            "\"exp\":" + Vectors.IAT,
            "\"exp\":" + (Vectors.IAT + 400 * 86400 + 1),
            "\"exp\":{}",
            "\"exp\":Infinity"));
    wrong.put(
        "\"vol\":\"[^\"]+\"",
        List.of(
            "\"vol\":null",
            "\"vol\":\"\"",
            "\"vol\":\"**\"",
            "\"vol\":[\"*\"]",
            "\"vol\":[\"" + Vectors.OWN + "\"]",
            "\"vol\":\"" + Vectors.OWN.toString().toUpperCase() + "\"",
            "\"vol\":\"" + Vectors.OWN + " \"",
            "\"vol\":\"" + Vectors.OWN + "\\n\"",
            "\"vol\":\"vol-\"",
            "\"vol\":\"vol-8zzzzzzzzzzzzzzzzzzzzzzzzz\"",
            "\"vol\":\"vol-*\"",
            "\"vol\":true",
            "\"vol\":{\"*\":1}",
            "\"vol\":\"" + Vectors.SEGMENT + "\""));
    wrong.put(
        "\"act\":\\[[^\\]]+\\]",
        List.of(
            "\"act\":null",
            "\"act\":[]",
            "\"act\":\"read\"",
            "\"act\":\"*\"",
            "\"act\":[\"*\"]",
            "\"act\":[\"READ\"]",
            "\"act\":[\"read\",\"read\"]",
            "\"act\":[\"write\",\"read\"]",
            "\"act\":[\"read\",\"fly\"]",
            "\"act\":[[\"read\"]]",
            "\"act\":[\"read,write\"]",
            "\"act\":[null]",
            "\"act\":[1]",
            "\"act\":{\"0\":\"read\"}",
            "\"act\":[\"read\" ]",
            "\"act\":[\"constructor\"]"));
    wrong.forEach((member, others) ->
        others.forEach(other ->
            rows.ask(
                401,
                "claim " + other,
                Vectors.signed(good.replaceFirst(member, other.replace("\\", "\\\\"))))));
    rows.ask(
        200,
        "the longest life",
        Vectors.signed(
            good.replaceFirst("\"exp\":\\d+", "\"exp\":" + (Vectors.IAT + 400 * 86400))));
    String anc = ",\"anc\":";
    String one = "[\"" + Vectors.PARENT + "\",\"1\"]";
    for (String list :
        List.of(
            "[]",
            "null",
            "{}",
            "\"\"",
            "[[]]",
            "[\"" + Vectors.PARENT + "\"]",
            "[[\"" + Vectors.PARENT + "\"]]",
            "[[\"" + Vectors.PARENT + "\",1]]",
            "[[\"" + Vectors.PARENT + "\",\"-1\"]]",
            "[[\"" + Vectors.PARENT + "\",\"01\"]]",
            "[[\"" + Vectors.PARENT + "\",\"\"]]",
            "[[\"" + Vectors.PARENT + "\",\"1\",\"2\"]]",
            "[[\"" + Vectors.PARENT + "\",\"1.0\"]]",
            "[[\"" + Vectors.PARENT + "\",\"0x1\"]]",
            "[[\"" + Vectors.PARENT + "\",\"18446744073709551616\"]]",
            "[[\"" + Vectors.PARENT + "\",\"99999999999999999999\"]]",
            "[[\"" + Vectors.PARENT + "\",\"111111111111111111111\"]]",
            "[[\"*\",\"1\"]]",
            "[[[\"" + Vectors.PARENT + "\"],\"1\"]]",
            "[[\"" + Vectors.PARENT + "\",[\"1\"]]]",
            "[[\"" + Vectors.PARENT + "\",null]]",
            "[{\"0\":\"" + Vectors.PARENT + "\"}]",
            "[" + (one + ",").repeat(16) + one + "]")) {
      rows.ask(
          401,
          "ancestors " + list,
          Vectors.signed(rows.claims(Vectors.OWN.toString(), Vectors.ALL, anc + list)));
    }
    rows.ask(
        200,
        "16 ancestors",
        Vectors.signed(
            rows.claims(
                Vectors.OWN.toString(),
                Vectors.ALL,
                anc + "[" + (one + ",").repeat(15) + one + "]")));
    rows.ask(
        401,
        "ancestors of all",
        Vectors.signed(rows.claims("*", Vectors.ALL, anc + "[" + one + "]")));
    for (String label : List.of("a", "ci deploy #7", "a/b:c'd", "~", "x".repeat(64), "</script>")) {
      rows.ask(
          200,
          "label " + label,
          Vectors.signed(
              rows.claims(Vectors.OWN.toString(), Vectors.ALL, ",\"sub\":\"" + label + "\"")));
    }
    for (String label :
        List.of(
            "\"\"",
            "null",
            "1",
            "\"" + "x".repeat(65) + "\"",
            "\"a\\\"b\"",
            "\"a\\\\b\"",
            "\"\\n\"",
            "\"\u0007\"",
            "\"\u007f\"",
            "\"\u00e9\"",
            "\"\\u00e9\"",
            "\"a\\/b\"",
            "\"\ud83d\ude00\"",
            "[\"a\"]")) {
      rows.ask(
          401,
          "label " + label,
          Vectors.signed(rows.claims(Vectors.OWN.toString(), Vectors.ALL, ",\"sub\":" + label)));
    }
    addVia();
    for (String text :
        List.of(
            "",
            "null",
            "[]",
            "1",
            "\"x\"",
            "{}",
            "{",
            "true",
            "nonsense",
            "[".repeat(900),
            "{\"jti\":".repeat(300))) {
      rows.ask(
          401, "claims " + text.substring(0, Math.min(12, text.length())), Vectors.signed(text));
    }
    String claims = Forge.base64(good);
    for (String part : List.of(claims + "=", claims + "A", claims + "AA", "AA", "____")) {
      rows.ask(401, "claims' base 64", Forge.ofParts(mac, head, part, Vectors.KEY.secret()));
    }
    byte[] broken = good.replace(Vectors.OWN.toString(), "*").getBytes(StandardCharsets.UTF_8);
    broken[broken.length - 3] = (byte) 0xff;
    rows.ask(
        401,
        "claims that are no UTF-8",
        Forge.ofParts(mac, head, Forge.base64(broken), Vectors.KEY.secret()));
  }

  private void addVia() {
    String id = "\"tok-00000000000000000000000001\"";
    String upper = id.toUpperCase(Locale.ROOT);
    for (String list :
        List.of(
            "[]",
            "null",
            "{}",
            "\"\"",
            id,
            "[\"\"]",
            "[null]",
            "[1]",
            "[[" + id + "]]",
            "[{\"0\":" + id + "}]",
            "{\"0\":" + id + "}",
            "[" + upper + "]",
            "[\"" + Vectors.OWN + "\"]",
            "[\"tok-8zzzzzzzzzzzzzzzzzzzzzzzzz\"]",
            "[\"tok-0000000000000000000000000\"]",
            "[\"tok-000000000000000000000000001\"]",
            "[" + id + "," + id + " ]",
            "[" + id + ",]",
            "[" + (id + ",").repeat(16) + id + "]")) {
      rows.ask(
          401,
          "via " + list,
          Vectors.signed(rows.claims(Vectors.OWN.toString(), Vectors.ALL, ",\"via\":" + list)));
    }
    for (String order :
        List.of(
            ",\"via\":[" + id + "],\"sub\":\"a\"",
            ",\"via\":[" + id + "],\"via\":[" + id + "]",
            ",\"via\":[" + id + "],\"anc\":[[\"" + Vectors.PARENT + "\",\"1\"]]")) {
      rows.ask(
          401,
          "via elsewhere",
          Vectors.signed(rows.claims(Vectors.OWN.toString(), Vectors.ALL, order)));
    }
  }
}
