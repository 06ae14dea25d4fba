// How the desktop lies in the window, and what fingers do; the session's menu has the same.
import { touchFirst } from '../../browser/facts.js';
import { touchModes } from '../../browser/touch_input.js';
import { viewModes } from '../../core/view.js';
import { text } from '../text.js';
import type { ChoiceEntry, EntrySource, SessionChoices, SettingEntry, SwitchEntry } from './entry.js';

export const viewEntries: EntrySource = ({ session }) => {
  const t = text.touch;
  const view: ChoiceEntry = {
    kind: 'choice',
    section: 'picture',
    label: t.view,
    note: t.viewNote,
    options: viewModes.map((value) => ({ value, label: t.viewModes[value] })),
    get: () => session.view().view,
    set: (wanted) => {
      const found = viewModes.find((one) => one === wanted);
      if (found !== undefined) session.chooseView({ view: found });
    },
  };
  return [view, ...fingers(session)];
};

function fingers(session: SessionChoices): readonly SettingEntry[] {
  const t = text.touch;
  const touch: ChoiceEntry = {
    kind: 'choice',
    section: 'input',
    label: t.mode,
    note: t.modeNote,
    options: touchModes.map((value) => ({ value, label: t.modes[value] })),
    get: () => session.view().touch,
    set: (wanted) => {
      const found = touchModes.find((one) => one === wanted);
      if (found !== undefined) session.chooseView({ touch: found });
    },
  };
  const bar: SwitchEntry = {
    kind: 'switch',
    section: 'input',
    label: t.keyBar,
    note: t.keyBarNote,
    get: () => session.view().keyBar,
    set: (keyBar) => { session.chooseView({ keyBar }); },
  };
  return [...(navigator.maxTouchPoints > 0 ? [touch] : []), ...(touchFirst() ? [bar] : [])];
}
