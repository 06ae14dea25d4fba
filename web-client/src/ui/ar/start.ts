import { words } from './words.js';

globalThis.vitrineWords = words;
