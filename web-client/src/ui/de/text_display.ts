// German; see ../text_display.ts.
export const displayText = {
  display: {
    add: 'Monitor hinzufügen',
    addNote: 'Noch ein Fenster dieses Desktops, für daneben oder für einen anderen Bildschirm',
    addNoteMost: (most: number): string => `Dieser Desktop hat ${most} Monitore, mehr kann er nicht haben`,
    all: 'Alle Bildschirme verwenden',
    allNote: 'Ein Fenster dieses Desktops auf jedem Bildschirm dieses Geräts',
    fullOn: (screen: string): string => `Vollbild auf ${screen}`,
    screen: (number: number): string => `Bildschirm ${number}`,
    title: (name: string, monitor: number): string => `${name} – Monitor ${monitor}`,
    blocked: 'Der Browser hat das neue Fenster blockiert. Erlauben Sie Pop-ups für diese Seite in der Adressleiste, und versuchen Sie es noch einmal.',
    refused: 'Der Browser lässt diese Seite Ihre Bildschirme nicht sehen. Erlauben Sie ihr neben der Adresse die „Fensterverwaltung“, und versuchen Sie es noch einmal.',
    fullHint: 'Klicken Sie einmal in jedes neue Fenster: Dann füllt es seinen Bildschirm.',
    alone: 'Es gibt keinen anderen Bildschirm für ein Fenster.',
  },
};
