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

// Where the system gives all colours: what has the focus shows it, what is on differs from what is off, and small marks are
// there to be seen. As sentences.
export async function unseenInForcedColors(page) {
  await page.emulateMedia({ forcedColors: 'active' });
  await page.keyboard.press('Tab'); // what is focused from now on shows it as to somebody who types
  const found = await page.evaluate(() => {
    const lost = [];
    const part = (one) => one.outerHTML.slice(0, 120);
    const canvas = getComputedStyle(document.documentElement).backgroundColor;
    const plain = new Set([canvas, 'rgba(0, 0, 0, 0)']);
    const within = document.querySelector('dialog[open]') ?? document;
    const seen = (one) => one.checkVisibility({ visibilityProperty: true }) && one.closest('.visually-hidden') === null;
    const marks = (one) => [null, '::before', '::after'].map((pseudo) => getComputedStyle(one, pseudo));
    const outlined = (one) => marks(one).some((style) => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0);
    for (const one of [...within.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')].filter(seen).slice(0, 80)) {
      one.focus({ preventScroll: true });
      if (document.activeElement === one && !outlined(one) && one.closest('.canvas-holder, .stage') === null) lost.push(`focus: ${part(one)}`);
    }
    const looks = (one) => marks(one).map((style) => [style.backgroundColor, style.color, style.border, style.outline, style.fontWeight, style.textDecorationLine, style.content].join()).join();
    document.activeElement?.blur();
    for (const one of [...within.querySelectorAll('[aria-current], [aria-pressed="true"], [aria-selected="true"], [aria-checked="true"]')].filter(seen)) {
      const other = [...within.querySelectorAll(one.tagName)].find((each) => each !== one && each.className === one.className && seen(each)
        && !['aria-current', 'aria-pressed', 'aria-selected', 'aria-checked'].some((name) => each.hasAttribute(name) && each.getAttribute(name) !== 'false'));
      if (other !== undefined && looks(one) === looks(other)) lost.push(`state: ${part(one)}`);
    }
    for (const one of [...within.querySelectorAll('span, p, li, i, b')].filter(seen)) {
      const box = one.getBoundingClientRect();
      const empty = one.childNodes.length === 0 && box.width > 3 && box.width <= 20 && box.height > 3 && box.height <= 20;
      const [own, before] = marks(one);
      const drawn = (style) => !plain.has(style.backgroundColor) || parseFloat(style.borderTopWidth) > 0 || (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0);
      if (empty && !drawn(own)) lost.push(`mark: ${part(one)}`);
      if (before.content === '""' && parseFloat(before.width) > 3 && parseFloat(before.width) <= 20 && !drawn(before)) lost.push(`mark before: ${part(one)}`);
    }
    return lost;
  });
  await page.emulateMedia({ forcedColors: null });
  return [...new Set(found)];
}

// What still moves where a person asked for less motion.
export async function movesInReducedMotion(page) {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const found = await page.evaluate(() => {
    const part = (one) => one?.outerHTML.slice(0, 120);
    const slow = (durations) => durations.split(',').some((one) => parseFloat(one) > (one.trim().endsWith('ms') ? 10 : 0.01));
    const moving = document.getAnimations().filter((one) => !(one instanceof CSSTransition) && one.playState === 'running' && one.effect.getComputedTiming().activeDuration > 50);
    const would = [...document.querySelectorAll('body *')].filter((one) => [null, '::before', '::after'].map((pseudo) => getComputedStyle(one, pseudo)).some((style) => slow(style.transitionDuration)));
    return [...moving.map((one) => `moves: ${part(one.effect.target)}`), ...would.slice(0, 5).map((one) => `would move: ${part(one)}`)];
  });
  await page.emulateMedia({ reducedMotion: null });
  return found;
}
