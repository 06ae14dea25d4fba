// Several pictures on one sheet, each with its name, for a person to look at side by side.
import { readFile } from 'node:fs/promises';
import path from 'node:path';

// `names` are pictures NAME.png in `folder`; `width` and `height` are what each gets at most, and the sheet is `columns` wide.
export async function contactSheet(browser, folder, file, names, { columns, width, height }) {
  const page = await browser.newPage({ viewport: { width: columns * (width + 8) + 8, height: 900 } });
  const items = await Promise.all(names.map(async (name) =>
    `<figure><img src="data:image/png;base64,${(await readFile(path.join(folder, `${name}.png`))).toString('base64')}"><figcaption>${name}</figcaption></figure>`));
  await page.setContent(`<style>body{margin:8px;display:grid;grid-template-columns:repeat(${columns},${width}px);gap:8px;font:12px sans-serif;background:#888}
    figure{margin:0}img{display:block;max-width:100%;max-height:${height}px}</style>${items.join('')}`);
  await page.screenshot({ path: path.join(folder, file), fullPage: true });
  await page.close();
}
