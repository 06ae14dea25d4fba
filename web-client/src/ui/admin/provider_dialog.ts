// Setting up a sign-in service or a directory.
import type { AdminApp } from './admin_app.js';
import { formDialog, type Field, type FormValues } from './form_dialog.js';
import { identifierOf, kName } from './parts.js';
import { text } from './text_admin.js';

const t = text.providers;

export interface Provider {
  readonly id: string;
  readonly kind: 'oidc' | 'ldap';
  readonly name: string;
  readonly position: number;
  readonly enabled: boolean;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly has_secret: boolean;
  readonly return_url?: string;
  readonly logout_url?: string;
}

interface Setting {
  readonly name: string;
  readonly kind: 'text' | 'truth' | 'words' | 'map';
  readonly required?: boolean;
  readonly seldom?: boolean;
  readonly placeholder?: string;
}

const kShared: readonly Setting[] = [
  { name: 'admin_group', kind: 'text' },
  { name: 'group_prefix', kind: 'text', seldom: true },
  { name: 'group_map', kind: 'map', seldom: true },
  { name: 'only_mapped_groups', kind: 'truth', seldom: true },
  { name: 'ca_file', kind: 'text', seldom: true },
];

const kSettings: Readonly<Record<Provider['kind'], readonly Setting[]>> = {
  oidc: [
    { name: 'issuer', kind: 'text', required: true, placeholder: 'https://login.example.org' },
    { name: 'client_id', kind: 'text', required: true },
    { name: 'scope', kind: 'text', seldom: true, placeholder: 'openid profile email' },
    { name: 'name_claim', kind: 'text', seldom: true, placeholder: 'preferred_username' },
    { name: 'display_name_claim', kind: 'text', seldom: true, placeholder: 'name' },
    { name: 'groups_claim', kind: 'text', seldom: true, placeholder: 'groups' },
    { name: 'second_factor_amr', kind: 'words', seldom: true, placeholder: 'mfa, otp' },
    { name: 'second_factor_acr', kind: 'words', seldom: true },
    { name: 'user_info', kind: 'truth', seldom: true },
    ...kShared,
  ],
  ldap: [
    { name: 'url', kind: 'text', required: true, placeholder: 'ldaps://ldap.example.org' },
    { name: 'start_tls', kind: 'truth' },
    { name: 'base', kind: 'text', required: true, placeholder: 'dc=example,dc=org' },
    { name: 'bind_dn', kind: 'text', placeholder: 'cn=reader,dc=example,dc=org' },
    { name: 'user_filter', kind: 'text', seldom: true },
    { name: 'login_attributes', kind: 'words', seldom: true },
    { name: 'name_attribute', kind: 'text', seldom: true },
    { name: 'display_name_attribute', kind: 'text', seldom: true },
    { name: 'subject_attribute', kind: 'text', seldom: true },
    { name: 'group_base', kind: 'text', seldom: true },
    { name: 'group_name_attribute', kind: 'text', seldom: true },
    { name: 'nesting', kind: 'text', seldom: true, placeholder: 'search' },
    ...kShared,
  ],
};

function written(setting: Setting, value: unknown): string {
  if (setting.kind === 'words') return Array.isArray(value) ? value.join(', ') : '';
  if (setting.kind === 'map') return Object.entries((value ?? {}) as Record<string, string>).map(([theirs, ours]) => `${theirs} = ${ours}`).join('\n');
  return typeof value === 'string' ? value : '';
}

function fieldOf(setting: Setting, value: unknown): Field {
  const common = { id: setting.name, label: t.names[setting.name] ?? setting.name, hint: t.hints[setting.name] ?? '', ...(setting.seldom === true ? { seldom: true } : {}) };
  if (setting.kind === 'truth') return { ...common, kind: 'truth', value: value === true };
  const check = setting.kind === 'map' ? { check: (text: string): string | null => (readMap(text) === null ? t.mapRule : null) } : {};
  if (setting.kind === 'map') return { ...common, ...check, kind: 'lines', value: written(setting, value), mono: true };
  return { ...common, kind: 'text', value: written(setting, value), required: setting.required === true, mono: true, maxLength: 1_000, ...(setting.placeholder === undefined ? {} : { placeholder: setting.placeholder }) };
}

