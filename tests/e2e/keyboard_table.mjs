// The conformance table: a row for each layout, a cell for each level, green or the keys that fail and why.

const kLevels = ['plain', 'shift', 'altgr', 'shift+altgr', 'dead', 'compose'];

// Accents and Compose are put together by the browser's own input method; where that makes something else of a sequence
// than libxkbcommon, the desktop gets what any page gets.
const kComposedByBrowser = ['dead', 'compose'];

export class ConformanceTable {
  rows = new Map();

  // {level, items: [{strokes, text, name}]} of a layout's table.
  cellsOf(layout) {
    const cells = Object.entries(layout.levels).map(([level, keys]) => ({ level, items: keys.map((one) => ({ strokes: [one.keys], text: one.text })) }));
    cells.push({ level: 'dead', items: layout.dead }, { level: 'compose', items: layout.compose });
    return cells.filter((cell) => cell.items.length > 0);
  }

  row(layout, desktop) {
    const name = `${layout} | ${desktop}`;
    if (!this.rows.has(name)) this.rows.set(name, new Map());
    return this.rows.get(name);
  }

  green(layout, desktop, cell) {
    this.row(layout, desktop).set(cell.level, { count: cell.items.length, failures: [] });
  }

  // `items` with what the editor got and what the browser composed; NUL is Chromium's name for a key that it gives no
  // character to, here or in any page.
  failed(layout, desktop, cell, items) {
    const reason = (one) => {
      if (one.got === '' && one.composed === '\0') return 'the browser types nothing there';
      return kComposedByBrowser.includes(cell.level) && one.got === one.composed ? 'so the browser composes it' : undefined;
    };
    const failures = items.filter((one) => one.got !== one.text).map((one) => ({ ...one, reason: reason(one) }));
    this.row(layout, desktop).set(cell.level, { count: cell.items.length, failures });
  }

  // Failures without a reason that is not the product's, as sentences.
  failuresOf(layout, desktop) {
    return [...this.row(layout, desktop)].flatMap(([level, cell]) => cell.failures.filter((one) => one.reason === undefined)
      .map((one) => `${layout} ${level}: ${JSON.stringify(one.strokes)} types "${one.text}", the editor got "${one.got}"`));
  }

  markdown() {
    const lines = ['Keys typed on the keyboard of a browser (Chromium on Linux) that arrived in an editor of the desktop, for each layout.', '',
      `| keyboard | desktop | ${kLevels.join(' | ')} |`, `|---|---|${kLevels.map(() => '---').join('|')}|`];
    for (const [name, cells] of this.rows) lines.push(`| ${name} | ${kLevels.map((level) => this.cell(cells.get(level))).join(' | ')} |`);
    return `${lines.join('\n')}\n`;
  }

  cell(cell) {
    if (cell === undefined) return 'none';
    if (cell.failures.length === 0) return `${cell.count}`;
    const named = cell.failures.map((one) => `${one.text} as "${one.got}"${one.reason ? ` (${one.reason})` : ''}`);
    return `${cell.count - cell.failures.length} of ${cell.count}: ${named.join(', ')}`.replaceAll('|', '\\|');
  }
}
