# shellcheck shell=bash
# scripts/lib.sh -- what setup, demo and test share: where the tree is, how to speak, what must be installed.
# Sourced by bash; not a command.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT" || exit 3
export LC_ALL=C.UTF-8

say() { printf '== %s\n' "$*" >&2; }
die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 3; }

# One line a need: a test that says it is met, then the Debian package that brings it.
needs_build() {
    cat <<'NEEDS'
command -v gcc|gcc
test -e /usr/include/stdio.h|libc6-dev
command -v pkg-config|pkg-config
command -v meson|meson
command -v ninja|ninja-build
command -v python3|python3
command -v git|git
pkg-config --exists jansson|libjansson-dev
pkg-config --exists cminpack|libcminpack-dev
pkg-config --exists cmocka|libcmocka-dev
pkg-config --exists libmicrohttpd|libmicrohttpd-dev
command -v rsvg-convert|librsvg2-bin
command -v scdoc|scdoc
NEEDS
}
needs_page() {
    cat <<'NEEDS'
command -v clang-14|clang-14
command -v wasm-ld-14|lld-14
test -n "$(find /usr/lib/wasm32-wasi /usr/share/wasi-sysroot -name libc.a -print -quit)"|wasi-libc
test -n "$(find /usr/lib/llvm-14 -name 'libclang_rt.builtins-wasm32.a' -print -quit)"|libclang-rt-14-dev-wasm32
command -v node|nodejs
command -v npm|npm
NEEDS
}
needs_test() {
    cat <<'NEEDS'
test -n "$(find /usr/lib/llvm-14 -name 'libclang_rt.fuzzer*.a' -print -quit)"|libclang-rt-14-dev
command -v llvm-symbolizer-14|llvm-14
command -v clang-tidy-14|clang-tidy-14
command -v cppcheck|cppcheck
command -v valgrind|valgrind
command -v chromium|chromium
pkg-config --exists gsl|libgsl-dev
test -e /usr/share/i18n/locales/de_DE|locales
NEEDS
}

# What the program can do without: `tokenroof measure` says what it lacks.
needs_probe() {
    cat <<'NEEDS'
pkg-config --exists hwloc|libhwloc-dev
ldconfig -p | grep -q libopenblas|libopenblas0-pthread
NEEDS
}

# Packages of the named lists that are missing, on one line.
missing() {
    local list need package
    for list in "$@"; do
        while IFS='|' read -r need package; do
            sh -c "$need" >/dev/null 2>&1 || printf '%s ' "$package"
        done < <("needs_$list")
    done
}

# Install what is missing of the named lists; silent and without network when nothing is.
ensure() {
    local packages as_root=()
    packages=$(missing "$@")
    [ -n "$packages" ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || die "these packages are missing, and this is neither root nor is there sudo: $packages"
        as_root=(sudo)
    fi
    command -v apt-get >/dev/null || die "these packages are missing, and there is no apt-get: $packages"
    say "installing $packages"
    local log
    log=$(mktemp)
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive sh -c "
        apt-get -qq update && apt-get -qq install -y --no-install-recommends $packages" >"$log" 2>&1 \
        || { tail -20 "$log" >&2; rm -f "$log"; die "apt-get could not install: $packages"; }
    rm -f "$log"
    packages=$(missing "$@")
    [ -z "$packages" ] || die "still missing after the install: $packages"
}

# The same, if it can be: what is left out is said, and nothing stops.
ensure_optional() { (ensure "$@") || say "built without: $(missing "$@")"; }

# The page's packages, by its lock file, if they are not there yet. Without npm or its registry the page is left out.
ensure_page() {
    local log
    [ -e web/node_modules/.package-lock.json ] && ! [ web/package-lock.json -nt web/node_modules/.package-lock.json ] && return 0
    command -v npm >/dev/null || { say "no npm: the page is left out"; return 0; }
    log=$(mktemp)
    (cd web && npm ci --no-audit --no-fund) >"$log" 2>&1 \
        || { tail -5 "$log" >&2; rm -rf web/node_modules; say "npm could not install the packages: the page is left out"; }
    rm -f "$log"
}

# configure FOLDER [MESON ARGUMENTS...]: set up once, bring up to date after that.
configure() {
    local folder=$1 log
    shift
    log=$(mktemp)
    if [ -f "$folder/meson-private/coredata.dat" ] && meson setup --reconfigure "$folder" "$@" >"$log" 2>&1; then
        rm -f "$log"
        return 0
    fi
    rm -rf "$folder"
    meson setup "$folder" "$@" >"$log" 2>&1 || { cat "$log" >&2; rm -f "$log"; return 1; }
    rm -f "$log"
}

# build FOLDER [TARGETS...]: quiet, unless it fails.
build() {
    local folder=$1 log
    shift
    log=$(mktemp)
    ninja -C "$folder" "$@" >"$log" 2>&1 || { grep -v '^\[' "$log" | tail -60 >&2; rm -f "$log"; return 1; }
    rm -f "$log"
}
