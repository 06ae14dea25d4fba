// Starts the administrators' page in the device's language.
import { deviceLanguage, startIn } from './languages.js';

/** Addresses of the page's script and of its words in other languages, set by the build. */
declare var kAdminUrl: string;
declare var kAdminWordUrls: { readonly [code: string]: string };

startIn(deviceLanguage(), kAdminWordUrls, kAdminUrl);
