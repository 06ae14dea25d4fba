// Recovery codes, shown once.
import { h } from './dom.js';
import { text } from './text.js';

/** The codes with ways to keep them; `done` once the person says so. */
export function recoveryCodes(codes: readonly string[], done: () => void): HTMLElement {
  const note = h('p', { class: 'lead', role: 'status' });
  const all = `${codes.join('\n')}\n`;
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(all);
      note.textContent = text.recovery.copied;
    } catch {
      note.textContent = text.recovery.copyFailed;
    }
  };
  const save = (): void => {
    const url = URL.createObjectURL(new Blob([all], { type: 'text/plain' }));
    h('a', { href: url, download: text.recovery.fileName }).click();
    URL.revokeObjectURL(url);
  };
  return h(
    'div',
    { class: 'recovery' },
    h('p', { class: 'lead' }, text.recovery.lead),
    h('ul', { class: 'codes' }, ...codes.map((code) => h('li', {}, h('code', {}, code)))),
    note,
    h('div', { class: 'actions' },
      h('button', { type: 'button', class: 'button', on: { click: () => { void copy(); } } }, text.recovery.copy),
      h('button', { type: 'button', class: 'button', on: { click: save } }, text.recovery.save),
      h('button', { type: 'button', class: 'button primary', on: { click: done } }, text.recovery.kept)),
  );
}
