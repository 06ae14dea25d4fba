// WebKitGTK's own small browser, by WebKitWebDriver.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { WebDriver } from './webdriver.mjs';

function miniBrowser() {
  const libraries = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`;
  const found = readdirSync(libraries).filter((name) => name.startsWith('webkit2gtk-4.')).sort().reverse()
    .map((name) => path.join(libraries, name, 'MiniBrowser')).find(existsSync);
  if (found === undefined) throw new Error(`no MiniBrowser below ${libraries}/webkit2gtk-4.*; install webkit2gtk-driver`);
  return found;
}

export async function launchWebkit(device) {
  const driver = await WebDriver.start(process.env.WEBKIT_DRIVER ?? '/usr/bin/WebKitWebDriver', {
    acceptInsecureCerts: true,
    'webkitgtk:browserOptions': { binary: miniBrowser(), args: ['--automation'] },
    // Painted by Skia on the processor: where there is no graphics card, its OpenGL way on Mesa’s llvmpipe ends the page’s process now and
    // then with a broken heap (WebKitGTK 2.50.6, Mesa 22.3).
  }, device.environment({ WEBKIT_SKIA_ENABLE_CPU_RENDERING: '1', LIBGL_ALWAYS_SOFTWARE: '1', GTK_A11Y: 'none', NO_AT_BRIDGE: '1' }));
  return {
    version: driver.version,
    problems: [], // the classic protocol tells none
    open: (url) => driver.command('POST', '/url', { url }),
    evaluate: (act, argument) => driver.evaluate(String(act), argument),
    stop: () => driver.stop(),
  };
}
