// Small choices kept on this device. A browser that keeps nothing (private windows, blocked storage) still works.

export type Preference = 'settings' | 'language' | 'signed-in' | 'figures' | 'terms' | 'view' | 'touch' | 'key-bar' | 'handle-place';

/** The key in the browser's store. */
export const storedAs = (preference: Preference): string => `vitrine.${preference}`;

export function recall(preference: Preference): string | null {
  try {
    return localStorage.getItem(storedAs(preference));
  } catch {
    return null;
  }
}

export function remember(preference: Preference, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(storedAs(preference));
    else localStorage.setItem(storedAs(preference), value);
  } catch {
    // Nothing is kept then; see above.
  }
}
