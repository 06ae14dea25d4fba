// Firefox, by WebDriver BiDi.
import puppeteer from 'puppeteer-core';
import { kBrowserStartMs } from '../until.mjs';

export async function launchFirefox(device) {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
    headless: false,
    timeout: kBrowserStartMs,
    args: ['--width', '1200', '--height', '800'], // without, it takes a small screen for one to be filled
    acceptInsecureCerts: true,
    defaultViewport: null,
    env: device.environment({ MOZ_ENABLE_WAYLAND: '0', MOZ_CRASHREPORTER_DISABLE: '1' }),
    extraPrefsFirefox: {
      // Questions of the browser's own that would cover the page.
      'signon.rememberSignons': false, 'browser.aboutwelcome.enabled': false, 'datareporting.policy.dataSubmissionEnabled': false,
      'termsofuse.bypassNotification': true,
    },
  });
  const [page] = await browser.pages();
  const problems = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  return {
    version: (await browser.version()).replace(/^\w+\//, ''),
    problems,
    open: (url) => page.goto(url),
    evaluate: (act, argument) => page.evaluate(act, argument),
    stop: () => browser.close(),
  };
}
