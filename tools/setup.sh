# Sourced by quickstart.sh and check.sh: from a bare Debian 12 to a built tree.
#
# Everything is by name from Debian and PyPI; what is there already is left alone, and
# a run that finds all in place touches no network.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILD=$ROOT/build
export PATH=/usr/lib/llvm-22/bin:$PATH

PACKAGES=(
  libmlir-22-dev mlir-22-tools llvm-22-dev llvm-22-tools liblld-22-dev lld-22
  clang-22 libclang-rt-22-dev libprotozero-dev libzstd-dev zlib1g-dev libxml2-dev
  libgtest-dev libgmock-dev libbenchmark-dev
  cmake ninja-build ccache git ca-certificates python3 python3-venv python3-pip
)
# For the model builders and the references; the compiler itself needs no Python.
REQUIREMENTS=(onnx==1.23.2 onnxruntime numpy)

say() { printf '== %s\n' "$*"; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else
    echo "error: '$*' needs root, and there is no sudo" >&2
    return 1
  fi
}

install_packages() {
  local missing=() package
  for package in "${PACKAGES[@]}"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
      missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return 0
  say "installing ${missing[*]}"
  as_root apt-get update -qq || return
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# Sets INGOT_PYTHON to an interpreter that has the requirements. A caller's own
# INGOT_PYTHON is taken as it is.
python_environment() {
  export INGOT_PYTHON=${INGOT_PYTHON:-}
  [ -z "$INGOT_PYTHON" ] || return 0
  INGOT_PYTHON=$BUILD/venv/bin/python
  local mark=$BUILD/venv/requirements
  [ "$(cat "$mark" 2>/dev/null)" = "${REQUIREMENTS[*]}" ] && [ -x "$INGOT_PYTHON" ] && return 0
  say "installing ${REQUIREMENTS[*]} into build/venv"
  rm -rf "$BUILD/venv"
  python3 -m venv "$BUILD/venv" &&
    "$INGOT_PYTHON" -m pip install --quiet --disable-pip-version-check "${REQUIREMENTS[@]}" ||
    return
  echo "${REQUIREMENTS[*]}" >"$mark"
}

configure() {
  [ -f "$BUILD/build.ninja" ] && return 0
  say "configuring"
  cmake -S "$ROOT" -B "$BUILD" -G Ninja \
    -DCMAKE_C_COMPILER=clang-22 -DCMAKE_CXX_COMPILER=clang++-22 \
    -DMLIR_DIR=/usr/lib/llvm-22/lib/cmake/mlir -DLLVM_DIR=/usr/lib/llvm-22/lib/cmake/llvm \
    -DLLD_DIR=/usr/lib/llvm-22/lib/cmake/lld >"$BUILD/configure.log" 2>&1 || {
    cat "$BUILD/configure.log" >&2
    rm -f "$BUILD/build.ninja"
    return 1
  }
}

# build [TARGET…]: everything where no target is named.
build() {
  say "building ${*:-everything}"
  # The same checkout is built again and again in CI; the precompiled header needs these.
  export CCACHE_SLOPPINESS=${CCACHE_SLOPPINESS:-pch_defines,time_macros,include_file_mtime,include_file_ctime}
  ninja -C "$BUILD" --quiet "$@"
}

prepare() {
  # Chained, for a caller may test the whole, and then `set -e` is off inside.
  mkdir -p "$BUILD" && install_packages && python_environment && configure && build "$@"
}
