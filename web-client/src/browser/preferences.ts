// Small choices kept on this device. A browser that keeps nothing (private windows, blocked storage) still works.

export type Preference = 'size' | 'signed-in' | 'menu-hint' | 'figures' | 'terms' | 'view' | 'touch' | 'key-bar' | 'handle-place';

const name = (preference: Preference): string => `vitrine.${preference}`;

export function recall(preference: Preference): string | null {
  try {
    return localStorage.getItem(name(preference));
  } catch {
    return null;
  }
}

export function remember(preference: Preference, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(name(preference));
    else localStorage.setItem(name(preference), value);
  } catch {
    // Nothing is kept then; see above.
  }
}
