package dev.graft.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the modules to the arrows of the architecture, and shows that each rule can bite. */
class ArchitectureTest {
  private static final String ROOT = "dev.graft";
  private static final String PLANTED = "dev.graft.sim.planted";

  private static final JavaClasses PRODUCT =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages(ROOT);

  private static final JavaClasses CULPRITS = new ClassFileImporter().importPackages(PLANTED);

  static Stream<String> rules() {
    return Architecture.rules(ROOT).keySet().stream();
  }

  private static ArchRule rule(String root, String name) {
    Map<String, ArchRule> rules = Architecture.rules(root);
    ArchRule rule = rules.get(name);
    if (rule == null) {
      throw new AssertionError("no rule " + name + " among " + rules.keySet());
    }
    return rule;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "protocol",
        "concurrency",
        "engine",
        "http",
        "client",
        "sqlite",
        "auth",
        "s3",
        "cli",
        "functions",
        "replica",
        "sim"
      })
  void product_module_isLookedAt(String module) {
    assertThat(PRODUCT)
        .anyMatch(type -> type.getPackageName().startsWith(ROOT + "." + module))
        .noneMatch(type -> type.getPackageName().startsWith(PLANTED));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void product_keepsTheRule(String name) {
    rule(ROOT, name).check(PRODUCT);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void planted_breaksTheRule(String name) {
    ArchRule rule = rule(PLANTED, name).allowEmptyShould(true);
    assertThatExceptionOfType(AssertionError.class).as(name).isThrownBy(() -> rule.check(CULPRITS));
  }

  @Test
  void planted_harmlessClass_breaksNoRule() {
    JavaClasses harmless =
        new ClassFileImporter().importClasses(dev.graft.sim.planted.client.Harmless.class);
    Architecture.rules(PLANTED)
        .forEach((name, rule) -> rule.as(name).allowEmptyShould(true).check(harmless));
  }
}
