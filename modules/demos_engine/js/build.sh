#!/bin/sh
# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
# Build js/dist/demos_engine.wasm: with the toolchain's own wasm32 target where it is
# installed, else with Debian's rustc 1.63, its wasm32 library and lld, which are unpacked
# beside the system because they conflict with newer toolchains; binaryen's wasm-opt likewise.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
root=$(dirname -- "$here")
build="$here/build"
debian="$build/debian"
mkdir -p "$build" "$here/dist"
features="+simd128,+bulk-memory,+nontrapping-fptoint,+mutable-globals"
common="--edition 2021 --target wasm32-unknown-unknown -C panic=abort -C codegen-units=1
    -C target-feature=$features -Z location-detail=column --remap-path-prefix=$root/crates/="

unpack() { # Debian packages
    mkdir -p "$debian" "$build/packages"
    (cd "$build/packages" && rm -f ./*.deb && apt-get download "$@")
    for package in "$build/packages"/*.deb; do dpkg-deb -x "$package" "$debian"; done
}

library() { # rustc and its flags; crate, optimisation, other libraries
    crate=$1 level=$2
    shift 2
    # shellcheck disable=SC2086
    $rustc $common -C opt-level="$level" -C embed-bitcode=yes --crate-type rlib \
        --crate-name "demos_engine_$crate" "$@" \
        -o "$build/libdemos_engine_$crate.rlib" "$root/crates/$crate/src/lib.rs"
}

module=""
linker=""
sysroot=$(rustc --print sysroot 2>/dev/null || true)
if [ -d "$sysroot/lib/rustlib/wasm32-unknown-unknown" ]; then
    rustc=rustc
else
    if [ ! -x "$debian/usr/bin/rustc" ]; then
        unpack rustc libstd-rust-1.63 libstd-rust-dev libstd-rust-dev-wasm32 lld-14 libllvm14
    fi
    libraries="$debian/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || echo "$(uname -m)-linux-gnu")"
    export LD_LIBRARY_PATH="$libraries:$debian/usr/lib/llvm-14/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
    rustc="$debian/usr/bin/rustc --sysroot $debian/usr"
    linker="-C linker-flavor=wasm-ld -C linker=$debian/usr/bin/wasm-ld-14"
    # A module without the standard library needs this, which became stable with Rust 1.68.
    module="-Z crate-attr=feature(default_alloc_error_handler)"
fi

# An option that is not a stable one leaves out the file and line of each panic, which nobody reads.
export RUSTC_BOOTSTRAP=1
# Everything is compiled for size but the loops, where the time goes.
library core z
library loops s --extern demos_engine_core="$build/libdemos_engine_core.rlib"
# shellcheck disable=SC2086
$rustc $common -C opt-level=z -C lto=fat -C strip=symbols $module $linker --crate-type cdylib \
    --crate-name demos_engine -L "$build" \
    --extern demos_engine_core="$build/libdemos_engine_core.rlib" \
    --extern demos_engine_loops="$build/libdemos_engine_loops.rlib" \
    -o "$build/demos_engine.wasm" "$root/crates/wasm/src/lib.rs"

optimise=$(command -v wasm-opt || true)
if [ -z "$optimise" ]; then
    [ -x "$debian/usr/bin/wasm-opt" ] || unpack binaryen
    optimise="$debian/usr/bin/wasm-opt"
fi
"$optimise" --enable-simd --enable-bulk-memory --enable-nontrapping-float-to-int \
    --enable-mutable-globals --flatten --rereloop -Oz --flatten --rereloop -Oz -Oz \
    --one-caller-inline-max-function-size=0 --merge-similar-functions -Oz --low-memory-unused \
    --strip-producers --strip-target-features \
    "$build/demos_engine.wasm" -o "$here/dist/demos_engine.wasm"
ls -l "$here/dist/demos_engine.wasm"
