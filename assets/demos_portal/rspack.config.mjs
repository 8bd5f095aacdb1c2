// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
// One script, one style sheet, one worker and the engine; all named by their content's digest.

import { fileURLToPath } from "node:url";

import { rspack } from "@rspack/core";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Write which files a page links: `{"js": [...], "css": [...]}`, relative to the static folder. */
const manifest = {
  apply(compiler) {
    compiler.hooks.thisCompilation.tap("manifest", (compilation) => {
      compilation.hooks.processAssets.tap(
        { name: "manifest", stage: rspack.Compilation.PROCESS_ASSETS_STAGE_REPORT },
        () => {
          const files = compilation.entrypoints.get("portal").getFiles();
          const list = (ending) =>
            files.filter((file) => file.endsWith(ending)).map((file) => `demos/dist/${file}`);
          const text = JSON.stringify({ js: list(".js"), css: list(".css") });
          compilation.emitAsset("manifest.json", new rspack.sources.RawSource(text));
        },
      );
    });
  },
};

export default {
  entry: { portal: ["./src/main.ts", "./src/styles/portal.css", "./src/styles/gallery.css"] },
  context: here("."),
  target: ["web", "es2022"],
  output: {
    path: process.env.DEMOS_PORTAL_DIST ?? here("dist"),
    publicPath: "/static/demos/dist/",
    filename: "[name].[contenthash:12].js",
    chunkFilename: "[name].[contenthash:12].js",
    cssFilename: "[name].[contenthash:12].css",
    assetModuleFilename: "[name].[contenthash:12][ext]",
    clean: true,
  },
  resolve: {
    extensions: [".ts", ".js"],
    alias: {
      "demos-engine/demos_engine.wasm": here("../../modules/demos_engine/js/dist/demos_engine.wasm"),
      "demos-engine": here("../../modules/demos_engine/js/src/index.js"),
    },
  },
  module: {
    rules: [
      {
        test: /\.ts$/,
        loader: "builtin:swc-loader",
        options: { jsc: { parser: { syntax: "typescript" }, target: "es2022" } },
        type: "javascript/auto",
      },
      { test: /\.css$/, type: "css" },
      { test: /\.wasm$/, type: "asset/resource" },
    ],
  },
  plugins: [manifest],
  devtool: false,
  performance: { maxAssetSize: 400_000, maxEntrypointSize: 400_000 },
};
