// Builds the page into dist/: scripts and styles bundled and named by their content, so that a browser may keep them for
// ever, and an index.html that names them. `--tests` builds the unit tests into build/test/ instead.
//
// The decoder comes from the C++ build: VITRINE_DECODER names the file, else ../build/wasm/decoder.wasm.
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = path.dirname(fileURLToPath(import.meta.url));
const at = (...parts) => path.join(folder, ...parts);
const dist = at('dist');
/** Languages besides English, which is in the pages' own scripts; src/check/languages.ts names them for people. */
const translations = ['de', 'ar'];

const common = {
  absWorkingDir: folder,
  bundle: true,
  minify: true,
  legalComments: 'none',
  charset: 'utf8',
  target: ['chrome105', 'firefox114', 'safari17'],
  logLevel: 'warning',
  write: false,
};

/** Writes `bytes` as assets/STEM-HASH.EXTENSION and gives its address. */
async function asset(stem, extension, bytes) {
  // Eight characters of base32: what esbuild uses, and what the gateway takes for a content hash.
  const digest = createHash('sha256').update(bytes).digest();
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const hash = Array.from(digest.subarray(0, 8), (byte) => letters[byte & 31]).join('');
  const name = `assets/${stem}-${hash}.${extension}`;
  await writeFile(path.join(dist, name), bytes);
  return `/${name}`;
}

async function script(stem, entry, format, define = {}, target = common.target) {
  const { outputFiles } = await build({
    ...common,
    entryPoints: [entry],
    target,
    format,
    define: Object.fromEntries(Object.entries(define).map(([name, value]) => [name, JSON.stringify(value)])),
  });
  return asset(stem, 'js', outputFiles[0].contents);
}

async function stylesheet(stem, entry) {
  const { outputFiles } = await build({ ...common, entryPoints: [entry] });
  return asset(stem, 'css', outputFiles[0].contents);
}

/** The scripts with a page's words in other languages than English, by language. */
async function words(stem, folder) {
  const entries = translations.map(async (code) => [code, await script(`${stem}-${code}`, `${folder}/${code}/start.ts`, 'iife')]);
  return Object.fromEntries(await Promise.all(entries));
}

/** The worker that keeps the files of this version; it is another one whenever a page or a file is. */
async function serviceWorker(pages, needed) {
  const all = (await readdir(path.join(dist, 'assets'))).sort().map((name) => `/assets/${name}`);
  const kFiles = { needed, optional: all.filter((one) => !needed.includes(one)) };
  const kVersion = createHash('sha256').update(JSON.stringify([kFiles, pages])).digest('hex').slice(0, 12);
  const kPageDigest = createHash('sha256').update(pages[0]).digest('hex');
  const { outputFiles } = await build({
    ...common, entryPoints: ['src/service/service_worker.ts'], format: 'iife', define: { kFiles: JSON.stringify(kFiles), kVersion: JSON.stringify(kVersion), kPageDigest: JSON.stringify(kPageDigest) },
  });
  // Not named by its content: browsers ask for it by this name to learn whether it has changed.
  await writeFile(path.join(dist, 'sw.js'), outputFiles[0].contents);
}

async function decoder() {
  const file = process.env.VITRINE_DECODER ?? at('..', 'build', 'wasm', 'decoder.wasm');
  let bytes;
  try {
    bytes = await readFile(file);
  } catch {
    console.error(`web-client: there is no decoder at ${file}; build it with \`./dev build\` or name it in VITRINE_DECODER`);
    process.exit(1);
  }
  return asset('decoder', 'wasm', bytes);
}

async function page() {
  await rm(dist, { recursive: true, force: true });
  await mkdir(path.join(dist, 'assets'), { recursive: true });
  const kDecoderUrl = await decoder();
  const kWorkerUrl = await script('worker', 'src/decode/worker.ts', 'iife');
  const main = await script('main', 'src/ui/main.ts', 'esm', { kDecoderUrl, kWorkerUrl });
  const kWordUrls = await words('words', 'src/ui');
  const check = await script('check', 'src/check/check.ts', 'iife', { kMainUrl: main, kWordUrls }, 'es5');
  // The administrators' page is a bundle of its own, so that users do not load it.
  const kAdminUrl = await script('admin', 'src/ui/admin/main.ts', 'esm');
  const kAdminWordUrls = await words('admin-words', 'src/ui/admin');
  const names = {
    main, check, decoder: kDecoderUrl, style: await stylesheet('style', 'src/ui/style.css'),
    admin: kAdminUrl,
    offline: await script('offline', 'src/check/offline.ts', 'iife', {}, 'es5'),
    adminStart: await script('admin-start', 'src/check/admin_start.ts', 'iife', { kAdminUrl, kAdminWordUrls }, 'es5'),
    adminStyle: await stylesheet('admin-style', 'src/ui/admin.css'),
  };
  const pages = [];
  for (const file of ['index.html', 'admin.html', 'offline.html']) {
    const template = await readFile(at('src', file), 'utf8');
    pages.push(template.replaceAll(/\{\{(\w+)\}\}/g, (_, name) => names[name]));
    await writeFile(path.join(dist, file), pages.at(-1));
  }
  await serviceWorker(pages, [names.main, names.check, names.style, names.decoder, kWorkerUrl, names.offline]);
  for (const name of await readdir(at('public'))) await copyFile(at('public', name), path.join(dist, name));
}

async function tests() {
  const out = at('build', 'test');
  await rm(out, { recursive: true, force: true });
  const entryPoints = (await readdir(at('test'))).filter((name) => name.endsWith('.test.ts')).map((name) => `test/${name}`);
  await build({
    ...common,
    entryPoints,
    outdir: out,
    outExtension: { '.js': '.mjs' },
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minify: false,
    sourcemap: 'inline',
    write: true,
  });
}

await (process.argv.includes('--tests') ? tests() : page());
