// Elements without templates: every text goes in as text, so that no data can become markup.

export type Child = Node | string | null | undefined | false;
interface Properties {
  readonly class?: string;
  readonly on?: { readonly [K in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[K]) => void };
  /** Attributes; true is the empty value, false, null and undefined leave it out. */
  readonly [attribute: string]: unknown;
}

/** A new element with these attributes and children. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === 'on') {
      for (const [type, handle] of Object.entries(value as Record<string, EventListener>)) {
        element.addEventListener(type, handle);
      }
    } else if (name === 'class') {
      element.className = String(value);
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
  append(element, children);
  return element;
}

/** Puts these in place of what the element holds. */
export function fill(element: Element, ...children: Child[]): void {
  element.replaceChildren();
  append(element, children);
}

function append(element: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
}

const kSvg = 'http://www.w3.org/2000/svg';

/** A 24x24 line drawing, made of paths; decoration, so hidden from screen readers. */
export function drawing(name: string, paths: readonly string[]): SVGSVGElement {
  const svg = document.createElementNS(kSvg, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', `icon icon-${name}`);
  svg.setAttribute('aria-hidden', 'true');
  for (const data of paths) {
    const path = document.createElementNS(kSvg, 'path');
    path.setAttribute('d', data);
    svg.append(path);
  }
  return svg;
}
