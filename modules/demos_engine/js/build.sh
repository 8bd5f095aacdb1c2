#!/bin/sh
# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
# Build js/dist/demos_engine.wasm: with the toolchain's own wasm32 target where it is
# installed, else with Debian's rustc 1.63, its wasm32 library and lld, which are unpacked
# beside the system because they conflict with newer toolchains.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
root=$(dirname -- "$here")
build="$here/build"
mkdir -p "$build" "$here/dist"
flags="-C opt-level=3 -C panic=abort -C lto=fat -C strip=symbols -C codegen-units=1 -C target-feature=+simd128"

compile() { # rustc and its flags
    "$@" --edition 2021 --target wasm32-unknown-unknown -C opt-level=3 -C panic=abort \
        -C codegen-units=1 -C target-feature=+simd128 -C embed-bitcode=yes \
        --crate-type rlib --crate-name demos_engine_core \
        -o "$build/libdemos_engine_core.rlib" "$root/crates/core/src/lib.rs"
    # shellcheck disable=SC2086
    "$@" --edition 2021 --target wasm32-unknown-unknown $flags --crate-type cdylib \
        --crate-name demos_engine --extern demos_engine_core="$build/libdemos_engine_core.rlib" \
        $linker -o "$here/dist/demos_engine.wasm" "$root/crates/wasm/src/lib.rs"
}

sysroot=$(rustc --print sysroot 2>/dev/null || true)
if [ -d "$sysroot/lib/rustlib/wasm32-unknown-unknown" ]; then
    linker=""
    compile rustc
else
    debian="$build/debian"
    if [ ! -x "$debian/usr/bin/rustc" ]; then
        mkdir -p "$debian" "$build/packages"
        (cd "$build/packages" && apt-get download rustc libstd-rust-1.63 libstd-rust-dev \
            libstd-rust-dev-wasm32 lld-14 libllvm14)
        for package in "$build/packages"/*.deb; do dpkg-deb -x "$package" "$debian"; done
    fi
    libraries="$debian/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || echo "$(uname -m)-linux-gnu")"
    export LD_LIBRARY_PATH="$libraries:$debian/usr/lib/llvm-14/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
    linker="-C linker-flavor=wasm-ld -C linker=$debian/usr/bin/wasm-ld-14"
    compile "$debian/usr/bin/rustc" --sysroot "$debian/usr"
fi
ls -l "$here/dist/demos_engine.wasm"
