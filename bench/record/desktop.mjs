// An X server in memory, programs on it, hands that press and click, and the recorder.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { repository } from '../../tests/e2e/site.mjs';
import { until } from '../../tests/e2e/until.mjs';
import { Programs, freeDisplay } from '../session/products/programs.mjs';

const run = promisify(execFile);
export const size = { width: 1920, height: 1080 };

const xorgConfig = `Section "ServerFlags"
  Option "AutoAddDevices" "false"
  Option "AutoAddGPU" "false"
  Option "BlankTime" "0"
EndSection
Section "Device"
  Identifier "memory"
  Driver "dummy"
  VideoRam 65536
EndSection
Section "Monitor"
  Identifier "monitor"
  HorizSync 1.0-2000.0
  VertRefresh 1.0-500.0
  Modeline "1920x1080" 148.5 1920 2008 2052 2200 1080 1084 1089 1125
EndSection
Section "Screen"
  Identifier "screen"
  Device "memory"
  Monitor "monitor"
  DefaultDepth 24
  SubSection "Display"
    Depth 24
    Modes "1920x1080"
  EndSubSection
EndSection
`;

// What would blink or move by the clock is turned off, and every program gets the same fonts.
const gtkSettings = `[Settings]
gtk-cursor-blink=0
gtk-enable-animations=0
gtk-font-name=DejaVu Sans 11
gtk-theme-name=Adwaita
`;

export class Desktop {
  static async start() {
    const desktop = new Desktop();
    desktop.programs = await Programs.create('record');
    const { folder } = desktop.programs;
    await mkdir(path.join(folder, '.config/gtk-3.0'), { recursive: true });
    await writeFile(path.join(folder, '.config/gtk-3.0/settings.ini'), gtkSettings);
    await writeFile(path.join(folder, 'xorg.conf'), xorgConfig);
    desktop.display = `:${freeDisplay(160)}`;
    desktop.env = { DISPLAY: desktop.display, GDK_BACKEND: 'x11', GTK_THEME: 'Adwaita', LANG: 'C.UTF-8', NO_AT_BRIDGE: '1', GTK_OVERLAY_SCROLLING: '0' };
    const server = desktop.programs.start('/usr/lib/xorg/Xorg', [desktop.display, '-config', 'xorg.conf', '-logfile', path.join(folder, 'xorg.log'),
      '-noreset', '-novtswitch', '-nolisten', 'tcp', '-ac', '-s', '0', '-extension', 'Composite']);
    await until('the X server answers', () => {
      if (server.exitCode !== null) throw new Error(`Xorg ended: ${server.output}`);
      return run('xset', ['q'], { env: { ...process.env, ...desktop.env } });
    });
    desktop.start('openbox', []);
    // A window that is mapped while the window manager starts may be seen by neither.
    await until('the window manager runs', async () =>
      (await run('xprop', ['-root', '_NET_SUPPORTING_WM_CHECK'], { env: { ...process.env, ...desktop.env } })).stdout.includes('0x'));
    await desktop.startRecorder();
    return desktop;
  }

  start(command, words) {
    return this.programs.start(command, words, this.env);
  }

  async startRecorder() {
    this.recorder = spawn(path.join(repository, 'build/release/bench/record/bench_recorder'), [],
      { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...this.env } });
    this.answers = createInterface({ input: this.recorder.stdout });
  }

  async tell(line) {
    const answer = once(this.answers, 'line');
    this.recorder.stdin.write(`${line}\n`);
    const parsed = JSON.parse((await answer)[0]);
    if (parsed.error) throw new Error(parsed.error);
    return parsed;
  }

  // Writes a frame once what was asked for is drawn and nothing more comes for `quietMs`.
  frame({ quietMs = 60, waitMs = 1500 } = {}) {
    return this.tell(`frame ${quietMs} ${waitMs}`);
  }

  // xdotool, in the words of its manual.
  async hands(...words) {
    return (await run('xdotool', words.map(String), { env: { ...process.env, ...this.env } })).stdout.trim();
  }

  // The window of a program that was just started, once it is mapped; it may take its time.
  async window(pattern) {
    const found = await until(`a window ${pattern} is shown`, () => this.hands('search', '--onlyvisible', ...pattern), { timeoutMs: 60_000, everyMs: 200 });
    return found.split('\n').at(-1);
  }

  async place(window, [x, y, width, height]) {
    await this.hands('windowsize', '--sync', window, width, height, 'windowmove', window, x, y);
    await this.hands('windowactivate', '--sync', window);
  }

  // Until nothing is drawn for half a second.
  async settle() {
    await this.tell(`open ${path.join(this.programs.folder, 'settling')}`);
    await this.frame({ quietMs: 500, waitMs: 500 });
    await this.tell('close');
  }

  async stop() {
    this.recorder?.stdin.end();
    await this.programs.stop();
  }
}
