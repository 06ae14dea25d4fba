import { words } from '../../ar/words.js';
import { adminText } from './text_admin.js';

globalThis.vitrineWords = { ...words, admin: adminText };
