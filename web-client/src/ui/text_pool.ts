// Sentences about pools that are full or under maintenance, and about waiting for a desktop; part of text.ts.
export const poolText = {
  pool: {
    full: (inUse: number, most: number): string => `${inUse} of ${most} in use`,
    fullHint: (inUse: number, most: number): string => `${inUse} of ${most} in use: you can wait for one`,
    draining: (message: string): string => (message === '' ? 'Under maintenance' : `Under maintenance: ${message}`),
    waitingTitle: (name: string): string => (name === '' ? 'Waiting for a desktop' : `Waiting for ${name}`),
    next: 'You are next.',
    before: (count: number): string => (count === 1 ? 'One person is waiting before you.' : `${count} people are waiting before you.`),
    opens: 'It opens by itself when one is free. Keep this page open.',
    stop: 'Stop waiting',
  },
};
