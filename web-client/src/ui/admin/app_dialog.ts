// Publishing an app: pick a program of the server or describe one, see how it will look, know whether it would work.
import { ApiError } from '../api.js';
import { fill, h } from '../dom.js';
import { fromServer } from '../language/server.js';
import { icon } from '../icons.js';
import type { AdminResource, AppDraft, Program } from './admin_api.js';
import type { AdminApp } from './admin_app.js';
import { formDialog, type Field, type FormValues } from './form_dialog.js';
import { parseSubject, subjectChoices } from './grant_dialog.js';
import { identifierOf, kName } from './parts.js';
import { text } from './text_admin.js';
import { commandLine, commandWords } from './words.js';

const t = text.apps;
/** A person pauses this long after a change worth asking the server about. */
const kPauseMs = 350;

const checkCommand = (value: string): string | null => (commandWords(value) === null ? t.commandQuote : null);

function fieldsOf(draft: AppDraft, pools: readonly AdminResource[]): readonly Field[] {
  return [
    { id: 'name', kind: 'text', label: t.displayName, value: draft.name, required: true, maxLength: 100 },
    { id: 'description', kind: 'text', label: t.description, value: draft.description, maxLength: 500 },
    { id: 'command', kind: 'text', label: t.command, hint: t.commandHint, value: commandLine(draft.command), required: true, mono: true, check: checkCommand },
    { id: 'pool', kind: 'choice', seldom: true, label: t.pool, value: draft.pool, choices: pools.map((pool) => ({ value: pool.id, label: pool.name })) },
    { id: 'entry', kind: 'text', seldom: true, label: t.entry, hint: t.entryHint, value: draft.desktop_entry, maxLength: 200, mono: true },
    { id: 'package', kind: 'text', seldom: true, label: t.package, hint: t.packageHint, value: draft.package, maxLength: 100, mono: true },
    { id: 'opengl', kind: 'truth', seldom: true, label: t.opengl, value: draft.opengl },
  ];
}

function draftOf(values: FormValues, id: string): AppDraft {
  return {
    id, name: values.text('name'), description: values.text('description'), pool: values.text('pool'),
    command: commandWords(values.text('command')) ?? [], desktop_entry: values.text('entry'), package: values.text('package'), opengl: values.truth('opengl'),
  };
}

/** The app's tile as users see it, and whether the server could start it. */
class Preview {
  readonly element: HTMLElement;
  private readonly picture = h('span', { class: 'tile-icon' });
  private readonly name = h('span', { class: 'tile-name' });
  private readonly about = h('p', { class: 'tile-about' });
  private readonly verdict = h('p', { class: 'verdict', role: 'status' });
  private entry: string | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = '';

  constructor(
    private readonly app: AdminApp,
    /** Whether the identifier is a new one, which must be free. */
    private readonly fresh: boolean,
  ) {
    this.element = h('div', { class: 'app-preview' }, h('h3', {}, t.preview),
      h('div', { class: 'tile' }, this.picture, this.name, this.about), this.verdict);
  }

  draw(draft: AppDraft): void {
    this.name.textContent = draft.name === '' ? t.previewName : draft.name;
    this.about.textContent = draft.description;
    if (this.entry !== draft.desktop_entry) this.drawPicture(draft.desktop_entry);
    const asked = JSON.stringify(draft);
    if (asked === this.asked) return;
    this.asked = asked;
    clearTimeout(this.timer);
    if (draft.command.length === 0) return this.say('', '');
    this.timer = setTimeout(() => { void this.ask(draft, asked); }, kPauseMs);
  }

  private drawPicture(entry: string): void {
    this.entry = entry;
    const image = h('img', { src: `/api/admin/programs/${encodeURIComponent(entry === '' ? 'app' : entry)}/icon`, alt: '', width: '48', height: '48' });
    image.addEventListener('error', () => { image.replaceWith(icon('app')); });
    fill(this.picture, image);
  }

