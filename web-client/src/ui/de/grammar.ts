import { grammar } from '../language/grammar.js';

export const german = grammar('de');