/** "theirs = ours" lines; null when one is neither that nor empty. */
function readMap(lines: string): Record<string, string> | null {
  const map: Record<string, string> = {};
  for (const line of lines.split('\n')) {
    if (line.trim() === '') continue;
    // Names of LDAP groups hold "=" themselves: the last one divides.
    const at = line.lastIndexOf('=');
    if (at <= 0 || line.slice(at + 1).trim() === '') return null;
    map[line.slice(0, at).trim()] = line.slice(at + 1).trim();
  }
  return map;
}

/** What was given; a text left empty is left to the server's own. */
function settingsOf(kind: Provider['kind'], values: FormValues, before: Readonly<Record<string, unknown>> | undefined): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const setting of kSettings[kind]) {
    const value = values.text(setting.name);
    if (setting.kind === 'truth') settings[setting.name] = values.truth(setting.name);
    else if (setting.kind === 'map') settings[setting.name] = readMap(value) ?? {};
    else if (setting.kind === 'words') { if (value !== '') settings[setting.name] = value.split(/[\s,]+/).filter((word) => word !== ''); }
    else if (value !== '' || (before !== undefined && written(setting, before[setting.name]) !== '')) settings[setting.name] = value;
  }
  return settings;
}

/** Adds one, or changes `before`. Whether it was sent. */
export async function editProvider(app: AdminApp, kind: Provider['kind'], before?: Provider): Promise<boolean> {
  const flavour: Field[] = kind === 'ldap' && before === undefined
    ? [{ id: 'flavour', kind: 'choice', label: t.flavour, hint: t.flavourHint, choices: [{ value: 'openldap', label: 'OpenLDAP' }, { value: 'ad', label: 'Active Directory' }] }] : [];
  const id: Field[] = before === undefined
    ? [{ id: 'id', kind: 'text', label: t.identifier, hint: t.identifierHint, required: true, unique: true, mono: true, maxLength: 64, follows: { field: 'name', by: identifierOf }, check: (value) => (kName.test(value) ? null : text.apps.identifierRule) }] : [];
  const secretHint = before?.has_secret === true ? t.secretKept : t.secretHint;
  const initial = before?.settings ?? (kind === 'oidc' ? { user_info: true } : {});
  const sent = await formDialog({
    title: before === undefined ? (kind === 'oidc' ? t.addOidc : t.addLdap) : t.edit(before.name),
    fields: [
      { id: 'name', kind: 'text', label: t.name, hint: t.nameHint, value: before?.name ?? '', required: true, maxLength: 60 },
      ...id,
      ...flavour,
      ...kSettings[kind].filter((one) => one.seldom !== true).map((one) => fieldOf(one, initial[one.name])),
      { id: 'secret', kind: 'password', label: kind === 'oidc' ? t.clientSecret : t.bindPassword, hint: secretHint, autocomplete: 'new-password', maxLength: 1_000 },
      ...kSettings[kind].filter((one) => one.seldom === true).map((one) => fieldOf(one, initial[one.name])),
      { id: 'position', kind: 'number', label: t.position, hint: t.positionHint, value: String(before?.position ?? 100), seldom: true },
    ],
    submit: text.shell.save,
    send: async (values) => {
      const secret = values.text('secret');
      const settings = { ...settingsOf(kind, values, before?.settings), ...(flavour.length > 0 ? { flavour: values.text('flavour') } : {}) };
      const body = { name: values.text('name'), position: Number(values.text('position')), settings, ...(secret === '' ? {} : { secret }) };
      if (before === undefined) await app.api.send('POST', '/api/admin/providers', { ...body, id: values.text('id'), kind });
      else await app.api.send('PUT', `/api/admin/providers/${encodeURIComponent(before.id)}`, body);
    },
  });
  if (sent) app.toasts.show('info', text.shell.saved);
  return sent;
}
