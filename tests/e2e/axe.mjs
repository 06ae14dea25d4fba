// What axe finds wrong with a page as it is, and what a person with large letters and a narrow window would.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// By WCAG 2.2 AA and axe's best practices; as sentences.
export async function violations(page) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  const { violations: found } = await page.evaluate(() => window.axe.run(document, {
    resultTypes: ['violations'], rules: { 'target-size': { enabled: true } },
  }));
  return found.map((one) => `${one.id} (${one.impact}): ${one.nodes.slice(0, 3).map((node) => node.html).join(' | ')}`);
}

// Letters of twice the size in a window of 320 CSS pixels: nothing scrolls sideways, no words are cut. WCAG 1.4.4, 1.4.10.
export async function lossAtTwiceTheSize(page) {
  const before = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 640 });
  const found = await page.evaluate(() => {
    const root = document.documentElement;
    root.style.fontSize = '200%';
    const lost = [];
    if (root.scrollWidth > root.clientWidth) {
      const wide = [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().width > root.clientWidth);
      lost.push(`scrolls sideways: ${root.scrollWidth} > ${root.clientWidth}: ${wide.slice(-2).map((one) => one.outerHTML.slice(0, 120)).join(' | ')}`);
    }
    for (const one of document.querySelectorAll('button, a, label, h1, h2, h3, p, option, dt, dd, li')) {
      const style = getComputedStyle(one);
      const box = one.getBoundingClientRect();
      if (box.width <= 1 || box.height <= 1 || style.visibility === 'hidden' || one.closest('.visually-hidden, .skip-link, .ghost') !== null) continue;
      // A line clamp or an ellipsis is meant, and the whole is in the accessible name or on the next page.
      if (style.overflow !== 'visible' && style.textOverflow === 'clip' && style.webkitLineClamp === 'none' && one.scrollWidth > one.clientWidth + 1) lost.push(`cut: ${one.outerHTML.slice(0, 120)}`);
      const dialog = one.closest('dialog[open]');
      if ((dialog !== null || document.querySelector('dialog[open]') === null) && (box.left < -1 || box.right > root.clientWidth + 1) && one.closest('.bar-row, .table-frame, .toasts') === null) lost.push(`outside: ${one.outerHTML.slice(0, 120)}`);
    }
    root.style.fontSize = '';
    return lost;
  });
  await page.setViewportSize(before);
  return [...new Set(found)];
}
