#!/bin/sh
# tests/install.sh BUILD_FOLDER C_COMPILER C++_COMPILER -- install into an empty place, then use the library as a stranger would:
# pkg-config, the public headers, the shared library, the program. Prints TAP.
set -u
build=$1
compiler=$2
cxx=$3
root=$(cd "$(dirname "$0")/.." && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
n=0
check() { # NAME COMMAND...
    name=$1
    shift
    n=$((n + 1))
    if "$@" >"$place/said" 2>&1; then echo "ok $n - $name"; else
        echo "not ok $n - $name"
        sed 's/^/# /' "$place/said"
    fi
}
run() { LD_LIBRARY_PATH="$lib" "$@"; }
compile() { # shellcheck disable=SC2046
    "$compiler" -std=c11 -Wall -Wextra -Werror "$root/docs/examples/one_step.c" -o "$place/one_step" \
        $(PKG_CONFIG_PATH="$lib/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$place" pkg-config --cflags --libs tokenroof)
}
headers_stand_alone() { # COMPILER LANGUAGE STANDARD: a header at a time, so that each is complete in itself
    for header in "$root"/include/tokenroof/*.h; do
        echo "#include <tokenroof/$(basename "$header")>" >"$place/x"
        "$1" -x "$2" "$3" -Wall -Wextra -Werror -fsyntax-only -I"$include" "$place/x" || return 1
    done
}
check the_install_runs meson install -C "$build" --no-rebuild --quiet --destdir "$place"
lib=$(dirname "$(find "$place" -name 'libtokenroof.so' -print -quit)")
include=$(dirname "$(find "$place" -type d -name tokenroof -path '*/include/*' -print -quit)")
check a_program_builds_with_pkg_config compile
check that_program_runs run "$place/one_step"
check the_installed_program_runs run "$(find "$place" -type f -name tokenroof -path '*/bin/*' -print -quit)" step llama-3-8b h100-sxm
check every_header_stands_alone_in_c headers_stand_alone "$compiler" c -std=c11
check every_header_stands_alone_in_cxx headers_stand_alone "$cxx" c++ -std=c++11
echo "1..$n"
