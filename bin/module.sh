# Sourced by the scripts that run a module from a checkout. Sets nothing but what is named here.
#   run_module MODULE MAIN ARGUMENTS...  finds a JDK 25, builds what is missing or stale, becomes the JVM
#   root      the checkout, set by the caller
#   program   what messages begin with, set by the caller

need_java=25
need_maven=3.8.7

fail() {
  echo "$program: $1" >&2
  exit 1
}

# Whether this is the home of a JDK of the wanted release; reads its release file, starts nothing.
is_jdk() {
  [ -x "$1/bin/javac" ] && [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 1
  local line
  while IFS= read -r line; do
    case $line in JAVA_VERSION=\"$need_java[.\"]* | JAVA_VERSION=\"$need_java) return 0 ;; esac
  done <"$1/release"
  return 1
}

find_jdk() {
  local home java
  if [ -n "${JAVA_HOME:-}" ] && is_jdk "$JAVA_HOME"; then
    echo "$JAVA_HOME"
    return 0
  fi
  java=$(command -v java || true)
  if [ -n "$java" ]; then
    java=$(readlink -f "$java" 2>/dev/null || echo "$java")
    home=${java%/bin/java}
    if is_jdk "$home"; then
      echo "$home"
      return 0
    fi
  fi
  for home in /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* /usr/local/openjdk* \
    "${HOME:-/}"/.sdkman/candidates/java/* "${HOME:-/}"/.jdks/* "${HOME:-/}"/.asdf/installs/java/* \
    "${HOME:-/}"/.local/share/mise/installs/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "${HOME:-/}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    if is_jdk "$home"; then
      echo "$home"
      return 0
    fi
  done
  return 1
}

# Prints the path of a Maven that is new enough.
find_maven() {
  local mvn version
  for mvn in "$(command -v mvn || true)" "${MAVEN_HOME:-/nowhere}/bin/mvn" "${M2_HOME:-/nowhere}/bin/mvn" \
    /usr/share/maven/bin/mvn /opt/maven/bin/mvn /opt/apache-maven*/bin/mvn "${HOME:-/}"/.sdkman/candidates/maven/current/bin/mvn; do
    [ -n "$mvn" ] && [ -x "$mvn" ] || continue
    version=$(JAVA_HOME=$jdk "$mvn" --version 2>/dev/null | sed -n 's/.*Apache Maven \([0-9][0-9.]*\).*/\1/p' | head -n 1)
    [ -n "$version" ] || continue
    if [ "$(printf '%s\n%s\n' "$need_maven" "$version" | sort -V | head -n 1)" = "$need_maven" ]; then
      echo "$mvn"
      return 0
    fi
  done
  return 1
}

# Whether the last build is there and no source, resource or POM is newer than its beginning.
is_fresh() {
  [ -r "$dist/current" ] && [ -r "$dist/began" ] || return 1
  [ -r "$dist/$(cat "$dist/current")/classpath" ] || return 1
  [ -z "$(cd "$root" && find pom.xml ./*/pom.xml ./*/src/main -newer "$dist/began" -print 2>/dev/null | head -n 1)" ]
}

build() {
  local mvn name began log jar classpath old
  mvn=$(find_maven) || fail "needs Maven $need_maven or newer to build itself: install it (Debian: apt-get install maven) and run this again"
  [ -w "$root" ] || fail "cannot write to $root, where it wants to build itself: make it writable and run this again"
  echo "$program: building (the first time takes a minute or two) ..." >&2
  began=$dist/.began.$$
  log=$dist/build.log
  : >"$began"
  if ! (cd "$root" && JAVA_HOME=$jdk "$mvn" -q -Dfast -DskipTests -pl "$module" -am package) >"$log" 2>&1 </dev/null; then
    grep -m 1 -E '^\[ERROR\]' "$log" >&2 || tail -n 1 "$log" >&2 || true
    rm -f "$began"
    fail "the build failed; all of its output is in $log"
  fi
  # A directory of its own for every build, so that one that runs now keeps its jars.
  name=build-$(date +%Y%m%d%H%M%S)-$$
  mkdir "$dist/$name"
  cp "$root/$module"/target/lib/*.jar "$root/$module/target/graft-$module"-*.jar "$dist/$name"/
  classpath=
  for jar in "$dist/$name"/graft-*.jar "$dist/$name"/*.jar; do
    case ":$classpath:" in *":$jar:"*) ;; *) classpath=${classpath:+$classpath:}$jar ;; esac
  done
  # Classes are parsed once, here, and mapped from then on: it halves the start-up. Optional.
  mkdir "$dist/$name/warm"
  : >"$dist/$name/warm/empty.db"
  "$jdk/bin/java" -XX:ArchiveClassesAtExit="$dist/$name/classes.jsa" -XX:+UseSerialGC -Xlog:disable -Xlog:all=off \
    --enable-native-access=ALL-UNNAMED -cp "$classpath" dev.graft.cli.Main demo --json \
    --db "$dist/$name/warm/empty.db" --dir "$dist/$name/warm" >/dev/null 2>&1 </dev/null || true
  rm -rf "$dist/$name/warm"
  printf '%s\n' "$classpath" >"$dist/$name/classpath"
  printf '%s\n' "$name" >"$dist/.current.$$"
  mv "$dist/.current.$$" "$dist/current"
  mv "$began" "$dist/began"
  # The one before may still run: keep it, remove what is older.
  ls -1d "$dist"/build-*/ 2>/dev/null | sort -r | tail -n +3 | while IFS= read -r old; do rm -rf "$old"; done
}

# Builds unless another process has done so meanwhile; one at a time.
build_alone() {
  mkdir -p "$dist" 2>/dev/null || fail "cannot write to $root, where it wants to build itself: make it writable and run this again"
  if command -v flock >/dev/null 2>&1; then
    exec 9>"$dist/lock"
    if ! flock -n 9; then
      echo "$program: another process is building; waiting for it ..." >&2
      flock 9
    fi
    is_fresh || build
    exec 9>&-
  else
    while ! mkdir "$dist/lock.d" 2>/dev/null; do
      if ! kill -0 "$(cat "$dist/lock.d/pid" 2>/dev/null || echo $$)" 2>/dev/null; then
        rm -rf "$dist/lock.d"
      fi
      sleep 1
    done
    echo $$ >"$dist/lock.d/pid"
    trap 'rm -rf "$dist/lock.d"' EXIT
    is_fresh || build
    rm -rf "$dist/lock.d"
    trap - EXIT
  fi
}

run_module() {
  module=$1
  main=$2
  shift 2
  dist=$root/$module/target/dist
  jdk=$(find_jdk) || fail "needs JDK $need_java and found none: install one (for example Eclipse Temurin $need_java) and set JAVA_HOME to it"
  is_fresh || build_alone
  local run terminal=
  [ -t 1 ] && terminal=${terminal}o
  [ -t 2 ] && terminal=${terminal}e
  run=$dist/$(cat "$dist/current")
  # shellcheck disable=SC2086 # options are meant to be split
  exec "$jdk/bin/java" -XX:+UseSerialGC -XX:SharedArchiveFile="$run/classes.jsa" -Xshare:auto -Xlog:disable -Xlog:all=off \
    --enable-native-access=ALL-UNNAMED -Dgraft.terminal="$terminal" ${GRAFT_JAVA_OPTS:-} -cp "$(cat "$run/classpath")" "$main" "$@"
}
