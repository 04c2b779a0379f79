package dev.graft.sim;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import java.io.Serializable;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The rules of the modules, by name. Written over a root package, so that they can be tried on
 * classes that break them.
 */
final class Architecture {
  /** What each module may see of the others. The simulator and the benchmarks may see all. */
  private static final Map<String, List<String>> ARROWS =
      Map.ofEntries(
          Map.entry("protocol", List.of()),
          Map.entry("concurrency", List.of()),
          Map.entry("engine", List.of("protocol", "concurrency")),
          Map.entry("http", List.of("protocol")),
          Map.entry("auth", List.of("http", "engine", "protocol")),
          Map.entry("client", List.of("http", "protocol", "concurrency")),
          Map.entry("s3", List.of("engine", "protocol", "concurrency")),
          Map.entry(
              "functions", List.of("engine", "s3", "auth", "http", "protocol", "concurrency")),
          Map.entry("sqlite", List.of("client", "protocol", "concurrency")),
          Map.entry(
              "replica",
              List.of("sqlite", "client", "engine", "s3", "http", "protocol", "concurrency")),
          Map.entry(
              "cli",
              List.of(
                  "sqlite", "engine", "client", "s3", "auth", "http", "protocol", "concurrency")));

  /** Of java.util.concurrent, what neither waits for others nor starts threads. */
  private static final Set<String> HARMLESS =
      Set.of(
          "java.util.concurrent.Callable",
          "java.util.concurrent.ConcurrentHashMap",
          "java.util.concurrent.ConcurrentLinkedQueue",
          "java.util.concurrent.ConcurrentMap",
          "java.util.concurrent.ConcurrentNavigableMap",
          "java.util.concurrent.ConcurrentSkipListMap",
          "java.util.concurrent.CopyOnWriteArrayList",
          "java.util.concurrent.ExecutionException",
          "java.util.concurrent.TimeUnit",
          "java.util.concurrent.locks.Lock",
          "java.util.concurrent.locks.ReadWriteLock",
          "java.util.concurrent.locks.ReentrantLock",
          "java.util.concurrent.locks.ReentrantReadWriteLock");

  /** How a thread that was interrupted says so to its caller. */
  private static final Set<String> HARMLESS_THREAD_METHODS =
      Set.of("currentThread", "interrupt", "isInterrupted", "interrupted");

  private static final Set<String> EMPTY_NAMES =
      Set.of("util", "utils", "common", "impl", "internal", "manager", "helper", "base");

  private final String root;
  private final Map<String, ArchRule> rules = new LinkedHashMap<>();

  private Architecture(String root) {
    this.root = root;
    ARROWS.forEach(this::addArrows);
    addProtocol();
    addDeterminism();
    addSmallness();
    rules.put(
        "the judge knows nothing of what it judges",
        noClasses()
            .that()
            .resideInAPackage(root + ".sim.judge..")
            .should()
            .dependOnClassesThat(
                resideInAPackage(root + "..").and(not(resideInAPackage(root + ".sim.judge..")))));
    rules.put(
        "names say what a thing is",
        noClasses().that().resideInAPackage(root + "..").should().haveNameMatching(emptyNames()));
  }

  /** The rules over the packages {@code root.MODULE}. */
  static Map<String, ArchRule> rules(String root) {
    return new Architecture(root).rules;
  }

  private String in(String module) {
    return root + "." + module + "..";
  }

  private GivenClassesConjunction noClassOf(String... modules) {
    return noClasses()
        .that()
        .resideInAnyPackage(Stream.of(modules).map(this::in).toArray(String[]::new));
  }

  private void addArrows(String module, List<String> allowed) {
    List<String> seen = new ArrayList<>(List.of(in(module)));
    allowed.forEach(other -> seen.add(in(other)));
    rules.put(
        module + " sees " + allowed,
        noClassOf(module)
            .should()
            .dependOnClassesThat(
                resideInAPackage(root + "..")
                    .and(not(resideInAnyPackage(seen.toArray(String[]::new))))));
  }

