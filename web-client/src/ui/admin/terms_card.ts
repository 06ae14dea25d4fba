// What sessions of a pool or an app start with in latency, bandwidth and quality.
import { h } from '../dom.js';
import type { AdminResource } from './admin_api.js';
import type { AdminApp } from './admin_app.js';
import { formDialog } from './form_dialog.js';
import { button, card, facts } from './parts.js';
import { text } from './text_admin.js';
import { text as common } from '../text.js';

const t = text.apps;
const words = common.session.terms;

export function termsCard(app: AdminApp, resource: AdminResource): HTMLElement {
  const { terms } = resource;
  return card(t.terms,
    h('p', { class: 'muted' }, t.termsNote),
    facts([
      [words.targetLabel, terms.target_ms === 0 ? words.floor(0) : words.target(terms.target_ms)],
      [words.ceilingLabel, words.ceiling(terms.ceiling_kbit)],
      [words.floorLabel, words.floor(terms.quality_floor)],
    ]),
    button(t.termsEdit, 'edit', () => { void edit(app, resource); }));
}

async function edit(app: AdminApp, { id, terms }: AdminResource): Promise<void> {
  const sent = await formDialog({
    title: t.terms,
    fields: [
      { id: 'target_ms', kind: 'number', label: t.target, value: String(terms.target_ms) },
      { id: 'ceiling_kbit', kind: 'number', label: t.ceiling, value: String(terms.ceiling_kbit) },
      { id: 'quality_floor', kind: 'number', label: t.floor, value: String(terms.quality_floor) },
    ],
    submit: text.shell.save,
    send: (values) => app.api.setResourceTerms(id, {
      target_ms: Number(values.text('target_ms')), ceiling_kbit: Number(values.text('ceiling_kbit')), quality_floor: Number(values.text('quality_floor')),
    }),
  });
  if (!sent) return;
  app.toasts.show('info', text.shell.saved);
  await app.refresh();
}
