// Scenes of an office suite being scrolled: rulers, headers, scroll bars and status text change along with the content.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

const whole = [0, 0, 1918, 1054];
const words = `the of a and to in that it is was for on with as by at from window light river stone harbour market bridge
  morning engine letter garden winter colour paper method figure measure signal network screen picture quiet number`.split(/\s+/);

// The same for every run: a step through the words that never falls into a short cycle.
const prose = (from, count) => Array.from({ length: count }, (_, i) => words[(from * 11 + i * i * 3 + i * 7) % words.length]).join(' ');

// No first-run dialog, tip of the day or news over the document.
const settings = `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
${[['Setup/Office', 'ooSetupInstCompleted', 'true'], ['Setup/Office', 'LastTimeGetInvolvedShown', '4102444800'],
    ['Setup/Office', 'LastTimeDonateShown', '4102444800'], ['Office.Common/Misc', 'ShowTipOfTheDay', 'false'],
    ['Office.Common/Misc', 'FirstRun', 'false'], ['Setup/Product', 'ooSetupLastVersion', '7.4'], ['Setup/Product', 'WhatsNew', 'false']]
    .map(([node, name, value]) => `<item oor:path="/org.openoffice.${node}"><prop oor:name="${name}" oor:op="fuse"><value>${value}</value></prop></item>`).join('\n')}
</oor:items>`;

async function office(desktop, file, words) {
  const profile = path.join(desktop.programs.folder, 'office');
  await mkdir(path.join(profile, 'user'), { recursive: true });
  await writeFile(path.join(profile, 'user/registrymodifications.xcu'), settings);
  desktop.start('soffice', [`-env:UserInstallation=file://${profile}`, '--norestore', '--nologo', '--nofirststartwizard', ...words, file]);
  const window = await desktop.window(['--name', path.basename(file)]);
  await desktop.place(window, whole);
  await desktop.settle();
}

export const officeScenes = {
  async writer(desktop) {
    const file = path.join(desktop.programs.folder, 'report.fodt');
    const heading = (i) => `<text:h text:outline-level="2">${prose(i, 5)}</text:h>`;
    const body = Array.from({ length: 90 }, (_, i) => `${i % 5 === 0 ? heading(i) : ''}<text:p>${prose(i, 60 + (i * 17) % 50)}.</text:p><text:p/>`);
    await writeFile(file, `<?xml version="1.0" encoding="UTF-8"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
      xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text">
      <office:body><office:text>${body.join('')}</office:text></office:body></office:document>`);
    await office(desktop, file, ['--writer']);
    await desktop.hands('mousemove', 900, 600);
    return { frames: 60, step: () => desktop.hands('click', 5) };
  },
  async sheet(desktop) {
    const file = path.join(desktop.programs.folder, 'figures.csv');
    const row = (i) => [i + 1, prose(i, 2), ...Array.from({ length: 12 }, (_, column) => ((i * 7919 + column * 104_729) % 100_000) / 100)].join(',');
    await writeFile(file, Array.from({ length: 600 }, (_, i) => row(i)).join('\n'));
    await office(desktop, file, ['--calc', '--infilter=CSV:44,34,76,1']);
    await desktop.hands('mousemove', 900, 600);
    return { frames: 60, step: () => desktop.hands('click', 5) };
  },
};
