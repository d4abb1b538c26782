# SPDX-License-Identifier: Apache-2.0
# Sourced by quickstart and test: packages, configuration and build. Leaves the caller's working
# directory alone, so that paths given on the command line keep their meaning.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# What the library, the families and the command are built from.
build_packages=(g++ cmake ninja-build ccache pkg-config binutils libopenblas-pthread-dev
                liblapacke-dev libcli11-dev nlohmann-json3-dev libfmt-dev libsuitesparse-dev)
# What only the tests and the source checks use.
test_packages=(libgtest-dev gfortran clang-format)

die() {
  echo "$(basename "$0"): $*" >&2
  exit 2
}

# Runs a command as root.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "not root and no sudo; run as root: $*"
  fi
}

# install_packages <name>...: apt is asked only for what is missing.
install_packages() {
  local name missing=()
  if ! command -v dpkg-query >/dev/null; then
    echo "no dpkg on this system; assuming that these are installed: $*" >&2
    return
  fi
  for name in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] ||
      missing+=("$name")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  echo "installing ${missing[*]}"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq update
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install \
    "${missing[@]}" >/dev/null
}

# configure <preset> [ON|OFF]: with tests or without. An existing configuration that has what is
# wanted is kept; the build itself notices changed CMake files, but not changed presets.
configure() {
  local preset=$1 tests=${2:-ON} dir=$root/build/$1
  if [ -f "$dir/CMakeCache.txt" ] && [ "$dir/build.ninja" -nt "$root/CMakePresets.json" ]; then
    [ "$tests" = ON ] && grep -q '^SPACECORE_BUILD_TESTS:BOOL=OFF' "$dir/CMakeCache.txt" || return 0
  fi
  cmake -S "$root" --preset "$preset" -DSPACECORE_BUILD_TESTS="$tests" --log-level=WARNING >/dev/null
}

# build <preset> [target]: the target, or what the preset asks for; one moving line on a terminal,
# otherwise only what goes wrong.
build() {
  local quiet=()
  [ -t 1 ] || quiet=(-- --quiet)
  (cd "$root" && cmake --build --preset "$1" ${2:+--target "$2"} "${quiet[@]}")
}
