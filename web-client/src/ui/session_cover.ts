// What lies over the desktop while it is not live: the progress of a start, the reason of a cut with its countdown, the
// end of the session.
import type { Cause, Status } from '../core/effects.js';
import { Countdown } from './countdown.js';
import { fill, h } from './dom.js';
import { icon, logo } from './icons.js';
import { fromServer } from './language/server.js';
import { text } from './text.js';
import type { WaitingInLine } from './api.js';
import { WaitingCard } from './waiting_card.js';

export interface CoverActions {
  retryNow(): void;
  openAgain(): void;
  leave(): void;
  reloadPage(): void;
  signIn(): void;
}

/** How far a start has come. */
export type Step = 'ask' | 'link' | 'start' | 'picture';
const kSteps: readonly Step[] = ['ask', 'link', 'start', 'picture'];

/** A start that is over sooner shows no seconds. */
const kShowSecondsMs = 2_000;
const kSlowMs = 8_000;
/** What a desktop that starts is waited for in; before that it is the way to the server. */
const kDesktopSteps: readonly Step[] = ['start', 'picture'];

export class SessionCover {
  readonly element = h('div', { class: 'cover' });
  private readonly countdown = new Countdown();
  private beganMs = Date.now();
  private seconds: ReturnType<typeof setInterval> | undefined;
  private shown = '';
  private step: Step = 'ask';
  private readonly waiting = new WaitingCard(() => { this.actions.leave(); });
  private line: WaitingInLine | null = null;
  private readonly stepItems = new Map<Step, HTMLElement>();
  private readonly heading = h('h1');
  private readonly detail = h('p', { class: 'cover-detail', role: 'status' });
  private readonly elapsed = h('p', { class: 'cover-elapsed' });

  constructor(private readonly actions: CoverActions) {}

  close(): void {
    this.countdown.stop();
    clearInterval(this.seconds);
  }

  /** `name` is empty while it is not known. */
  rename(name: string): void {
    this.heading.textContent = text.session.starting(name);
    this.waiting.rename(name);
  }

  hide(): void {
    this.close();
    this.shown = '';
    this.element.className = 'cover';
    fill(this.element);
  }

  /** There is no free desktop, and the person has this place in the line; null: there is one. */
  setLine(line: WaitingInLine | null): void {
    const changed = (line === null) !== (this.line === null);
    this.line = line;
    if (line !== null) this.waiting.tell(line);
    if (!changed) return;
    this.beganMs = Date.now();
    this.starting('ask', '', null);
  }

  /** The desktop is being opened; `step` is what is being waited for, `detail` what the server says about it. */
  starting(step: Step, detail: string, retryAtMs: number | null): void {
    if (this.line !== null) return this.drawWaiting();
    if (this.shown !== 'starting') this.drawStarting();
    this.step = step;
    const at = kSteps.indexOf(step);
    kSteps.forEach((one, index) => {
      const item = this.stepItems.get(one);
      item?.setAttribute('data-state', index < at ? 'done' : index === at ? 'now' : 'next');
      if (index === at) item?.setAttribute('aria-current', 'step');
      else item?.removeAttribute('aria-current');
    });
    this.countdown.stop();
    if (retryAtMs === null) this.detail.textContent = detail;
    else this.countRetry(retryAtMs, (sentence) => { this.detail.textContent = `${detail} ${sentence}`.trim(); });
  }

  private drawWaiting(): void {
    if (this.shown === 'waiting') return;
    this.close();
    this.shown = 'waiting';
    this.waiting.drawIn(this.element);
  }

