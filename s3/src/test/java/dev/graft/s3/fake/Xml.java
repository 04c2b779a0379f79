package dev.graft.s3.fake;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The little XML that is needed. */
final class Xml {
  private Xml() {}

  static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  /** The answer to a listing. */
  static String listing(String bucket, ListRequest request, List<String> keys, boolean more) {
    StringBuilder xml =
        new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult>");
    xml.append("<Name>").append(bucket).append("</Name>");
    xml.append("<Prefix>").append(url(request.prefix())).append("</Prefix>");
    xml.append("<KeyCount>").append(keys.size()).append("</KeyCount>");
    xml.append("<MaxKeys>").append(request.maxKeys()).append("</MaxKeys>");
    xml.append("<EncodingType>url</EncodingType>");
    xml.append("<IsTruncated>").append(more).append("</IsTruncated>");
    if (more) {
      xml.append("<NextContinuationToken>")
          .append(url(keys.getLast()))
          .append("</NextContinuationToken>");
    }
    for (String key : keys) {
      xml.append("<Contents><Key>")
          .append(url(key))
          .append("</Key><Size>0</Size><StorageClass>STANDARD</StorageClass></Contents>");
    }
    return xml.append("</ListBucketResult>").toString();
  }

  private static String url(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
