// Setting up an authenticator app: the QR code, the same as text, and the first code as proof that it was taken in.
import type { TotpOffer } from './account_api.js';
import { ApiError } from './api.js';
import { h } from './dom.js';
import { text } from './text.js';

/** Modules of light around a QR code; readers need them. */
const kQuiet = 4;

export class TotpSetup {
  readonly element: HTMLFormElement;

  private readonly input = h('input', { id: 'totp-code', type: 'text', inputmode: 'numeric', autocomplete: 'one-time-code', maxlength: '9', required: true });
  private readonly error = h('p', { class: 'form-error', role: 'alert' });
  private readonly submit = h('button', { type: 'submit', class: 'button primary wide' }, text.totp.confirm);

  constructor(
    offer: TotpOffer,
    private readonly confirm: (code: string) => Promise<void>,
  ) {
    const key = offer.secret.replaceAll(/(.{4})(?=.)/g, '$1 ');
    this.element = h(
      'form',
      { class: 'totp-setup', novalidate: true, on: { submit: (event) => { event.preventDefault(); void this.send(); } } },
      h('p', { class: 'lead' }, text.totp.scan),
      qrPicture(offer.qr),
      h('p', { class: 'by-hand' }, text.totp.byHand, ' ', h('code', {}, key)),
      h('p', { class: 'by-hand' }, h('a', { href: offer.uri }, text.totp.here)),
      h('div', { class: 'field' }, h('label', { for: 'totp-code' }, text.totp.code), this.input),
      this.error,
      this.submit,
    );
  }

  focus(): void {
    this.input.focus();
  }

  private async send(): Promise<void> {
    if (this.submit.disabled) return;
    this.error.textContent = '';
    this.submit.disabled = true;
    try {
      await this.confirm(this.input.value.replaceAll(/\s/g, ''));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.error.textContent = error.message;
      this.input.select();
    } finally {
      this.submit.disabled = false;
    }
  }
}

/** Dark on light whatever the page's colours are: not every app reads the other way round. */
function qrPicture(qr: TotpOffer['qr']): SVGSVGElement {
  const make = (name: string, attributes: Record<string, string>): SVGElement => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };
  const side = String(qr.modules + 2 * kQuiet);
  const svg = make('svg', { class: 'qr', viewBox: `${-kQuiet} ${-kQuiet} ${side} ${side}`, role: 'img', 'aria-label': text.totp.picture, 'shape-rendering': 'crispEdges' });
  svg.append(
    make('rect', { class: 'qr-light', x: String(-kQuiet), y: String(-kQuiet), width: side, height: side }),
    make('path', { class: 'qr-dark', d: qr.path }),
  );
  return svg as SVGSVGElement;
}
