// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT

import { h } from "./dom.ts";

/** Give every `[data-copy]` text a button that copies it, named by the attribute's value. */
export function addCopyButtons(root: ParentNode): void {
  for (const block of root.querySelectorAll<HTMLElement>("[data-copy]")) {
    const name = block.dataset.copy as string;
    const label = block.dataset.copyLabel ?? "Copy";
    const said = h("span", { class: "hidden", "aria-live": "polite" });
    const copy = async () => {
      await navigator.clipboard.writeText(block.querySelector("code")?.textContent ?? "");
      button.textContent = "Copied";
      said.textContent = `${name} is copied`;
      setTimeout(() => {
        button.textContent = label;
        said.textContent = "";
      }, 2000);
    };
    const button = h(
      "button",
      { type: "button", class: "tiny", "aria-label": name, click: copy },
      label,
    );
    block.append(button, said);
  }
}
