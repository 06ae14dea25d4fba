// Offers to capture the pointer where a program steers by it. The answer has to be a click: browsers want one.
import { h } from './dom.js';
import { text } from './text.js';

const kStayMs = 12_000;

export class CaptureOffer {
  readonly element: HTMLElement;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(accept: () => void) {
    const t = text.touch;
    const answer = (act: () => void) => (): void => {
      this.hide();
      act();
    };
    this.element = h('div', { class: 'capture-offer', role: 'status', hidden: true },
      h('span', {}, t.captureOffer),
      h('button', { type: 'button', class: 'button', on: { click: answer(accept) } }, t.captureYes),
      h('button', { type: 'button', class: 'button quiet', on: { click: answer(() => undefined) } }, t.captureNo));
  }

  show(): void {
    this.element.hidden = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.hide(); }, kStayMs);
  }

  hide(): void {
    clearTimeout(this.timer);
    this.element.hidden = true;
  }
}
