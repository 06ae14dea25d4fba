// One row of the dialog "Settings of this device", and the ways to make one. Whatever has something to choose gives its
// rows as an EntrySource and is named in entries.ts.
import type { DeviceSettings, Setting } from '../../core/settings.js';
import type { Terms } from '../../core/terms.js';
import type { ViewChoices } from '../view_menu.js';

/** The headings, in their order. */
export const kSections = ['picture', 'input', 'clipboard', 'session', 'browser'] as const;
export type Section = (typeof kSections)[number];

/** What rows may read and change. */
export interface EntryContext {
  readonly settings: DeviceSettings;
  readonly session: SessionChoices;
}

/** Of the session that is open. */
export interface SessionChoices {
  terms(): Terms;
  chooseTerms(terms: Terms): void;
  /** kMay bits. */
  rights(): number;
  view(): Readonly<ViewChoices>;
  chooseView(choices: Partial<ViewChoices>): void;
}

interface Row {
  readonly section: Section;
  readonly label: string;
  /** What it does, in a sentence; empty: the label says it. */
  readonly note: string;
}

export interface ChoiceEntry extends Row {
  readonly kind: 'choice';
  readonly options: readonly { readonly value: string; readonly label: string }[];
  get(): string;
  set(value: string): void;
}

export interface SwitchEntry extends Row {
  readonly kind: 'switch';
  /** Why it cannot be switched; then it shows that in place of its note. */
  readonly refused?: string | undefined;
  get(): boolean;
  set(on: boolean): void;
}

export interface ActionEntry extends Row {
  readonly kind: 'action';
  readonly button: string;
  /** Gives a sentence about what was done. */
  act(): string;
}

/** A sentence and no more. */
export interface NoteEntry extends Row {
  readonly kind: 'note';
}

export type SettingEntry = ChoiceEntry | SwitchEntry | ActionEntry | NoteEntry;
/** Asked each time the dialog opens. */
export type EntrySource = (context: EntryContext) => readonly SettingEntry[];

/** A row for a setting with few values. */
export function choice<T extends string | number>(
  settings: DeviceSettings, setting: Setting<T>, row: Row, options: readonly (readonly [T, string])[],
): ChoiceEntry {
  return {
    ...row,
    kind: 'choice',
    options: options.map(([value, label]) => ({ value: String(value), label })),
    get: () => String(settings.get(setting)),
    set: (wanted) => {
      const found = options.find(([value]) => String(value) === wanted);
      if (found !== undefined) settings.set(setting, found[0]);
    },
  };
}

/** A row for a setting that is on or off. */
export function onOffSwitch(settings: DeviceSettings, setting: Setting<boolean>, row: Row, refused?: string): SwitchEntry {
  return {
    ...row,
    kind: 'switch',
    refused,
    get: () => settings.get(setting),
    set: (on) => { settings.set(setting, on); },
  };
}
