// What makes a session comfortable beside its desktop: the settings of the device, the screen that stays on.
import { ScreenWakeLock } from '../browser/wake_lock.js';
import { writeClipboard } from '../browser/clipboard_access.js';
import { lackingFeatures } from '../browser/features.js';
import { hasFullScreen, isFullScreen } from '../browser/full_screen.js';
import { onLostKeys } from '../browser/lost_keys.js';
import { saveFile, screenshotName } from '../browser/save_file.js';
import type { Status } from '../core/effects.js';
import type { Setting } from '../core/settings.js';
import { kClipImage, kMayCopyImage } from '../wire/messages.gen.js';
import type { App } from './app.js';
import { h } from './dom.js';
import { Hints } from './hints.js';
import type { MenuEntry } from './session_menu.js';
import { kPrimarySetting } from './settings/clipboard_entries.js';
import type { SessionChoices } from './settings/entry.js';
import { kHintsSeen, kWakeLockSetting } from './settings/session_entries.js';
import { showSettings } from './settings/settings_dialog.js';
import { text } from './text.js';
import type { TopHandle } from './top_handle.js';

/** The session's page, as far as this has to do with it. */
export interface ComfortDesk extends SessionChoices {
  name(): string;
  /** The desktop has the keyboard again. */
  focus(): void;
  toggleFullScreen(): void;
  openClipboard(): void;
  followPrimary(follow: boolean): void;
  /** Answered by tookScreenshot(). */
  askScreenshot(): void;
}

/** Time to choose what the note offers. */
const kOfferMs = 10_000;

export class SessionComfort {
  private readonly wakeLock: ScreenWakeLock;
  private readonly hints: Hints;
  private live = false;

  constructor(
    private readonly app: App,
    private readonly desk: ComfortDesk,
    signal: AbortSignal,
  ) {
    const root = document.documentElement.dataset;
    this.wakeLock = new ScreenWakeLock((held) => { root['awake'] = String(held); }, signal);
    const { settings } = app;
    this.hints = new Hints(settings, () => { desk.focus(); });
    onLostKeys(() => { this.hintKeys(); }, signal);
    const subscriptions = [
      settings.onChange(kWakeLockSetting, () => { this.settleWakeLock(); }),
      settings.onChange(kPrimarySetting, (follow) => { desk.followPrimary(follow); }),
    ];
    signal.addEventListener('abort', () => {
      for (const unsubscribe of subscriptions) unsubscribe();
      delete root['awake'];
    });
  }

  /** Where hints are shown. */
  get element(): HTMLElement {
    return this.hints.element;
  }

  get menuEntries(): readonly MenuEntry[] {
    const t = text.comfort;
    return [
      { icon: 'clipboard', label: t.clipboard.menu, note: t.clipboard.menuNote, act: () => { this.desk.openClipboard(); } },
      {
        icon: 'camera', label: t.screenshot.menu, note: t.screenshot.menuNote, act: () => { this.desk.askScreenshot(); },
        // A picture of the desktop leaves it as a copied one does.
        refused: () => ((this.desk.rights() & kMayCopyImage) === 0 ? t.clipboard.policyScreenshot : null),
      },
    ];
  }

  /** The session has been started. */
  begin(): void {
    this.desk.followPrimary(this.app.settings.get(kPrimarySetting));
  }

  /** The desktop is there for the first time since the page was opened; `handle`: the way to the menu, on devices with a mouse. */
  becameLive(handle: TopHandle | null): void {
    const { settings, toasts } = this.app;
    const t = text.comfort;
    const firstTime = (seen: Setting<boolean>): boolean => {
      const first = !settings.get(seen);
      settings.set(seen, true);
      return first;
    };
    if (handle === null) this.hints.show('touch', t.hints.touch);
    else if (firstTime(kHintsSeen.menu)) handle.introduce();
    // What is missed at once; the dialog has the rest.
    const missed = lackingFeatures().filter((feature) => feature === 'films' || feature === 'clipboard');
    if (missed.length > 0 && firstTime(kHintsSeen.lacks)) {
      toasts.show('info', missed.map((feature) => t.lacks[feature].told).join(' '), kOfferMs);
    }
  }

  /** Alt+Tab and its like went elsewhere. */
  private hintKeys(): void {
    if (!this.live || isFullScreen()) return;
    const t = text.comfort.hints;
    const full = hasFullScreen() ? h('button', { type: 'button', class: 'button', on: { click: () => {
      this.hints.hide();
      this.desk.toggleFullScreen();
    } } }, text.session.toolbar.fullScreen) : null;
    this.hints.show('keys', full === null ? [t.keysLost, t.keysMenu] : [t.keysLost, t.keysFullScreen, t.keysMenu], full);
  }

  heardStatus(status: Status): void {
    this.live = status.phase === 'live';
    this.settleWakeLock();
  }

  /** Saves it as a file, and offers to copy it; null: there was nothing to take. */
  tookScreenshot(picture: Blob | null): void {
    const { toasts } = this.app;
    const t = text.comfort.screenshot;
    if (picture === null) return toasts.show('warning', t.failed);
    const name = screenshotName(this.desk.name(), new Date());
    saveFile(picture, name);
    toasts.show('info', t.saved(name), kOfferMs, { words: t.copy, act: () => { void this.copyScreenshot(picture); } });
  }

  private async copyScreenshot(picture: Blob): Promise<void> {
    const bytes = new Uint8Array(await picture.arrayBuffer());
    const done = await writeClipboard([{ format: kClipImage, bytes }]);
    this.app.toasts.show(done ? 'info' : 'warning', done ? text.clipboard.copied : text.comfort.screenshot.copyRefused);
  }

  private settleWakeLock(): void {
    this.wakeLock.want(this.live && this.app.settings.get(kWakeLockSetting));
  }

  async openSettings(): Promise<void> {
    await showSettings({ settings: this.app.settings, session: this.desk });
    this.desk.focus();
  }
}
