// Sentences about monitors and screens; part of text.ts.
export const displayText = {
  display: {
    add: 'Add a monitor',
    addNote: 'One more window of this desktop, to put beside this one or on another screen',
    addNoteMost: (most: number): string => `This desktop has ${most} monitors, which is as many as it can have`,
    all: 'Use all screens',
    allNote: 'A window of this desktop on each screen of this device',
    fullOn: (screen: string): string => `Full screen on ${screen}`,
    screen: (number: number): string => `screen ${number}`,
    title: (name: string, monitor: number): string => `${name} – monitor ${monitor}`,
    blocked: 'The browser blocked the new window. Allow pop-ups for this page in the address bar, then try again.',
    refused: 'The browser does not let this page see your screens. Allow "window management" for it beside the address, then try again.',
    fullHint: 'Click once into each new window: it then fills its screen.',
    alone: 'There is no other screen to put a window on.',
  },
};
