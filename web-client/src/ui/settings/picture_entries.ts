// How large programs draw, and how pictures are weighed.
import { kSizeChoices } from '../../core/geometry.js';
import { oneOf } from '../../core/settings.js';
import { kPresets, presetNames, presetOf } from '../../core/terms.js';
import { text } from '../text.js';
import { choice, type ChoiceEntry, type EntrySource } from './entry.js';

export const kSizeSetting = oneOf('size', kSizeChoices, 1);

const kCustom = 'custom';

export const pictureEntries: EntrySource = ({ settings, session }) => {
  const t = text.session;
  const named = presetNames.map((name) => ({ value: name as string, label: t.terms.presets[name] }));
  // What cannot be chosen is offered only while it is so.
  const custom = presetOf(session.terms()) === null ? [{ value: kCustom, label: t.terms.custom }] : [];
  const terms: ChoiceEntry = {
    kind: 'choice',
    section: 'picture',
    label: t.terms.title,
    note: t.terms.note,
    options: [...named, ...custom],
    get: () => presetOf(session.terms()) ?? kCustom,
    set: (value) => {
      const chosen = presetNames.find((name) => name === value);
      if (chosen !== undefined) session.chooseTerms(kPresets[chosen]);
    },
  };
  const size = { section: 'picture', label: t.toolbar.size, note: t.toolbar.sizeNote } as const;
  return [choice(settings, kSizeSetting, size, kSizeChoices.map((one) => [one, t.toolbar.sizeChoice(one)] as const)), terms];
};
