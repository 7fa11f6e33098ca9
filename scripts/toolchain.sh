# Sourced by ./lateen and ./dev: finds the tools they stand on. Needs bash, LATEEN_HOME set.
# Nothing here prints on success; every failure is one line on stderr that says what to do.

die() { printf 'lateen: %s\n' "$*" >&2; exit 1; }

# Major version of a Java home, from its `release` file: no JVM is started to ask. 0 where it is none.
java_major() {
  local line version
  [ -x "$1/bin/java" ] && [ -r "$1/release" ] || { echo 0; return; }
  while IFS= read -r line; do
    case $line in JAVA_VERSION=*) version=${line#*\"}; version=${version%%[!0-9]*}; echo "${version:-0}"; return ;; esac
  done < "$1/release"
  echo 0
}

# Sets JAVA_HOME to a JDK of at least 25 and exports it.
find_jdk() {
  local candidate on_path
  on_path=$(command -v javac 2>/dev/null || command -v java 2>/dev/null) &&
    on_path=$(readlink -f "$on_path") && on_path=${on_path%/bin/*}
  for candidate in "${LATEEN_JAVA_HOME:-}" "${JAVA_HOME:-}" "${on_path:-}" \
      /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* \
      "$HOME"/.local/share/mise/installs/java/* "$HOME"/.asdf/installs/java/* \
      /Library/Java/JavaVirtualMachines/*/Contents/Home /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    [ -n "$candidate" ] && [ -x "$candidate/bin/javac" ] || continue
    [ "$(java_major "$candidate")" -ge 25 ] || continue
    export JAVA_HOME=$candidate
    return
  done
  die "no JDK 25 or later found (looked at LATEEN_JAVA_HOME, JAVA_HOME, PATH and the usual folders): install one (apt install temurin-25-jdk, sdk install java 25-tem, brew install openjdk) or set LATEEN_JAVA_HOME"
}

# True when the Maven given is at least 3.9.6. Asked from /, so that our .mvn/jvm.config is not read.
maven_is_new_enough() {
  local version major minor patch
  version=$(cd / && "$1" -v 2>/dev/null | sed -n 's/.*Apache Maven \([0-9][0-9.]*\).*/\1/p' | head -1)
  [ -n "$version" ] || return 1
  IFS=. read -r major minor patch <<< "$version"
  [ "$major" -gt 3 ] || { [ "$major" -eq 3 ] && { [ "$minor" -gt 9 ] || { [ "$minor" -eq 9 ] && [ "${patch:-0}" -ge 6 ]; }; }; }
}

# Sets MVN to a Maven of at least 3.9.6. An older one fetches its successor, itself an artifact of the registry it is set up for.
find_maven() {
  local own=$LATEEN_HOME/.lateen/tools/apache-maven-3.9.16 system
  if [ -x "$own/bin/mvn" ]; then MVN=$own/bin/mvn; return; fi
  system=$(type -P mvn) || die "Maven not found: install any Maven 3 (apt install maven, brew install maven), the build fetches 3.9.16 itself"
  if maven_is_new_enough "$system"; then MVN=$system; return; fi
  echo "lateen: $system is older than 3.9.6, fetching Maven 3.9.16 with it" >&2
  mkdir -p "$LATEEN_HOME/.lateen/tools"
  local elsewhere
  elsewhere=$(mktemp -d)
  (cd "$elsewhere" && "$system" -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:unpack \
      -Dartifact=org.apache.maven:apache-maven:3.9.16:zip:bin -DoutputDirectory="$elsewhere/unpacked" >&2) ||
    die "could not fetch org.apache.maven:apache-maven:3.9.16:zip:bin with $system; see the lines above"
  chmod +x "$elsewhere"/unpacked/apache-maven-3.9.16/bin/mvn
  rm -rf "$own" && mv "$elsewhere/unpacked/apache-maven-3.9.16" "$own" && rm -rf "$elsewhere"
  MVN=$own/bin/mvn
}
