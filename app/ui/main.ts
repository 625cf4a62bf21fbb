/** The page's entry point shows the app at once, and gives it the node when that is open. */

import { openNode } from "../page/node.ts";
import "./elements.ts";
import type { AppElement } from "./app.ts";

const app = document.querySelector<AppElement>("shoal-app")!;
app.node = await openNode();