  private async ask(draft: AppDraft, asked: string): Promise<void> {
    try {
      const { problem, warning } = await this.app.api.checkApp(draft);
      if (asked !== this.asked) return;
      const wrong = this.fresh && draft.id !== '' && draft.name !== '' ? problem : null;
      if (wrong !== null) this.say('wrong', fromServer(wrong));
      else if (warning !== null) this.say('warn', fromServer(warning));
      else this.say('good', t.good);
    } catch (error) {
      // Sending the form will say so again, where it matters.
      if (!(error instanceof ApiError)) throw error;
      this.say('', '');
    }
  }

  private say(kind: string, sentence: string): void {
    this.verdict.dataset['kind'] = kind;
    this.verdict.textContent = sentence;
  }
}

/** The identifier of the app that was published, or null. */
export async function publishApp(app: AdminApp): Promise<string | null> {
  const [resources, programs, subjects] = await Promise.all([app.api.resources(), app.api.programs(), subjectChoices(app)]);
  const pools = resources.filter((one) => one.kind === 'pool');
  const empty: AppDraft = { id: '', name: '', description: '', pool: pools[0]?.id ?? '', command: [], desktop_entry: '', package: '', opengl: false };
  const form = new PublishForm(app, programs);
  const sent = await formDialog({
    title: t.publish,
    fields: [
      { id: 'program', kind: 'choice', label: t.program, hint: t.programHint, choices: [{ value: '', label: t.programOther }, ...programs.map((one) => ({ value: one.desktop_entry, label: one.name }))] },
      ...fieldsOf(empty, pools),
      { id: 'id', kind: 'text', seldom: true, label: t.identifier, hint: t.identifierHint, required: true, unique: true, maxLength: 64, mono: true, follows: { field: 'name', by: identifierOf }, check: (value) => (kName.test(value) ? null : t.identifierRule) },
      { id: 'grant', kind: 'choice', label: t.grantTo, hint: t.grantHint, listed: true, choices: [{ value: '', label: t.grantNobody }, ...subjects] },
    ],
    submit: t.publish,
    aside: { element: form.preview.element, changed: (values, set) => { form.changed(values, set); } },
    send: async (values) => {
      const draft = draftOf(values, values.text('id'));
      await app.api.publishApp(draft);
      const to = values.text('grant');
      if (to !== '') await app.api.setGrant(draft.id, parseSubject(to), true);
      form.published = draft;
    },
  });
  if (!sent || form.published === null) return null;
  app.toasts.show('info', t.published(form.published.name));
  await app.refresh();
  return form.published.id;
}

/** Fills in what follows from other fields until the person writes something else there. */
class PublishForm {
  readonly preview: Preview;
  published: AppDraft | null = null;
  private program = '';

  constructor(
    app: AdminApp,
    private readonly programs: readonly Program[],
  ) {
    this.preview = new Preview(app, true);
  }

  changed(values: FormValues, set: (id: string, value: string) => void): void {
    const chosen = values.text('program');
    if (chosen !== this.program) {
      this.program = chosen;
      const program = this.programs.find((one) => one.desktop_entry === chosen);
      set('name', program?.name ?? '');
      set('description', program?.description ?? '');
      set('command', program === undefined ? '' : commandLine(program.command));
      set('entry', chosen);
    }
    this.preview.draw(draftOf(values, values.text('id')));
  }
}

export async function editApp(app: AdminApp, resource: AdminResource): Promise<void> {
  const pools = (await app.api.resources()).filter((one) => one.kind === 'pool');
  const preview = new Preview(app, false);
  const sent = await formDialog({
    title: t.edit,
    fields: fieldsOf(resource, pools),
    submit: text.shell.save,
    aside: { element: preview.element, changed: (values) => { preview.draw(draftOf(values, resource.id)); } },
    send: (values) => {
      const { id: _, ...change } = draftOf(values, resource.id);
      return app.api.changeResource(resource.id, change);
    },
  });
  if (!sent) return;
  app.toasts.show('info', text.shell.saved);
  await app.refresh();
}
