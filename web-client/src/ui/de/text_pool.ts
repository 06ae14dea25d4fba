// German; see ../text_pool.ts.
export const poolText = {
  pool: {
    full: (inUse: number, most: number): string => `${inUse} von ${most} belegt`,
    fullHint: (inUse: number, most: number): string => `${inUse} von ${most} belegt: Sie können auf einen warten`,
    draining: (message: string): string => (message === '' ? 'In Wartung' : `In Wartung: ${message}`),
    waitingTitle: (name: string): string => (name === '' ? 'Warten auf einen Desktop' : `Warten auf ${name}`),
    next: 'Sie sind als Nächstes dran.',
    before: (count: number): string => (count === 1 ? 'Eine Person wartet vor Ihnen.' : `${count} Personen warten vor Ihnen.`),
    opens: 'Es öffnet sich von selbst, sobald etwas frei ist. Lassen Sie diese Seite offen.',
    stop: 'Nicht mehr warten',
  },
};
