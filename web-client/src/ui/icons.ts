// The page's own drawings, 24x24, one line weight.
import { drawing } from './dom.js';

const paths = {
  menu: ['M5 8h14', 'M5 16h14'],
  close: ['M6 6l12 12', 'M18 6L6 18'],
  search: ['M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14z', 'M20 20l-4-4'],
  desktop: ['M4 5h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1z', 'M9 21h6', 'M12 17v4'],
  app: ['M5 4h14a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1z', 'M4 9h16', 'M7 6.5h.01', 'M10 6.5h.01'],
  expand: ['M4 9V5a1 1 0 0 1 1-1h4', 'M15 4h4a1 1 0 0 1 1 1v4', 'M20 15v4a1 1 0 0 1-1 1h-4', 'M9 20H5a1 1 0 0 1-1-1v-4'],
  shrink: ['M9 4v4a1 1 0 0 1-1 1H4', 'M20 9h-4a1 1 0 0 1-1-1V4', 'M15 20v-4a1 1 0 0 1 1-1h4', 'M4 15h4a1 1 0 0 1 1 1v4'],
  lock: ['M12 3v4', 'M12 17v4', 'M3 12h4', 'M17 12h4', 'M12 12h.01'],
  keyboard: ['M4 6h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1z', 'M7 10h.01', 'M11 10h.01', 'M15 10h.01', 'M17.5 10h.01', 'M8 14h8'],
  leave: ['M15 5h-9a1 1 0 0 0-1 1v12a1 1 0 0 0 1 1h9', 'M11 12h9', 'M17 9l3 3-3 3'],
  back: ['M19 12H5', 'M11 6l-6 6 6 6'],
  power: ['M12 4v8', 'M7 7a7 7 0 1 0 10 0'],
  copy: ['M9 8h10a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H9a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1z', 'M5 16a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1h10a1 1 0 0 1 1 1'],
  paste: ['M15 5h3a1 1 0 0 1 1 1v13a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1h3', 'M9 3.500h6v3H9z', 'M12 10v6', 'M9.500 13.500l2.5 2.5 2.5-2.5'],
  figures: ['M4 19h16', 'M6 15.500l4-4.500 3.5 3L18.500 7.500'],
  eye: ['M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z', 'M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z'],
  eyeOff: ['M9.5 5.9A9 9 0 0 1 12 5.500c6 0 9.5 6.5 9.5 6.500a17 17 0 0 1-2.6 3.4', 'M6.3 7.600A16 16 0 0 0 2.5 12S6 18.5 12 18.500a9 9 0 0 0 4.3-1.1', 'M4 4l16 16'],
  alert: ['M12 8v5', 'M12 16.500h.01', 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z'],
  check: ['M5 12.500l4.5 4.500L19 7.5'],
  chevron: ['M7 10l5 5 5-5'],
  left: ['M14 7l-5 5 5 5'],
  right: ['M10 7l5 5-5 5'],
  globe: ['M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z', 'M3 12h18', 'M12 3c2.500 2.500 3.800 5.500 3.800 9s-1.300 6.500-3.800 9c-2.500-2.500-3.800-5.500-3.800-9S9.500 5.500 12 3z'],
  settings: ['M4 7h9', 'M17 7h3', 'M15 9.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z', 'M4 17h3', 'M11 17h9', 'M9 19.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z'],
  clipboard: ['M15 5h3a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1h3', 'M9 3.500h6v3H9z', 'M9 11h6', 'M9 15h4'],
  camera: ['M4 8h4l1.500-2.500h5L16 8h4a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1z', 'M12 16a3 3 0 1 0 0-6 3 3 0 0 0 0 6z'],
  download: ['M12 4v10', 'M8 10.500l4 4 4-4', 'M5 19h14'],
  key: ['M14.500 14a5 5 0 1 0-4.800-3.700L3.500 16.500V20.500H7.500V18H10V15.500L11.700 13.700A5 5 0 0 0 14.500 14z', 'M15.500 8.500h.01'],
  letters: ['M3 18l4.500-12L12 18', 'M4.500 14h6', 'M21 18v-6.500', 'M18 18a3 3 0 1 0 0-6 3 3 0 0 0 0 6z'],
  view: ['M4 8V5a1 1 0 0 1 1-1h3', 'M16 4h3a1 1 0 0 1 1 1v3', 'M20 16v3a1 1 0 0 1-1 1h-3', 'M8 20H5a1 1 0 0 1-1-1v-3', 'M8 9h8v6H8z'],
  finger: ['M9 12.500V5a1.500 1.500 0 0 1 3 0v5.500', 'M12 10.500l5 1a2 2 0 0 1 1.600 2.300l-.700 4A3 3 0 0 1 15 20.500h-2.500a4 4 0 0 1-3.300-1.800L6 14.300a1.500 1.500 0 0 1 2.300-1.800L9 13.500'],
  picture: ['M5 5h14a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1z', 'M4 16l5-4.500 4 3.500 3-2.500 4 3.500', 'M15.500 9.500h.01'],
  up: ['M7 14l5-5 5 5'],
  down: ['M7 10l5 5 5-5'],
} as const;

export type IconName = keyof typeof paths;

export function icon(name: IconName): SVGSVGElement {
  return drawing(name, paths[name]);
}

/** The logo: a pane of glass with the light on it. */
export function logo(): SVGSVGElement {
  const svg = drawing('logo', []);
  svg.setAttribute('viewBox', '0 0 32 32');
  const part = (name: string, attributes: Record<string, string>): void => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    svg.append(element);
  };
  part('rect', { class: 'pane', x: '3', y: '4', width: '26', height: '24', rx: '6' });
  part('path', { class: 'light', d: 'M8.5 21.500L19 9' });
  part('path', { class: 'light', d: 'M16.5 22.500L23.5 14' });
  return svg;
}
