// Modal questions. The browser's own dialog element keeps the focus inside and answers Escape.
import { h } from './dom.js';
import { text } from './text.js';

/** Asks and resolves to whether the person agreed. The safe answer has the focus. */
export function confirm(question: { title: string; text: string; agree: string; danger: boolean }): Promise<boolean> {
  return new Promise((resolve) => {
    const no = h('button', { type: 'button', class: 'button', on: { click: () => { dialog.close(); } } }, text.cancel);
    const yes = h(
      'button',
      { type: 'button', class: question.danger ? 'button danger' : 'button primary', on: { click: () => { dialog.close('yes'); } } },
      question.agree,
    );
    const dialog = h(
      'dialog',
      { class: 'question', 'aria-labelledby': 'question-title', 'aria-describedby': 'question-text' },
      h('h2', { id: 'question-title' }, question.title),
      h('p', { id: 'question-text' }, question.text),
      h('div', { class: 'actions' }, no, yes),
    );
    closeOnBackdrop(dialog);
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
    document.body.append(dialog);
    dialog.showModal();
    no.focus();
  });
}

/** A dialog with a title and this content, open at once; `closed` resolves to what it was closed with, "" by Escape. */
export function sheet(title: string, ...content: (Node | null)[]): { dialog: HTMLDialogElement; closed: Promise<string> } {
  const dialog = h('dialog', { class: 'question sheet', 'aria-labelledby': 'sheet-title' }, h('h2', { id: 'sheet-title' }, title), ...content);
  const closed = new Promise<string>((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue);
    });
  });
  document.body.append(dialog);
  dialog.showModal();
  // What has the focus may be far below; the title is what is read first.
  dialog.scrollTop = 0;
  return { dialog, closed };
}

/** A press beside the dialog closes it. */
export function closeOnBackdrop(dialog: HTMLDialogElement): void {
  dialog.addEventListener('pointerdown', (event) => {
    if (event.target !== dialog) return;
    const box = dialog.getBoundingClientRect();
    const inside =
      event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) dialog.close();
  });
}
