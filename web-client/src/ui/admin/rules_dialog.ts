// Setting the rules of a grant, a pool or the site.
import type { AdminApp } from './admin_app.js';
import { formDialog, type Field } from './form_dialog.js';
import { policyAt, readPolicies, valueText, writePolicy, type Policy, type PolicyPlace, type PolicySetting, type PolicyValue } from './policies.js';
import { fromServer } from '../language/server.js';
import { text } from './text_admin.js';

const t = text.rules;

/** As the server takes it; its limits are its own to say. */
const kTime = /^(none|\d{1,9}[smhd]?)$/;

function fieldOf(setting: PolicySetting, value: string): Field {
  const label = t.names[setting.name] ?? setting.name;
  if (setting.kind === 'choice') {
    return { id: setting.name, kind: 'choice', label, hint: fromServer(setting.sentence), value, choices: [
      { value: '', label: t.inherited }, { value: 'yes', label: text.shell.yes }, { value: 'no', label: text.shell.no }] };
  }
  const example = t.examples[setting.kind] ?? '';
  return { id: setting.name, kind: 'text', label, hint: `${fromServer(setting.sentence)} ${t.example(example)}`, value, placeholder: t.inherited, maxLength: 1_000,
    ...(setting.kind === 'duration' ? { check: (written: string): string | null => (kTime.test(written) ? null : t.notTime) } : {}) };
}

/** Whether something was changed. */
export async function editRules(app: AdminApp, title: string, place: PolicyPlace): Promise<boolean> {
  const policies = await readPolicies(app.api);
  const before = policyAt(policies, place);
  const known = policies.settings.filter((one) => one.enforced);
  const others = policies.settings.filter((one) => !one.enforced).map((one) => t.names[one.name] ?? one.name);
  const sent = await formDialog({
    title,
    lead: fromServer(policies.rule),
    fields: known.map((setting) => fieldOf(setting, valueText(setting.kind, before[setting.name]))),
    note: others.length === 0 ? '' : t.notEnforced(others),
    submit: text.shell.save,
    send: async (values) => {
      const change: Record<string, PolicyValue | null> = {};
      for (const { name, kind } of known) {
        const written = values.text(name);
        if (written === valueText(kind, before[name])) continue;
        change[name] = written === '' ? null : kind === 'count' ? Number(written) : written;
      }
      if (Object.keys(change).length > 0) await writePolicy(app.api, place, change);
    },
  });
  if (!sent) return false;
  app.toasts.show('info', text.shell.saved);
  await app.refresh();
  return true;
}

/** A policy in few words. */
export function policyWords(policy: Policy, settings: readonly PolicySetting[]): string {
  return Object.entries(policy).map(([name, value]) => {
    const kind = settings.find((one) => one.name === name)?.kind ?? 'choice';
    return `${t.names[name] ?? name}: ${valueText(kind, value)}`;
  }).join('; ');
}
