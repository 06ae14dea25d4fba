// How a pool keeps its desktops: its kind, how many, how many ready, and whether it takes new sessions.
import { confirm } from '../dialog.js';
import { list } from '../api.js';
import type { AdminApp } from './admin_app.js';
import { formDialog } from './form_dialog.js';
import { text } from './text_admin.js';

const t = text.pools;

export interface PoolKeeping {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly spares: number;
  /** 0: as many as the site allows. */
  readonly max: number;
  readonly draining: boolean;
  readonly message: string;
  readonly template: string;
  readonly rebuild_s: number;
  readonly living: number;
  readonly ready: number;
  readonly state: string;
}

/** By pool; empty where the server knows nothing of it. */
export async function readKeeping(app: AdminApp): Promise<ReadonlyMap<string, PoolKeeping>> {
  if (!app.can('pools')) return new Map();
  const pools = list<PoolKeeping>(await app.api.get('/api/admin/pools'), 'pools');
  return new Map(pools.map((one) => [one.id, one]));
}

const change = async (app: AdminApp, id: string, what: object): Promise<void> => {
  await app.api.send('PUT', `/api/admin/pools/${encodeURIComponent(id)}`, what);
};

export async function editKeeping(app: AdminApp, pool: PoolKeeping): Promise<void> {
  const sent = await formDialog({
    title: t.keeping,
    fields: [
      { id: 'kind', kind: 'choice', label: t.kind, value: pool.kind, choices: Object.entries(t.kindNotes).map(([value, label]) => ({ value, label })) },
      { id: 'max', kind: 'number', label: t.most, hint: t.mostHint, value: String(pool.max), required: true },
      { id: 'spares', kind: 'number', label: t.sparesLabel, hint: t.sparesHint, value: String(pool.spares), required: true },
      { id: 'message', kind: 'text', label: t.maintenance, hint: t.maintenanceHint, value: pool.message, maxLength: 500 },
      { id: 'template', kind: 'text', label: t.template, hint: t.templateHint, value: pool.template, mono: true, seldom: true },
      { id: 'rebuild', kind: 'number', label: t.rebuild, hint: t.rebuildHint, value: String(pool.rebuild_s / 3_600), seldom: true },
    ],
    submit: text.shell.save,
    send: (values) => change(app, pool.id, {
      kind: values.text('kind'), max: Number(values.text('max')), spares: Number(values.text('spares')), message: values.text('message'),
      template: values.text('template'), rebuild_s: Math.round(Number(values.text('rebuild')) * 3_600),
    }),
  });
  if (!sent) return;
  app.toasts.show('info', text.shell.saved);
  await app.refresh();
}

export async function setDraining(app: AdminApp, pool: PoolKeeping, draining: boolean): Promise<void> {
  if (draining && !(await confirm({ title: t.drainTitle(pool.name), text: t.drainText, agree: t.drain, danger: false }))) return;
  await app.attempt(() => change(app, pool.id, { draining }), text.shell.saved);
  await app.refresh();
}
