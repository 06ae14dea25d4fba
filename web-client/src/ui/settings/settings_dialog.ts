// "Settings of this device": one list of everything that can be chosen, kept in this browser.
import { closeOnBackdrop, sheet } from '../dialog.js';
import { h } from '../dom.js';
import { text } from '../text.js';
import { kEntrySources } from './entries.js';
import { kSections, type EntryContext, type Section, type SettingEntry } from './entry.js';

/** Resolves when it was closed. What is chosen holds at once. */
export async function showSettings(context: EntryContext): Promise<void> {
  const t = text.comfort.settings;
  const entries = kEntrySources.flatMap((source) => source(context));
  const said = h('p', { class: 'settings-said', role: 'status' });
  const close = h('button', { type: 'button', class: 'button primary', on: { click: () => { dialog.close(); } } }, text.close);
  const sections = kSections
    .map((name) => ({ name, rows: entries.filter((one) => one.section === name) }))
    .filter(({ rows }) => rows.length > 0)
    .map(({ name, rows }) => section(name, rows, (sentence) => { said.textContent = sentence; }));
  const { dialog, closed } = sheet(t.title,
    h('div', { class: 'sheet-body' }, h('p', { class: 'settings-lead' }, t.lead), ...sections),
    h('div', { class: 'actions' }, said, close));
  dialog.classList.add('framed', 'settings');
  closeOnBackdrop(dialog);
  await closed;
}

function section(name: Section, rows: readonly SettingEntry[], say: (sentence: string) => void): HTMLElement {
  const id = `settings-${name}`;
  return h('section', { 'aria-labelledby': id },
    h('h3', { id }, text.comfort.settings.sections[name]), ...rows.map((row, at) => rowOf(row, `${id}-${at}`, say)));
}

function rowOf(entry: SettingEntry, id: string, say: (sentence: string) => void): HTMLElement {
  const refused = entry.kind === 'switch' ? entry.refused : undefined;
  const sentence = refused ?? entry.note;
  const note = sentence === '' ? null : h('small', { id: `${id}-note` }, sentence);
  const described = note === null ? null : `${id}-note`;
  switch (entry.kind) {
    case 'choice': {
      const select = h('select', { id, 'aria-describedby': described, on: { change: () => { entry.set(select.value); } } },
        ...entry.options.map(({ value, label }) => h('option', { value, selected: value === entry.get() }, label)));
      return h('div', { class: 'settings-row' }, h('label', { for: id }, entry.label, note), select);
    }
    case 'switch': {
      const box = h('input', {
        type: 'checkbox', role: 'switch', class: 'switch', id, 'aria-describedby': described, disabled: refused !== undefined,
        on: { change: () => { entry.set(box.checked); } },
      });
      box.checked = refused === undefined && entry.get();
      return h('div', { class: 'settings-row' }, h('label', { for: id }, entry.label, note), box);
    }
    case 'action': {
      const button = h('button', { type: 'button', class: 'button', 'aria-describedby': described, on: { click: () => { say(entry.act()); } } }, entry.button);
      return h('div', { class: 'settings-row' }, h('p', {}, entry.label, note), button);
    }
    case 'note':
      return h('div', { class: 'settings-row' }, h('p', {}, entry.label, note));
  }
}
