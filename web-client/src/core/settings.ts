// What a person chose for one device: small named values, checked when they are read, so that whatever lies in the store
// (an older page's, a newer page's, somebody's experiment) is at worst as if nothing had been chosen.

/** Of the form in which they are stored. */
export const kSettingsVersion = 1;
/** Far above what all settings take; more was not written by this page. */
const kMostCharacters = 16_384;

export type SettingValue = string | number | boolean;

/** One thing that can be chosen. */
export interface Setting<T extends SettingValue> {
  /** In the store. */
  readonly name: string;
  /** Until something is chosen. */
  readonly initial: T;
  readonly allows: (value: unknown) => value is T;
}

export function onOff(name: string, initial: boolean): Setting<boolean> {
  return { name, initial, allows: (value): value is boolean => typeof value === 'boolean' };
}

export function oneOf<T extends string | number>(name: string, values: readonly T[], initial: NoInfer<T>): Setting<T> {
  return { name, initial, allows: (value): value is T => values.some((one) => one === value) };
}

type Values = Readonly<Record<string, unknown>>;

export class DeviceSettings {
  private values: Values;
  private readonly listeners = new Map<string, Set<() => void>>();

  /** `stored`: what `keep` was given last, perhaps by another page; null: nothing yet. */
  constructor(stored: string | null, private readonly keep: (text: string) => void) {
    this.values = valuesOf(stored);
  }

  get<T extends SettingValue>(setting: Setting<T>): T {
    const value = this.values[setting.name];
    return setting.allows(value) ? value : setting.initial;
  }

  set<T extends SettingValue>(setting: Setting<T>, value: T): void {
    if (this.values[setting.name] === value) return;
    this.values = { ...this.values, [setting.name]: value };
    this.keep(JSON.stringify({ version: kSettingsVersion, values: this.values }));
    this.tell(setting.name);
  }

  /** Calls `listener` when the setting changes, here or in another tab; gives what ends that. */
  onChange<T extends SettingValue>(setting: Setting<T>, listener: (value: T) => void): () => void {
    const call = (): void => { listener(this.get(setting)); };
    const all = this.listeners.get(setting.name) ?? new Set();
    this.listeners.set(setting.name, all.add(call));
    return () => { all.delete(call); };
  }

  /** Another tab wrote this. */
  reload(stored: string | null): void {
    const before = this.values;
    this.values = valuesOf(stored);
    for (const name of this.listeners.keys()) {
      if (before[name] !== this.values[name]) this.tell(name);
    }
  }

  private tell(name: string): void {
    for (const listener of this.listeners.get(name) ?? []) listener();
  }
}

function valuesOf(stored: string | null): Values {
  if (stored === null || stored.length > kMostCharacters) return {};
  try {
    const { version, values } = JSON.parse(stored) as { version?: unknown; values?: unknown };
    if (!Number.isInteger(version) || typeof values !== 'object' || values === null || Array.isArray(values)) return {};
    return values as Values;
  } catch {
    return {};
  }
}