  private drawStarting(): void {
    this.shown = 'starting';
    this.stepItems.clear();
    for (const step of kSteps) {
      this.stepItems.set(step, h('li', {}, icon('check'), h('span', { class: 'spinner', 'aria-hidden': 'true' }), text.session.steps[step]));
    }
    this.element.className = 'cover starting';
    fill(
      this.element,
      h('div', { class: 'cover-card' },
        h('div', { class: 'cover-logo' }, logo()),
        this.heading,
        h('ol', { class: 'steps' }, ...this.stepItems.values()),
        this.detail,
        this.elapsed,
        h('button', { type: 'button', class: 'button quiet', on: { click: () => { this.actions.leave(); } } }, icon('back'), text.session.leave)),
    );
    clearInterval(this.seconds);
    this.elapsed.textContent = '';
    this.seconds = setInterval(() => {
      const ms = Date.now() - this.beganMs;
      if (ms < kShowSecondsMs) return;
      const slow = ms >= kSlowMs && kDesktopSteps.includes(this.step) ? ` · ${text.session.slow}` : '';
      this.elapsed.textContent = text.session.elapsed(Math.floor(ms / 1_000)) + slow;
    }, 500);
  }

  /** The picture below is old; says why and when the next attempt is. */
  stale(status: Status): void {
    this.close();
    this.shown = 'stale';
    this.element.className = 'cover stale';
    const [title, sentence] = text.causes[status.cause];
    const retry = h('p', { class: 'cover-retry' });
    const age = h('p', { class: 'cover-retry', 'aria-hidden': 'true' });
    const now = h('button', { type: 'button', class: 'button', on: { click: () => { this.actions.retryNow(); } } }, text.session.retryNow);
    fill(
      this.element,
      h('div', { class: 'cover-strip', role: 'alert' },
        h('span', { class: 'spinner', 'aria-hidden': 'true' }),
        h('div', {}, h('h2', {}, title), h('p', {}, fromServer(status.text) || sentence), retry, age),
        now),
    );
    now.hidden = status.retryAtMs === null;
    if (status.currentAtMs !== null) this.countAge(status.currentAtMs, age);
    if (status.retryAtMs !== null) this.countRetry(status.retryAtMs, (words) => { retry.textContent = words; });
    else if (status.cause === 'link-cut' || status.cause === 'link-failed') retry.textContent = text.session.retrying;
  }

  private countAge(sinceMs: number, age: HTMLElement): void {
    const show = (): void => { age.textContent = text.comfort.link.pictureAge(Math.max(0, Math.round((Date.now() - sinceMs) / 1_000))); };
    show();
    this.seconds = setInterval(show, 1_000);
  }

  private countRetry(untilMs: number, show: (sentence: string) => void): void {
    this.countdown.start(
      untilMs,
      (seconds) => { show(text.session.retryIn(seconds)); },
      () => { show(text.session.retrying); },
    );
  }

  /** It is over: why, and what can be done. */
  ended(status: Pick<Status, 'cause' | 'text' | 'hasPicture'>, mayOpenAgain: boolean): void {
    const { cause, text: sentence, hasPicture } = status;
    this.close();
    this.shown = 'ended';
    this.element.className = hasPicture ? 'cover ended over-picture' : 'cover ended';
    const [title, ours] = text.causes[cause];
    const main = this.mainAction(cause, mayOpenAgain);
    const leave = cause === 'signed-out' ? null : h('button', { type: 'button', class: 'button quiet', on: { click: () => { this.actions.leave(); } } }, icon('back'), text.session.leave);
    fill(
      this.element,
      h('div', { class: 'cover-card', role: 'alert' }, h('div', { class: 'cover-logo' }, logo()), h('h1', {}, title), h('p', { class: 'cover-detail' }, fromServer(sentence) || ours), h('div', { class: 'actions' }, main, leave)),
    );
    main?.focus();
  }

  private mainAction(cause: Cause, mayOpenAgain: boolean): HTMLButtonElement | null {
    const button = (label: string, click: () => void): HTMLButtonElement =>
      h('button', { type: 'button', class: 'button primary', on: { click } }, label);
    if (cause === 'signed-out') return button(text.signIn.title, () => { this.actions.signIn(); });
    if (cause === 'unsupported') return button(text.session.reload, () => { this.actions.reloadPage(); });
    if (cause === 'forbidden' || !mayOpenAgain) return null;
    return button(cause === 'replaced' ? text.session.useHere : text.session.openAgain, () => { this.actions.openAgain(); });
  }
}
