// What the session's pages say about keys.
export const keysText = {
  keyboard: {
    fullScreenTakes: 'In full screen all keys go to the desktop, also Esc, Ctrl+W and Ctrl+T. Outside it this browser keeps those for itself.',
    browserKeeps: 'This browser keeps some shortcuts for itself, like Ctrl+W, Ctrl+T and Ctrl+N. Send them from here.',
    systemKeeps: 'Alt+Tab and the like may stay with this device.',
    notCaptured: 'Full screen, but this browser keeps its shortcuts. The menu has buttons that send them.',
  },
};
