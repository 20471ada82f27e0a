const SVG = 'http://www.w3.org/2000/svg';

/** Strokes on a grid of 24 by 24. */
const PATHS = {
  hash: ['M9.5 4 7.5 20', 'M16.5 4l-2 16', 'M4.5 9h16', 'M3.5 15h16'],
  thread: ['M4 5h16v11H9.5L5.5 19.5V16H4z', 'M8 9h8', 'M8 12.3h5'],
  plus: ['M12 5v14', 'M5 12h14'],
  reply: ['M10 6 4 12l6 6', 'M4.5 12H14a6 6 0 0 1 6 6v1'],
  edit: ['M4.5 19.5 5.5 15 16 4.5l3.5 3.5L9 18.5z', 'M13.5 7l3.5 3.5'],
  trash: ['M4.5 7h15', 'M9.5 7V4.5h5V7', 'M6.5 7l1 12.5h9l1-12.5', 'M10.3 10.5v5.5', 'M13.7 10.5v5.5'],
  smile: ['M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z', 'M8.4 14.2a4.3 4.3 0 0 0 7.2 0', 'M9 9.2v.9', 'M15 9.2v.9'],
  members: [
    'M9 5.2a3.3 3.3 0 1 0 0 6.6 3.3 3.3 0 0 0 0-6.6z',
    'M2.8 19.2c.5-3.4 3-5 6.2-5s5.7 1.6 6.2 5',
    'M15.8 5.7a3 3 0 0 1 0 5.6',
    'M18 14.7c1.9.8 3 2.3 3.3 4.5',
  ],
  menu: ['M4 7h16', 'M4 12h16', 'M4 17h16'],
  close: ['M6 6l12 12', 'M18 6 6 18'],
  down: ['M12 5v14', 'M6 13l6 6 6-6'],
  chevrons: ['M8 9.5 12 5.5l4 4', 'M8 14.5l4 4 4-4'],
  check: ['M5 12.5 10 17.5 19.5 7'],
  send: ['M12 19V5', 'M6 11l6-6 6 6'],
  apps: ['M4.5 4.5h6v6h-6z', 'M13.5 4.5h6v6h-6z', 'M4.5 13.5h6v6h-6z', 'M13.5 13.5h6v6h-6z'],
  bulb: ['M9 17.5h6', 'M10 20.5h4', 'M8.7 14.5a6 6 0 1 1 6.6 0c-.5.4-.8 1-.8 1.7H9.5c0-.7-.3-1.3-.8-1.7z'],
} as const;

export type IconName = keyof typeof PATHS;

/** A picture for a button. It is hidden from screen readers: the button carries the label. */
export function icon(name: IconName): SVGSVGElement {
  return drawing('icon', '0 0 24 24', PATHS[name]);
}

/** The bot's face: two pluses over a smile, as in `favicon.svg`. */
export function mark(): SVGSVGElement {
  return drawing('bot-mark', '0 0 64 64', [
    'M22 19v12',
    'M16 25h12',
    'M42 19v12',
    'M36 25h12',
    'M19 40c5 9 21 9 26 0',
  ]);
}

function drawing(className: string, viewBox: string, paths: readonly string[]): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', viewBox);
  svg.setAttribute('class', className);
  svg.setAttribute('aria-hidden', 'true');
  for (const d of paths) {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', d);
    svg.append(path);
  }
  return svg;
}
