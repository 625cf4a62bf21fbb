/** The preferences of this window, for the elements that follow them. */

import { Preferences } from "../page/preferences.ts";

export const preferences = new Preferences(window);
