// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT

import { h, unique } from "../dom.ts";

const STYLED = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-opacity",
  "stroke-dasharray",
  "font-family",
  "font-size",
  "font-weight",
];
const SCALE = 2;

/** A figure that stands for itself: the page's styles are written into it. */
export function standalone(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const originals = [svg, ...svg.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((element, i) => {
    const style = getComputedStyle(originals[i] as Element);
    for (const name of STYLED) element.setAttribute(name, style.getPropertyValue(name));
    element.removeAttribute("class");
  });
  const { width, height } = svg.viewBox.baseVal;
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
  title.textContent = svg.getAttribute("aria-label");
  const paper = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  paper.setAttribute("width", "100%");
  paper.setAttribute("height", "100%");
  paper.setAttribute("fill", getComputedStyle(document.body).backgroundColor);
  copy.prepend(title, paper);
  return new XMLSerializer().serializeToString(copy);
}

async function png(svg: SVGSVGElement): Promise<Blob> {
  const { width, height } = svg.viewBox.baseVal;
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(standalone(svg))}`;
  await image.decode();
  const canvas = h("canvas", { width: width * SCALE, height: height * SCALE });
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture")))),
  );
}

/** Cells as CSV; a spreadsheet takes no text of a model for a formula. */
export function csv(rows: (string | number)[][]): string {
  const cell = (value: string | number) => {
    if (typeof value === "number") return String(value);
    const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

function save(blob: Blob, name: string): void {
  const link = h("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** A button "Download" that opens a list of PNG, SVG and CSV. */
export function downloads(
  name: string,
  figure: () => SVGSVGElement | null,
  rows: () => (string | number)[][],
): HTMLElement {
  const id = unique("downloads");
  const file = name.replace(/[^\w.-]+/g, "_").slice(0, 80);
  const kinds: Record<string, () => Promise<Blob> | Blob> = {
    PNG: () => png(figure()!),
    SVG: () => new Blob([standalone(figure()!)], { type: "image/svg+xml" }),
    CSV: () => new Blob([csv(rows())], { type: "text/csv" }),
  };
  const show = (open: boolean) => {
    list.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
  };
  const button = h(
    "button",
    {
      type: "button",
      class: "tiny",
      "aria-expanded": "false",
      "aria-controls": id,
      click: () => show(list.hidden),
    },
    "Download",
  );
  const list = h("ul", { id, hidden: true });
  for (const [kind, make] of Object.entries(kinds)) {
    const take = async () => {
      show(false);
      button.focus();
      save(await make(), `${file}.${kind.toLowerCase()}`);
    };
    list.append(h("li", {}, h("button", { type: "button", class: "tiny", click: take }, kind)));
  }
  const menu = h("div", { class: "menu no-print" }, button, list);
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !list.hidden) {
      show(false);
      button.focus();
    }
  });
  menu.addEventListener("focusout", (event) => {
    if (!menu.contains(event.relatedTarget as Node | null)) show(false);
  });
  return menu;
}