  private void addProtocol() {
    rules.put(
        "protocol does no I/O and starts nothing",
        noClassOf("protocol")
            .should()
            .dependOnClassesThat(
                resideInAnyPackage(
                        "java.io..",
                        "java.net..",
                        "java.nio.file..",
                        "java.nio.channels..",
                        "java.util.concurrent..")
                    .and(not(assignableTo(Throwable.class)))
                    .and(not(named(Set.of(Serializable.class.getName()))))
                    .or(assignableTo(Thread.class))));
    rules.put(
        "protocol has no clock",
        noClassOf("protocol")
            .should()
            .dependOnClassesThat(named(Set.of("java.time.Clock", "java.time.InstantSource"))));
  }

  private void addDeterminism() {
    rules.put(
        "engine and client wait by Concurrency only",
        noClassOf("engine", "client")
            .should()
            .dependOnClassesThat(
                resideInAPackage("java.util.concurrent..")
                    .and(not(resideInAPackage("java.util.concurrent.atomic..")))
                    .and(not(named(HARMLESS)))
                    .or(named(Set.of("java.util.Timer")))));
    rules.put(
        "engine and client start and stop no thread",
        noClassOf("engine", "client").should().accessTargetWhere(threadWork()));
    rules.put(
        "protocol, engine and client are told the time",
        noClassOf("protocol", "engine", "client").should().accessTargetWhere(hiddenTime()));
    rules.put(
        "protocol, engine and client are told what is random",
        noClassOf("protocol", "engine", "client")
            .and(not(named(Set.of(root + ".engine.store.Staging"))))
            .should()
            .accessTargetWhere(hiddenRandomness())
            .because("one seed is one history; names of staged files are seen by nobody"));
  }

  private void addSmallness() {
    rules.put(
        "engine and client know no cloud and no SQLite",
        noClassOf("engine", "client")
            .should()
            .dependOnClassesThat(
                resideInAnyPackage(
                    "software.amazon..", "com.amazonaws..", "org.sqlite..", "java.sql..")));
  }

  private static DescribedPredicate<JavaClass> named(Set<String> names) {
    return DescribedPredicate.describe(
        "one of " + names,
        type -> names.stream().anyMatch(n -> type.getName().equals(n) || isInside(type, n)));
  }

  private static boolean isInside(JavaClass type, String outer) {
    return type.getName().startsWith(outer + "$");
  }

  private static boolean isOn(AccessTarget target, Class<?> owner) {
    return target.getOwner().isAssignableTo(owner);
  }

  private static boolean calls(AccessTarget target, Class<?> owner, String... methods) {
    return target.getOwner().isEquivalentTo(owner) && List.of(methods).contains(target.getName());
  }

  private static DescribedPredicate<JavaAccess<?>> access(
      String description, Predicate<AccessTarget> predicate) {
    return DescribedPredicate.describe(description, access -> predicate.test(access.getTarget()));
  }

  private static DescribedPredicate<JavaAccess<?>> threadWork() {
    return access(
        "work on threads",
        target ->
            (isOn(target, Thread.class) && !HARMLESS_THREAD_METHODS.contains(target.getName()))
                || calls(target, Object.class, "wait", "notify", "notifyAll")
                || List.of("parallel", "parallelStream").contains(target.getName()));
  }

  private static DescribedPredicate<JavaAccess<?>> hiddenTime() {
    return access(
        "reads of a clock that nobody gave",
        target ->
            calls(target, System.class, "currentTimeMillis", "nanoTime")
                || (target.getOwner().getPackageName().equals("java.time")
                    && List.of("now", "system", "systemUTC", "systemDefaultZone")
                        .contains(target.getName())));
  }

  private static DescribedPredicate<JavaAccess<?>> hiddenRandomness() {
    return access(
        "draws from a source that nobody gave",
        target ->
            calls(target, Math.class, "random")
                || calls(target, UUID.class, "randomUUID")
                || isOn(target, SecureRandom.class)
                || isOn(target, ThreadLocalRandom.class));
  }

  /** A package of this name, or a class whose name ends so. */
  private static String emptyNames() {
    String packages = String.join("|", EMPTY_NAMES);
    String endings =
        EMPTY_NAMES.stream()
            .map(name -> name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1))
            .collect(Collectors.joining("|"));
    return "(.*\\.(" + packages + ")\\..*)|(.*(" + endings + "))";
  }
}
