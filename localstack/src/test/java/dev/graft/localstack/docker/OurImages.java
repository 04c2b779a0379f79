package dev.graft.localstack.docker;

import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.ImageNameSubstitutor;

/**
 * Has Testcontainers look at the Docker engine with a tiny image of ours where there is one: where
 * LocalStack's image had to be built, its own cannot be pulled either, and it tries for minutes.
 */
public final class OurImages extends ImageNameSubstitutor {
  private static final DockerImageName TINY = DockerImageName.parse("graft/tiny:1");

  /** For Testcontainers, which finds the name in testcontainers.properties. */
  public OurImages() {}

  @Override
  public DockerImageName apply(DockerImageName original) {
    boolean probe = original.getUnversionedPart().equals("alpine");
    return probe && DockerImages.isHere(TINY.asCanonicalNameString()) ? TINY : original;
  }

  @Override
  protected String getDescription() {
    return "images built by localstack/images/build";
  }
}
