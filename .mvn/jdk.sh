# SPDX-License-Identifier: Apache-2.0
# Sourced by ./mvnw and ./bulla: sets JAVA_HOME to an installed JDK 25, whatever `java` on the path is.
# It reads each JDK's `release` file, so that no JVM is started to ask for its version.

is_jdk_25() {
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] && grep -q '^JAVA_VERSION="25[".]' "$1/release"
}

find_jdk_25() {
  if [ -n "${JAVA_HOME-}" ] && is_jdk_25 "$JAVA_HOME"; then
    return 0
  fi
  on_path=$(command -v javac || true)
  if [ -n "$on_path" ]; then
    on_path=$(readlink -f "$on_path" 2>/dev/null || printf '%s' "$on_path")
  fi
  for home in "${on_path%/bin/javac}" "${JAVA_HOME_25_X64-}" "${JDK25_HOME-}" /usr/lib/jvm/* /usr/java/* /opt/* /opt/java/* \
    "${HOME-}"/.sdkman/candidates/java/* "${HOME-}"/.jdks/* "${HOME-}"/.local/share/mise/installs/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    if [ -n "$home" ] && is_jdk_25 "$home"; then
      JAVA_HOME=$home
      export JAVA_HOME
      return 0
    fi
  done
  echo "Bulla needs a JDK 25 and found none: install one (for example the package temurin-25-jdk or openjdk-25-jdk), or set JAVA_HOME to it." >&2
  return 1
}

find_jdk_25 || exit 5
